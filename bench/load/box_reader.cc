#include "bench/load/box_reader.h"

#include <algorithm>

#include "media/frame.h"

namespace weir::load {

bool BoxReader::Break(const char* problem) {
  problem_ = problem;
  return false;
}

bool BoxReader::Read(ByteView in) {
  while (!in.empty()) {
    if (left_ > 0) {
      size_t take = std::min<uint64_t>(in.size(), left_);
      left_ -= take;
      in = in.subspan(take);
      continue;
    }
    head_[head_size_++] = in[0];
    in = in.subspan(1);
    if (head_size_ == sizeof head_ && !OpenBox()) return false;
  }
  return true;
}

bool BoxReader::OpenBox() {
  head_size_ = 0;
  uint32_t size = LoadBe32(head_);
  uint32_t type = LoadBe32(head_ + 4);
  // 64-bit sizes and "to the end" are for files.
  if (size < sizeof head_) return Break("a box of an impossible size");
  left_ = size - sizeof head_;
  bool is_data = type == FourCc("mdat");
  if (is_data != wants_data_) return Break(is_data ? "an mdat without its moof" : "a moof without its mdat");
  wants_data_ = type == FourCc("moof");
  has_data_ = has_data_ || is_data;
  return true;
}

bool BoxReader::End() {
  if (left_ > 0 || head_size_ > 0) return Break("ends within a box");
  return has_data_ || Break("no media");
}

}  // namespace weir::load
