#include "bench/load/flv_reader.h"

#include <algorithm>

#include "media/flv_tag.h"

namespace weir::load {
namespace {

// Nine bytes of header, and a back pointer to nothing.
constexpr size_t kFileStart = 9 + 4;
constexpr size_t kTagHeader = 11;
constexpr size_t kBackPointer = 4;

bool IsFileStart(ByteView bytes) {
  bool has_reserved = (bytes[4] & 0xFA) != 0;
  return AsText(bytes.first(3)) == "FLV" && bytes[3] == 1 && !has_reserved && LoadBe32(bytes.data() + 5) == 9 &&
         LoadBe32(bytes.data() + 9) == 0;
}

}  // namespace

FlvReader::Step FlvReader::Break(const char* problem) {
  state_ = State::kBroken;
  problem_ = problem;
  return Step::kBroken;
}

// True if so many bytes are there; then they are taken_. What was taken before is void.
bool FlvReader::Take(ByteView& in, size_t size) {
  if (held_.empty() && in.size() >= size) {
    taken_ = in.first(size);
    in = in.subspan(size);
    return true;
  }
  size_t more = std::min(in.size(), size - held_.size());
  Append(held_, in.first(more));
  in = in.subspan(more);
  if (held_.size() < size) return false;
  taken_ = held_;
  return true;
}

FlvReader::Step FlvReader::Next(ByteView& in) {
  for (;;) {
    switch (state_) {
      case State::kFileHeader:
        if (!Take(in, kFileStart)) return Step::kMore;
        if (!IsFileStart(taken_)) return Break("no file header");
        state_ = State::kTagHeader;
        break;
      case State::kTagHeader:
        if (!Take(in, kTagHeader)) return Step::kMore;
        if (!OpenTag()) return Break("a malformed tag header");
        state_ = State::kBody;
        break;
      case State::kBody:
        if (!Take(in, size_)) return Step::kMore;
        state_ = State::kBackPointer;
        body_ = taken_;
        // The memory of a body that was pieced together stays until the next call.
        return Step::kTag;
      case State::kBackPointer:
        if (body_.data() == held_.data()) held_.clear();
        body_ = {};
        if (!Take(in, kBackPointer)) return Step::kMore;
        if (LoadBe32(taken_.data()) != kTagHeader + size_) return Break("a back pointer that leads elsewhere");
        state_ = State::kTagHeader;
        break;
      case State::kBroken:
        return Step::kBroken;
    }
    held_.clear();
  }
}

bool FlvReader::OpenTag() {
  const uint8_t* head = taken_.data();
  type_ = head[0];
  size_ = LoadBe24(head + 1);
  timestamp_ = uint32_t{head[7]} << 24 | LoadBe24(head + 4);
  bool is_known = type_ == flv::kAudioTag || type_ == flv::kVideoTag || type_ == flv::kScriptTag;
  return is_known && LoadBe24(head + 8) == 0;
}

}  // namespace weir::load
