// Any bytes as an FLV file: the tags must not depend on how the bytes are cut, and memory holds only what arrived.
#include "proto/flv/reader.h"

#include <cstdlib>

#include "media/metadata.h"
#include "test/fuzz/pieces.h"

namespace {

struct Tags {
  uint64_t hash = 0xcbf29ce484222325;
  weir::Reason reason = weir::Reason::kNone;

  void Add(const weir::flv::Tag& tag) {
    for (const uint64_t field : {uint64_t{tag.type}, uint64_t{tag.timestamp}, uint64_t{tag.body.size()}}) Mix(field);
    for (const uint8_t byte : tag.body) Mix(byte);
  }
  void Mix(uint64_t value) { hash = (hash ^ value) * 0x100000001b3; }
  bool operator==(const Tags&) const = default;
};

Tags ReadInPieces(weir::ByteView input) {
  using Step = weir::flv::Reader::Step;
  weir::flv::Reader reader(4096);
  Tags tags;
  weir::fuzz::ForEachPiece(input, [&](weir::ByteView in) {
    Step step = Step::kTag;
    while (step == Step::kTag) {
      step = reader.Next(in);
      if (step == Step::kTag) tags.Add(reader.tag());
      if (reader.buffered() > input.size()) std::abort();
    }
    return step == Step::kMore;
  });
  tags.reason = reader.reason();
  return tags;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  weir::Buffer input(data, data + size);
  input[0] = 0;
  const Tags whole = ReadInPieces(input);
  input[0] = 255;
  if (!(ReadInPieces(input) == whole)) std::abort();
  return 0;
}
