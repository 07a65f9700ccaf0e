// Joins RTMP chunks into messages. Sans-IO and resumable at any byte; a pull parser: the caller asks for one message at
// a time. Lifetime: the message's payload is valid until the next call of Next or ReleaseBuffers, or until the memory
// of `in` goes: a message that lies in one chunk inside `in` is not copied. Thread rule: one thread at a time.
#ifndef WEIR_PROTO_RTMP_CHUNK_READER_H_
#define WEIR_PROTO_RTMP_CHUNK_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/reason.h"
#include "proto/rtmp/message.h"

namespace weir::rtmp {

class ChunkReader {
 public:
  enum class Step { kMessage, kMore, kBroken };

  struct Limits {
    uint32_t max_message = 64 * 1024;  // enough for commands; a publisher gets more when it is accepted
    uint8_t max_chunk_streams = 64;    // at most 100
  };

  ChunkReader() = default;
  ChunkReader(const ChunkReader&) = delete;
  ChunkReader& operator=(const ChunkReader&) = delete;

  // Consumes from the front of `in`. kMessage: message() is ready, call again for the next. kMore: all of `in` is
  // consumed. kBroken: for good, see reason(). SetChunkSize and Abort are obeyed here and reported too.
  [[nodiscard]] Step Next(ByteView& in);

  // REQUIRES: the last Next returned kMessage.
  Message message() const;
  Reason reason() const { return reason_; }
  uint32_t chunk_size() const { return chunk_size_; }

  // Holds for messages that begin from now on. All incomplete messages together may have twice max_message.
  void set_limits(Limits limits) {
    max_message_ = limits.max_message;
    max_chunk_streams_ = limits.max_chunk_streams;
  }
  // Bytes of messages that are not complete yet.
  size_t buffered() const;
  // Frees memory that no incomplete message needs, for connections that will send little from now on.
  void ReleaseBuffers();

 private:
  // Per chunk stream: 20 bytes, because every player pays for two or three.
  struct ChunkStream {
    uint32_t csid : 17;       // 2..65599
    uint32_t buffer : 7;      // index into buffers_ plus 1, 0 for none
    uint32_t extended : 1;    // the last type-0/1/2 header had an extended timestamp
    uint32_t absolute : 1;    // `field` is a point in time, not a delta
    uint32_t incomplete : 1;  // a message has begun
    uint32_t unused : 5;
    uint32_t timestamp;  // of the current message
    uint32_t field;      // the time field of the last type-0/1/2 header
    uint32_t length : 24;
    uint32_t type : 8;
    uint32_t stream_id;
  };
  static_assert(sizeof(ChunkStream) == 20);

  enum class State : uint8_t { kHeader, kRepeatedTimestamp, kPayload, kBroken };

  static constexpr size_t kMaxHeader = 3 + 11 + 4;  // basic header, type-0 message header, extended timestamp

  bool ReadHeader(ByteView& in);
  bool ReadRepeatedTimestamp(ByteView& in);
  bool ReadPayload(ByteView& in);
  bool ApplyHeader(const uint8_t* header);
  void ApplyFields(ChunkStream& stream, uint8_t format, const uint8_t* fields);
  ChunkStream* FindOrAdd(uint32_t csid);
  bool Keep(ChunkStream& stream, ByteView bytes);
  bool Deliver(ChunkStream& stream, ByteView payload);
  bool Obey(const ChunkStream& stream, ByteView payload);
  void Drop(ChunkStream& stream);
  void Free(uint8_t buffer);
  void ConsumeCarry(size_t size);
  bool Break(Reason reason);

  std::unique_ptr<ChunkStream[]> streams_;        // as many as there are: a vector's two other words count too
  std::unique_ptr<std::vector<Buffer>> buffers_;  // only while something has to be joined
  ByteView payload_;
  uint32_t chunk_size_ = kDefaultChunkSize;
  uint32_t chunk_left_ = 0;  // payload bytes of the current chunk still to come
  uint32_t max_message_ = Limits().max_message;
  uint8_t max_chunk_streams_ = Limits().max_chunk_streams;
  State state_ = State::kHeader;
  Reason reason_ = Reason::kNone;
  uint8_t stream_count_ = 0;
  uint8_t current_ = 0;        // index into streams_
  uint8_t finished_ = 0;       // index into buffers_ plus 1 of the buffer that message() shows
  uint8_t carry_size_ = 0;     // bytes kept in carry_
  bool is_ready_ = false;      // a message was delivered
  uint8_t carry_[kMaxHeader];  // input that was too little to decide on; stands before the next `in`
};

}  // namespace weir::rtmp

#endif  // WEIR_PROTO_RTMP_CHUNK_READER_H_
