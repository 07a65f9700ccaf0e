# What is built, and how. Configurations: Release, Debug (gyp's own), Asan (clang: fuzz targets, too), Tsan.
# `node scripts/native.mjs [--config NAME] TARGET...` configures when needed and builds only the named targets.
{
  'variables': {
    'hardening': ['-fstack-protector-strong', '-D_FORTIFY_SOURCE=2'],
  },
  'target_defaults': {
    'include_dirs': ['native'],
    'defines': ['_GNU_SOURCE'],
    # -std and the two -fno- come again after node's own, so that ours win whatever Node the headers are from.
    'cflags_cc!': ['-std=gnu++17', '-std=gnu++20', '-fno-strict-aliasing'],
    'cflags_cc': ['-std=c++20', '-fno-exceptions', '-fno-rtti', '-fvisibility=hidden', '-Wall', '-Wextra'],
    'cflags!': ['-Wno-unused-parameter'],
    'ldflags': ['-pthread'],
    'configurations': {
      'Release': {
        'cflags': ['-O3', '-g1', '-flto=auto', '<@(hardening)'],
        'ldflags': ['-O3', '-flto=auto', '-Wl,-z,relro,-z,now'],
      },
      'Debug': {
        'defines': ['WEIR_CHECKED'],
      },
      'Asan': {
        'defines': ['WEIR_CHECKED'],
        'cflags': ['-O1', '-g1', '-fno-omit-frame-pointer', '-fsanitize=fuzzer-no-link,address,undefined', '-fno-sanitize=vptr', '-fno-sanitize-recover=undefined'],
        'ldflags': ['-fsanitize=address,undefined'],
      },
      'Tsan': {
        'defines': ['WEIR_CHECKED'],
        'cflags': ['-O1', '-g1', '-fno-omit-frame-pointer', '-fsanitize=thread'],
        'ldflags': ['-fsanitize=thread'],
      },
    },
  },
  'targets': [
    {
      # Protocols and media only: sans-IO, so it is all that the fuzz targets and the load generator link.
      'target_name': 'weir_protocol',
      'type': 'static_library',
      'sources': ['<!@(node scripts/sources.mjs native/base native/media native/proto)'],
    },
    {
      'target_name': 'weir_engine',
      'type': 'static_library',
      'sources': ['<!@(node scripts/sources.mjs native/sys native/log native/net native/live)'],
    },
    {
      'target_name': 'weir',
      'sources': ['<!@(node scripts/sources.mjs native/binding)'],
      'dependencies': ['weir_engine', 'weir_protocol'],
      'include_dirs': ['node_modules/node-addon-api'],
      'defines': ['NAPI_VERSION=9', 'NODE_ADDON_API_CPP_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED'],
      'cflags_cc!': ['-fno-exceptions', '-fno-rtti'],
      'cflags_cc': ['-fexceptions', '-frtti'],
      'ldflags': ['-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL'],
    },
    {
      # Runs ffmpeg and ends it, whatever becomes of the server.
      'target_name': 'weir-launch',
      'type': 'executable',
      'sources': ['<!@(node scripts/sources.mjs native/launch)'],
    },
    {
      'target_name': 'weir-driver',
      'type': 'executable',
      'sources': ['<!@(node scripts/sources.mjs native/driver)'],
      'dependencies': ['weir_engine', 'weir_protocol'],
    },
    {
      'target_name': 'weir-load',
      'type': 'executable',
      'sources': ['<!@(node scripts/sources.mjs bench/load bench/floor)'],
      'include_dirs': ['.'],
      'dependencies': ['weir_engine', 'weir_protocol'],
    },
    {
      'target_name': 'weir-micro',
      'type': 'executable',
      'sources': ['<!@(node scripts/sources.mjs bench/native)'],
      'include_dirs': ['.'],
      'dependencies': ['weir_engine', 'weir_protocol'],
    },
    {
      'target_name': 'weir-native-tests',
      'type': 'executable',
      # What the load generator proves is worth as much as its checks: they are tested too.
      'sources': [
        '<!@(node scripts/sources.mjs test/native)',
        'bench/load/body_reader.cc', 'bench/load/box_reader.cc', 'bench/load/flv_reader.cc', 'bench/load/flv_source.cc', 'bench/load/fragment_check.cc', 'bench/load/http_response.cc',
        'bench/load/playlist.cc', 'bench/load/stamp.cc', 'bench/load/stream_check.cc', 'bench/load/synthetic_source.cc', 'bench/load/ts_frames.cc',
        'bench/load/ts_reader.cc', 'bench/load/url.cc', 'bench/load/ws_reader.cc',
      ],
      'include_dirs': ['.'],
      'dependencies': ['weir_engine', 'weir_protocol'],
      'libraries': ['-lgtest', '-lgtest_main'],
    },
    {
      'target_name': 'weir-remux',
      'type': 'executable',
      'sources': ['test/tools/remux.cc'],
      'dependencies': ['weir_protocol'],
    },
    # One target for each file of test/fuzz (proven by test/lint/project.test.ts). Only the Asan configuration links them.
    { 'target_name': 'fuzz-handshake', 'sources': ['test/fuzz/handshake.cc'], 'includes': ['test/fuzz/target.gypi'] },
    { 'target_name': 'fuzz-chunk_reader', 'sources': ['test/fuzz/chunk_reader.cc'], 'includes': ['test/fuzz/target.gypi'] },
    { 'target_name': 'fuzz-amf0', 'sources': ['test/fuzz/amf0.cc'], 'includes': ['test/fuzz/target.gypi'] },
    { 'target_name': 'fuzz-session', 'sources': ['test/fuzz/session.cc'], 'includes': ['test/fuzz/target.gypi'] },
    { 'target_name': 'fuzz-flv_reader', 'sources': ['test/fuzz/flv_reader.cc'], 'includes': ['test/fuzz/target.gypi'] },
    { 'target_name': 'fuzz-ts_muxer', 'sources': ['test/fuzz/ts_muxer.cc'], 'includes': ['test/fuzz/target.gypi'] },
    { 'target_name': 'fuzz-fmp4_muxer', 'sources': ['test/fuzz/fmp4_muxer.cc'], 'includes': ['test/fuzz/target.gypi'] },
    { 'target_name': 'fuzz-frame', 'sources': ['test/fuzz/frame.cc'], 'includes': ['test/fuzz/target.gypi'] },
    { 'target_name': 'fuzz-hls_reload', 'sources': ['test/fuzz/hls_reload.cc'], 'includes': ['test/fuzz/target.gypi'] },
    { 'target_name': 'fuzz-http_reader', 'sources': ['test/fuzz/http_reader.cc'], 'includes': ['test/fuzz/target.gypi'] },
    { 'target_name': 'fuzz-ws_reader', 'sources': ['test/fuzz/ws_reader.cc'], 'includes': ['test/fuzz/target.gypi'] },
  ],
}
