#include "live/transfer.h"

#include <algorithm>
#include <utility>

#include "live/shard.h"

namespace weir {
namespace {

// What is read from a log at once for all who fetch the same object: a send from memory is cheaper than sendfile from a
// memory file (measured, docs/decisions.md). Windows lie at multiples of it, so that who went on after half of one, and
// who fetches the same later, finds it read.
constexpr uint64_t kWindow = 128 << 10;

}  // namespace

// What is to be sent next, as far as it lies in one place.
struct Transfer::Slice {
  ByteView bytes;          // in memory, or
  const Segment* segment;  // in a log, or
  int file;                // in a file
  uint64_t offset;         // in the log, in the file
  uint64_t size;
};

void Transfer::Begin(std::shared_ptr<const StoredObject> object, bool delta, uint64_t from, uint64_t size) {
  at_ = from;
  left_ = size;
  delta_ = delta;
  if (size > 0) object_ = std::move(object);
}

void Transfer::Advance(size_t bytes) {
  at_ += bytes;
  left_ -= bytes;
  if (left_ == 0) object_.reset();
}

Transfer::Slice Transfer::Next() const {
  const auto* buffer = delta_ ? &*object_->live->delta : std::get_if<Buffer>(&object_->body);
  if (buffer != nullptr) return {ByteView(*buffer).subspan(at_, left_), nullptr, -1, 0, left_};
  if (const auto* file = std::get_if<StoredFile>(&object_->body)) return {{}, nullptr, file->fd.get(), at_, left_};
  uint64_t passed = 0;
  for (const HeldRange::Piece& piece : std::get<std::shared_ptr<const HeldRange>>(object_->body)->pieces) {
    uint64_t size = piece.to - piece.from;
    if (at_ < passed + size) {
      uint64_t offset = piece.from + (at_ - passed);
      return {{}, piece.segment.get(), -1, offset, std::min(left_, piece.to - offset)};
    }
    passed += size;
  }
  return {};  // not reached: `left_` is within the object
}

ByteView Transfer::InMemory(Shard& shard) const {
  if (!active()) return {};
  Slice next = Next();
  if (next.segment == nullptr) return next.bytes;
  uint64_t size = std::min(next.size, kWindow - next.offset % kWindow);
  return shard.ReadShared(*next.segment, next.offset, static_cast<size_t>(size));
}

IoResult Transfer::SendSome(int fd, Shard& shard, size_t most) {
  Slice next = Next();
  size_t size = std::min<uint64_t>(next.size, most);
  ByteView bytes = InMemory(shard);
  IoResult result;
  if (!bytes.empty()) {
    result = Send(fd, bytes.first(std::min(bytes.size(), most)), bytes.size() < left_);
  } else if (next.segment != nullptr) {
    result = SendFile(fd, next.segment->fd(), next.offset - next.segment->base(), size);
  } else {
    result = SendFile(fd, next.file, next.offset, size);
    // A file that has become shorter: the answer can't be completed.
    if (result.kind == IoResult::Kind::kClosed) result.kind = IoResult::Kind::kFailed;
  }
  if (result.kind == IoResult::Kind::kMoved) Advance(result.size);
  return result;
}

}  // namespace weir
