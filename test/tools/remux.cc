// Turns an FLV file into what a log of another format would hold: `weir-remux ts|fmp4 IN.flv OUT`. For tests, which let
// players of other people look at the result.
#include <cstdio>
#include <cstring>

#include "media/frame.h"
#include "proto/flv/reader.h"
#include "proto/fmp4/muxer.h"
#include "proto/ts/muxer.h"

namespace weir {
namespace {

bool ReadFile(const char* path, Buffer& bytes) {
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) return false;
  uint8_t piece[64 << 10];
  for (size_t n = 0; (n = std::fread(piece, 1, sizeof piece, file)) > 0;) Append(bytes, ByteView(piece, n));
  return std::fclose(file) == 0;
}

bool WriteFile(const char* path, ByteView bytes) {
  std::FILE* file = std::fopen(path, "wb");
  if (file == nullptr) return false;
  const bool is_written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  return std::fclose(file) == 0 && is_written;
}

void Report(const char* what, Reason reason) {
  if (reason != Reason::kNone) std::fprintf(stderr, "%s: %s\n", what, ReasonName(reason));
}

template <class Take>
bool ForEachTag(ByteView flv, Take take) {
  flv::Reader reader;
  auto step = flv::Reader::Step::kTag;
  while ((step = reader.Next(flv)) == flv::Reader::Step::kTag) take(reader.tag());
  return step == flv::Reader::Step::kMore;
}

bool ToTs(ByteView flv, Buffer& out) {
  ts::Muxer muxer;
  const bool is_whole = ForEachTag(flv, [&](const flv::Tag& tag) {
    if (ClassifyFrame(tag.type, tag.body).is_key) Report("flush", muxer.Flush(out).reason);
    Report("write", muxer.Write(tag.type, tag.body, tag.timestamp, out).reason);
  });
  Report("flush", muxer.Flush(out).reason);
  return is_whole;
}

// The file has one init segment: a second one is reported.
bool ToFmp4(ByteView flv, Buffer& out) {
  constexpr int64_t kFragment = 500;
  fmp4::Muxer muxer(kFragment);
  Buffer fragments;
  const bool is_whole = ForEachTag(flv, [&](const flv::Tag& tag) {
    Report("write", muxer.Write(tag.type, tag.body, tag.timestamp, fragments).reason);
  });
  Report("flush", muxer.Flush(fragments).reason);
  if (muxer.init_version() != 1) std::fprintf(stderr, "%u init segments\n", muxer.init_version());
  std::printf("%s\n", muxer.codecs().c_str());
  Append(out, muxer.init());
  Append(out, fragments);
  return is_whole;
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  const bool is_ts = argc == 4 && std::strcmp(argv[1], "ts") == 0;
  if (!is_ts && (argc != 4 || std::strcmp(argv[1], "fmp4") != 0)) {
    std::fprintf(stderr, "usage: weir-remux ts|fmp4 IN.flv OUT\n");
    return 2;
  }
  weir::Buffer in;
  weir::Buffer out;
  if (!weir::ReadFile(argv[2], in) || !(is_ts ? weir::ToTs(in, out) : weir::ToFmp4(in, out)) ||
      !weir::WriteFile(argv[3], out)) {
    std::fprintf(stderr, "weir-remux: %s cannot be read, or %s not written\n", argv[2], argv[3]);
    return 1;
  }
  return 0;
}
