# What all fuzz targets share: the protocols without the engine, and libFuzzer's main().
{
  'type': 'executable',
  'include_dirs': ['../..'],
  'ldflags': ['-fsanitize=fuzzer'],
  'dependencies': ['weir_protocol'],
}
