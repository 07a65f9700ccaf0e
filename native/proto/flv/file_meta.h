// FileMeta: the first tag of a recorded FLV file: `onMetaData` with the publisher's properties, the duration, the size
// and an index of key frames. Its size never changes, so that it can be written anew in place when the file ends: what
// is left of it is a further value that nobody reads. Lifetime: its file's. Thread rule: one thread at a time. Sans-IO.
#ifndef WEIR_PROTO_FLV_FILE_META_H_
#define WEIR_PROTO_FLV_FILE_META_H_

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "media/amf0.h"

namespace weir::flv {

class FileMeta {
 public:
  // A new file. `metadata` is an onMetaData message, or empty; `key_frames` is what the index has room for: where there
  // are more of them it keeps every second, every fourth and so on.
  void Begin(ByteView metadata, size_t key_frames);
  // The body of the first tag of a file that was recorded before. False: it is none of ours.
  [[nodiscard]] bool Resume(ByteView body);

  void NoteKeyFrame(uint32_t millis, uint64_t position);
  // Key frames that lie there or behind did not come into the file.
  void Cut(uint64_t file_size);
  size_t key_frames() const { return index_.size(); }

  // Of the tag with its header and back pointer.
  size_t size() const;
  // The tag of a file in the making: it tells no duration and has no index yet.
  void AppendOpen(Buffer& out) const;
  void AppendFinished(uint32_t duration_millis, uint64_t file_size, Buffer& out) const;

 private:
  struct KeyFrame {
    uint32_t millis;
    uint64_t position;
  };

  void AppendIndex(Buffer& body) const;
  void AppendTagOf(Buffer body, Buffer& out) const;

  std::vector<amf0::Member> properties_;
  std::vector<KeyFrame> index_;
  size_t body_size_ = 0;
  size_t capacity_ = 0;
  uint64_t seen_ = 0;  // key frames
  uint64_t stride_ = 1;
};

}  // namespace weir::flv

#endif  // WEIR_PROTO_FLV_FILE_META_H_
