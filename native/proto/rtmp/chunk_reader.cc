#include "proto/rtmp/chunk_reader.h"

#include <algorithm>
#include <span>
#include <utility>

namespace weir::rtmp {
namespace {

// A chunk is never larger than a message, so that larger sizes mean no more than "never split". Real ones reach 128
// MiB; what is beyond this is garbage.
constexpr uint32_t kMaxChunkSize = 256 * 1024 * 1024;

// Buffers that stay for reuse: two, so that a video message interleaved with audio allocates nothing; a large one is
// given back.
constexpr uint8_t kKeptBuffers = 2;
constexpr size_t kKeptCapacity = 256 * 1024;

constexpr uint8_t kMessageHeaderSizes[] = {11, 7, 3, 0};  // by format (RTMP 1.0, 5.3.1.2)
constexpr size_t kExtendedSize = 4;

size_t BasicHeaderSize(uint8_t first) {
  switch (first & 0x3F) {
    case 0:
      return 2;
    case 1:
      return 3;
    default:
      return 1;
  }
}

uint32_t CsidOf(const uint8_t* header) {
  switch (header[0] & 0x3F) {
    case 0:
      return 64 + uint32_t{header[1]};
    case 1:
      return 64 + uint32_t{header[1]} + 256 * uint32_t{header[2]};
    default:
      return header[0] & 0x3F;
  }
}

// Size of the chunk header that begins here, or 0 when that cannot be told yet.
size_t HeaderSize(ByteView bytes) {
  if (bytes.empty()) return 0;
  const size_t basic = BasicHeaderSize(bytes[0]);
  const uint8_t format = bytes[0] >> 6;
  const size_t size = basic + kMessageHeaderSizes[format];
  if (format == 3) return size;
  if (bytes.size() < basic + 3) return 0;
  return LoadBe24(bytes.data() + basic) == kExtendedTimestamp ? size + kExtendedSize : size;
}

// By the letter an extended field of a type-1 or 2 header is a delta, of 4.6 hours at least. yasea writes the absolute
// time there: what lies shortly behind the previous time, or is more than a day and not before it, is taken as that.
bool LooksAbsolute(uint32_t field, uint32_t previous) {
  constexpr uint32_t kShortly = 10 * 60 * 1000;
  constexpr uint32_t kDay = 24 * 60 * 60 * 1000;
  return field >= previous && (field - previous < kShortly || field > kDay);
}

}  // namespace

ChunkReader::Step ChunkReader::Next(ByteView& in) {
  is_ready_ = false;
  if (finished_ != 0) Free(finished_);
  finished_ = 0;
  while (true) {
    bool goes_on = false;
    switch (state_) {
      case State::kHeader:
        goes_on = ReadHeader(in);
        break;
      case State::kRepeatedTimestamp:
        goes_on = ReadRepeatedTimestamp(in);
        break;
      case State::kPayload:
        goes_on = ReadPayload(in);
        break;
      case State::kBroken:
        break;
    }
    if (state_ == State::kBroken) return Step::kBroken;
    if (is_ready_) return Step::kMessage;
    if (!goes_on) return Step::kMore;
  }
}

Message ChunkReader::message() const {
  const ChunkStream& stream = streams_[current_];
  return {.type = static_cast<uint8_t>(stream.type),
          .csid = stream.csid,
          .stream_id = stream.stream_id,
          .timestamp = stream.timestamp,
          .payload = payload_};
}

size_t ChunkReader::buffered() const {
  if (buffers_ == nullptr) return 0;
  size_t sum = 0;
  for (size_t i = 0; i < buffers_->size(); ++i) {
    if (i + 1 != finished_) sum += (*buffers_)[i].size();
  }
  return sum;
}

void ChunkReader::ReleaseBuffers() {
  payload_ = {};
  if (buffers_ == nullptr) return;
  if (finished_ != 0) (*buffers_)[finished_ - 1].clear();
  finished_ = 0;
  if (buffered() == 0) return buffers_.reset();
  for (Buffer& buffer : *buffers_) {
    if (buffer.empty()) buffer = Buffer();
  }
}

bool ChunkReader::ReadHeader(ByteView& in) {
  if (carry_size_ == 0) {
    const size_t size = HeaderSize(in);
    if (size != 0 && size <= in.size()) {
      const uint8_t* header = in.data();
      in = in.subspan(size);
      return ApplyHeader(header);
    }
  }
  while (true) {
    const size_t size = HeaderSize({carry_, carry_size_});
    if (size != 0 && size <= carry_size_) {
      uint8_t header[kMaxHeader];
      std::copy_n(carry_, size, header);
      ConsumeCarry(size);
      return ApplyHeader(header);
    }
    if (in.empty()) return false;
    carry_[carry_size_++] = in[0];
    in = in.subspan(1);
  }
}

// REQUIRES: `header` holds a whole chunk header.
bool ChunkReader::ApplyHeader(const uint8_t* header) {
  ChunkStream* stream = FindOrAdd(CsidOf(header));
  if (stream == nullptr) return Break(Reason::kTooManyChunkStreams);

  const uint8_t format = header[0] >> 6;
  if (format < 3) {
    // A new header while a message is incomplete gives the old one up.
    Drop(*stream);
    ApplyFields(*stream, format, header + BasicHeaderSize(header[0]));
  } else if (!stream->incomplete) {
    // Type 3 that begins a message repeats the delta, and after a type 0 its time is the delta (FMLE's audio: 26, then
    // 52). For a time that needed the extension that would double hours: there it means "the same time".
    if (!stream->absolute || stream->field < kExtendedTimestamp) stream->timestamp += stream->field;
  }

  size_t received = 0;
  if (stream->incomplete) {
    if (stream->buffer != 0) received = (*buffers_)[stream->buffer - 1].size();
  } else {
    if (stream->length > max_message_) return Break(Reason::kMessageTooLarge);
    stream->incomplete = 1;
  }
  chunk_left_ = static_cast<uint32_t>(std::min<size_t>(chunk_size_, stream->length - received));
  state_ = format == 3 && stream->extended ? State::kRepeatedTimestamp : State::kPayload;
  return true;
}

void ChunkReader::ApplyFields(ChunkStream& stream, uint8_t format, const uint8_t* fields) {
  const uint32_t small = LoadBe24(fields);
  stream.extended = small == kExtendedTimestamp;
  stream.field = stream.extended ? LoadBe32(fields + kMessageHeaderSizes[format]) : small;
  if (format <= 1) {
    stream.length = LoadBe24(fields + 3);
    stream.type = fields[6];
  }
  if (format == 0) stream.stream_id = LoadLe32(fields + 7);

  stream.absolute = format == 0 || (stream.extended && LooksAbsolute(stream.field, stream.timestamp));
  stream.timestamp = stream.absolute ? stream.field : stream.timestamp + stream.field;
}

// The specification repeats the extended timestamp in type-3 chunks; OBS before 30.1 and some cameras leave it out.
// Bytes that equal it, whether written with 31 or 32 bits, are taken for it, others for payload.
bool ChunkReader::ReadRepeatedTimestamp(ByteView& in) {
  uint8_t expected[kExtendedSize];
  StoreBe32(expected, streams_[current_].field);
  for (size_t i = 0; i < kExtendedSize; ++i) {
    const bool is_carried = i < carry_size_;
    if (!is_carried && i - carry_size_ >= in.size()) {
      std::copy(in.begin(), in.end(), carry_ + carry_size_);
      carry_size_ = static_cast<uint8_t>(carry_size_ + in.size());
      in = {};
      return false;
    }
    const uint8_t byte = is_carried ? carry_[i] : in[i - carry_size_];
    const uint8_t mask = i == 0 ? 0x7F : 0xFF;
    if ((byte & mask) != (expected[i] & mask)) {
      state_ = State::kPayload;
      return true;
    }
  }
  const size_t carried = std::min<size_t>(carry_size_, kExtendedSize);
  ConsumeCarry(carried);
  in = in.subspan(kExtendedSize - carried);
  state_ = State::kPayload;
  return true;
}

bool ChunkReader::ReadPayload(ByteView& in) {
  ChunkStream& stream = streams_[current_];
  if (carry_size_ > 0) {
    const size_t n = std::min<size_t>(chunk_left_, carry_size_);
    if (!Keep(stream, {carry_, n})) return false;
    ConsumeCarry(n);
    chunk_left_ -= static_cast<uint32_t>(n);
  }

  const size_t n = std::min<size_t>(chunk_left_, in.size());
  const ByteView bytes = in.first(n);
  in = in.subspan(n);
  if (n == stream.length && stream.buffer == 0) return Deliver(stream, bytes);

  if (!Keep(stream, bytes)) return false;
  chunk_left_ -= static_cast<uint32_t>(n);
  if (chunk_left_ > 0) return false;
  const Buffer& joined = (*buffers_)[stream.buffer - 1];
  if (joined.size() == stream.length) return Deliver(stream, joined);
  state_ = State::kHeader;
  return true;
}

ChunkReader::ChunkStream* ChunkReader::FindOrAdd(uint32_t csid) {
  if (current_ < stream_count_ && streams_[current_].csid == csid) return &streams_[current_];
  uint8_t index = 0;
  while (index < stream_count_ && streams_[index].csid != csid) ++index;
  if (index == stream_count_) {
    if (index >= max_chunk_streams_) return nullptr;
    // One more, not twice as many: memory of players counts, and chunk streams are few.
    std::unique_ptr<ChunkStream[]> grown(new ChunkStream[index + size_t{1}]());
    std::copy_n(streams_.get(), index, grown.get());
    streams_ = std::move(grown);
    ++stream_count_;
    // A first header of type 1 or 2 starts from zeros: librtmp pings so on csid 2, DJI's Osmo begins so.
    streams_[index].csid = csid & 0x1FFFF;
  }
  current_ = index;
  return &streams_[index];
}

// Copies a piece of a message that has to be joined.
bool ChunkReader::Keep(ChunkStream& stream, ByteView bytes) {
  if (bytes.empty()) return true;
  if (buffered() + bytes.size() > 2 * size_t{max_message_}) return Break(Reason::kMessageTooLarge);
  if (buffers_ == nullptr) buffers_ = std::make_unique<std::vector<Buffer>>();
  if (stream.buffer == 0) {
    size_t index = 0;
    while (index < buffers_->size() && !(*buffers_)[index].empty()) ++index;
    if (index == buffers_->size()) buffers_->emplace_back();
    stream.buffer = (index + 1) & 0x7F;
  }
  Buffer& buffer = (*buffers_)[stream.buffer - 1];
  const size_t needed = buffer.size() + bytes.size();
  if (needed > buffer.capacity())
    buffer.reserve(std::min<size_t>(stream.length, std::max(needed, 2 * buffer.capacity())));
  Append(buffer, bytes);
  return true;
}

bool ChunkReader::Deliver(ChunkStream& stream, ByteView payload) {
  state_ = State::kHeader;
  stream.incomplete = 0;
  finished_ = static_cast<uint8_t>(stream.buffer);
  stream.buffer = 0;
  payload_ = payload;
  is_ready_ = true;
  return Obey(stream, payload);
}

bool ChunkReader::Obey(const ChunkStream& stream, ByteView payload) {
  if (stream.type != kTypeSetChunkSize && stream.type != kTypeAbort) return true;
  if (payload.size() < 4) return Break(Reason::kChunkMalformed);
  const uint32_t value = LoadBe32(payload.data());
  if (stream.type == kTypeSetChunkSize) {
    if (value == 0 || value > kMaxChunkSize) return Break(Reason::kChunkSizeInvalid);
    chunk_size_ = value;
    return true;
  }
  for (ChunkStream& other : std::span(streams_.get(), stream_count_)) {
    if (other.csid == value) Drop(other);
  }
  return true;
}

// Gives an incomplete message up.
void ChunkReader::Drop(ChunkStream& stream) {
  if (stream.buffer != 0) Free(static_cast<uint8_t>(stream.buffer));
  stream.buffer = 0;
  stream.incomplete = 0;
}

// An empty buffer is a free one.
void ChunkReader::Free(uint8_t buffer) {
  Buffer& freed = (*buffers_)[buffer - 1];
  freed.clear();
  if (buffer > kKeptBuffers || freed.capacity() > kKeptCapacity) freed = Buffer();
}

void ChunkReader::ConsumeCarry(size_t size) {
  carry_size_ = static_cast<uint8_t>(carry_size_ - size);
  std::copy_n(carry_ + size, carry_size_, carry_);
}

bool ChunkReader::Break(Reason reason) {
  reason_ = reason;
  state_ = State::kBroken;
  return false;
}

}  // namespace weir::rtmp
