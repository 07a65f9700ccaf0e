#include "proto/ts/packetizer.h"

#include <algorithm>

namespace weir::ts {
namespace {

constexpr size_t kPesStart = 6;  // start code, stream id, length
constexpr size_t kMaxPesHeader = 19;
constexpr size_t kMaxPesLength = 0xFFFF;
constexpr uint64_t kClockMask = (uint64_t{1} << 33) - 1;

// Adaptation field (H.222.0 2.4.3.4), behind its length byte.
constexpr size_t kMaxField = 7;
constexpr uint8_t kDiscontinuity = 0x80;
constexpr uint8_t kRandomAccess = 0x40;
constexpr uint8_t kHasPcr = 0x10;

uint64_t Wrapped(Ticks ticks) { return static_cast<uint64_t>(ticks) & kClockMask; }

// Five bytes, with a marker bit behind 3, 15 and 15 bits.
void WriteTime(uint8_t* out, uint8_t prefix, Ticks ticks) {
  const uint64_t t = Wrapped(ticks);
  out[0] = static_cast<uint8_t>((prefix << 4) | ((t >> 30) << 1) | 1);
  StoreBe16(out + 1, static_cast<uint32_t>(((t >> 14) & 0xFFFE) | 1));
  StoreBe16(out + 3, static_cast<uint32_t>((t << 1) & 0xFFFE) | 1);
}

size_t WritePesHeader(uint8_t* out, const Pes& pes, size_t payload) {
  const bool has_dts = Wrapped(pes.dts) != Wrapped(pes.pts);
  const size_t size = has_dts ? kMaxPesHeader : kMaxPesHeader - 5;
  const size_t length = size - kPesStart + payload;
  StoreBe24(out, 1);
  out[3] = pes.stream_id;
  StoreBe16(out + 4, length > kMaxPesLength ? 0 : static_cast<uint32_t>(length));
  out[6] = 0x80;
  out[7] = has_dts ? 0xC0 : 0x80;
  out[8] = has_dts ? 10 : 5;
  WriteTime(out + 9, has_dts ? 3 : 2, pes.pts);
  if (has_dts) WriteTime(out + 14, 1, pes.dts);
  return size;
}

size_t WriteField(uint8_t* out, bool is_random_access, const std::optional<Pcr>& pcr) {
  if (!is_random_access && !pcr) return 0;
  out[0] = is_random_access ? kRandomAccess : 0;
  if (!pcr) return 1;
  out[0] |= static_cast<uint8_t>(kHasPcr | (pcr->is_discontinuity ? kDiscontinuity : 0));
  const uint64_t base = Wrapped(pcr->value);
  StoreBe32(out + 1, static_cast<uint32_t>(base >> 1));
  StoreBe16(out + 5, static_cast<uint32_t>((base & 1) << 15 | 0x7E00));  // extension 0
  return kMaxField;
}

// Copies from one piece after another.
class Gather {
 public:
  Gather(ByteView first, std::span<const ByteView> rest) : current_(first), rest_(rest) {}

  void Copy(uint8_t* to, size_t count) {
    while (count > current_.size()) {
      std::copy_n(current_.data(), current_.size(), to);
      to += current_.size();
      count -= current_.size();
      current_ = rest_.front();
      rest_ = rest_.subspan(1);
    }
    std::copy_n(current_.data(), count, to);
    current_ = current_.subspan(count);
  }

 private:
  ByteView current_;
  std::span<const ByteView> rest_;
};

}  // namespace

void Packetizer::AppendPes(const Pes& pes, std::span<const ByteView> pieces, size_t size, Buffer& out) {
  uint8_t header[kMaxPesHeader];
  uint8_t field_bytes[kMaxField];
  ByteView field(field_bytes, WriteField(field_bytes, pes.is_random_access, pes.pcr));
  const size_t header_size = WritePesHeader(header, pes, size);
  Gather source(ByteView(header, header_size), pieces);
  size_t left = header_size + size;
  const size_t overhead = field.empty() ? 0 : field.size() + 1;

  const size_t at = out.size();
  out.resize(at + (left + overhead + kPacketRoom - 1) / kPacketRoom * kPacketSize);
  for (uint8_t* packet = out.data() + at; left > 0; packet += kPacketSize) {
    const size_t payload = std::min(left, kPacketRoom - (field.empty() ? 0 : field.size() + 1));
    source.Copy(BeginPacket(packet, packet == out.data() + at, field, payload), payload);
    left -= payload;
    field = {};
  }
}

void Packetizer::AppendPcr(const Pcr& pcr, Buffer& out) {
  uint8_t field[kMaxField];
  const size_t size = WriteField(field, false, pcr);
  const size_t at = out.size();
  out.resize(at + kPacketSize);
  BeginPacket(out.data() + at, false, ByteView(field, size), 0);
}

// Header and adaptation field, which also fills up what the payload leaves. Returns where the payload goes.
uint8_t* Packetizer::BeginPacket(uint8_t* packet, bool is_start, ByteView field, size_t payload) {
  const size_t room = kPacketRoom - payload;
  packet[0] = kSync;
  StoreBe16(packet + 1, (is_start ? 0x4000U : 0U) | pid_);
  // A packet without payload repeats the counter of the last one (2.4.3.3).
  const uint8_t counter = payload > 0 ? continuity_ : (continuity_ - 1) & 0x0F;
  if (payload > 0) continuity_ = (continuity_ + 1) & 0x0F;
  packet[3] = static_cast<uint8_t>((room > 0 ? 0x20 : 0) | (payload > 0 ? 0x10 : 0) | counter);
  if (room > 0) packet[4] = static_cast<uint8_t>(room - 1);
  if (room > 1) {
    packet[5] = 0;
    std::fill_n(packet + 6, room - 2, uint8_t{0xFF});
    std::copy(field.begin(), field.end(), packet + 5);
  }
  return packet + 4 + room;
}

}  // namespace weir::ts
