// Transfer: the body of one answer on its way: which bytes of which object are still to be sent. Bytes go from the
// memory that all share, slices of logs from the shard's shared buffer, files by sendfile. Lifetime: part of its
// connection; it shares the object while there is something to send. Thread rule: its shard's thread.
#ifndef WEIR_LIVE_TRANSFER_H_
#define WEIR_LIVE_TRANSFER_H_

#include <cstdint>
#include <memory>

#include "live/stored_object.h"
#include "sys/tcp.h"

namespace weir {

class Shard;

class Transfer {
 public:
  // `size` bytes of the object (or of its delta) from `from` on.
  void Begin(std::shared_ptr<const StoredObject> object, bool delta, uint64_t from, uint64_t size);
  bool active() const { return left_ > 0; }
  uint64_t left() const { return left_; }

  // Its next bytes, where they are in memory or cheaply read; empty where SendSome must send them.
  ByteView InMemory(Shard& shard) const;
  // One system call, at most `most` bytes.
  IoResult SendSome(int fd, Shard& shard, size_t most);
  // So many have been sent.
  void Advance(size_t bytes);

 private:
  struct Slice;

  Slice Next() const;

  std::shared_ptr<const StoredObject> object_;
  uint64_t at_ = 0;
  uint64_t left_ = 0;
  bool delta_ = false;
};

}  // namespace weir

#endif  // WEIR_LIVE_TRANSFER_H_
