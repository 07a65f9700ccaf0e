// Reads a transport stream in tests and fuzz targets, strictly: every rule of H.222.0 that the muxer must keep is a
// fault here. Written apart from the muxer. Lifetime: values. Thread rule: one thread at a time.
#ifndef WEIR_TEST_NATIVE_SUPPORT_TRANSPORT_H_
#define WEIR_TEST_NATIVE_SUPPORT_TRANSPORT_H_

#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace weir::test {

struct ReadPes {
  int pid = 0;
  int stream_id = 0;
  int64_t pts = -1;
  int64_t dts = -1;
  int64_t pcr = -1;  // of its first packet
  bool is_random_access = false;
  Buffer bytes = {};  // of the elementary stream
  size_t announced = 0;
};

class Transport {
 public:
  // What follows what was read before. Everything that was begun must end here: an entry is whole.
  void Read(ByteView packets) {
    if (packets.size() % 188 != 0) Fault("not whole packets");
    for (; packets.size() >= 188; packets = packets.subspan(188)) ReadPacket(packets.first(188));
    open_.clear();
    for (const ReadPes& p : pes) {
      if (p.announced != 0 && p.announced != p.bytes.size()) Fault("PES length");
    }
  }

  std::vector<ReadPes> pes;
  std::vector<int64_t> pcrs;   // all of them
  std::vector<int> pcr_jumps;  // indices of those with the discontinuity indicator
  int tables = 0;
  int pmt_version = -1;
  Buffer pmt;  // the newest section
  std::string faults;

 private:
  struct Field {
    size_t size = 0;
    bool is_random_access = false;
    int64_t pcr = -1;
  };

  void Fault(const std::string& what) { faults += what + "\n"; }

  void ReadPacket(ByteView p) {
    if (p[0] != 0x47 || (p[1] & 0xA0) != 0 || (p[3] & 0xC0) != 0) Fault("packet header");
    const int pid = LoadBe16(p.data() + 1) & 0x1FFF;
    const bool is_start = (p[1] & 0x40) != 0;
    const bool has_payload = (p[3] & 0x10) != 0;
    Count(pid, p[3] & 0x0F, has_payload);
    const Field field = (p[3] & 0x20) != 0 ? ReadField(p) : Field{};
    if (!has_payload) return;
    if (4 + field.size >= 188) return Fault("no room for the payload");
    const ByteView payload = p.subspan(4 + field.size);
    if (pid == 0 || pid == 0x1001) return ReadTable(pid, is_start, payload);
    if (pid != 0x100 && pid != 0x101) return Fault("unknown PID");
    if (is_start) return BeginPes(pid, payload, field);
    if (!open_.contains(pid)) return Fault("continuation without a start");
    Append(pes[open_[pid]].bytes, payload);
  }

  void Count(int pid, int counter, bool has_payload) {
    const auto last = counters_.find(pid);
    const int expected = last == counters_.end() ? counter : (last->second + (has_payload ? 1 : 0)) % 16;
    if (counter != expected) Fault("continuity of " + std::to_string(pid));
    if (has_payload || last != counters_.end()) counters_[pid] = counter;
  }

  Field ReadField(ByteView p) {
    Field field{.size = p[4] + size_t{1}};
    if (field.size > 184) Fault("adaptation field");
    if (p[4] == 0) return field;
    field.is_random_access = (p[5] & 0x40) != 0;
    size_t at = 6;
    if ((p[5] & 0x10) != 0) {
      field.pcr = (int64_t{LoadBe32(p.data() + 6)} << 1) | (p[10] >> 7);
      if ((p[5] & 0x80) != 0) pcr_jumps.push_back(static_cast<int>(pcrs.size()));
      pcrs.push_back(field.pcr);
      at += 6;
    }
    for (; at < 4 + field.size; ++at) {
      if (p[at] != 0xFF) Fault("stuffing");
    }
    return field;
  }

  void ReadTable(int pid, bool is_start, ByteView payload) {
    if (!is_start || payload[0] != 0) return Fault("section does not begin in its packet");
    const size_t size = 3 + (LoadBe16(payload.data() + 2) & 0x0FFFU);
    const ByteView section = payload.subspan(1).first(size);
    uint32_t crc = 0xFFFFFFFF;
    for (const uint8_t byte : section) {
      for (int bit = 7; bit >= 0; --bit) {
        const bool carry = ((crc >> 31) ^ ((byte >> bit) & 1)) != 0;
        crc = (crc << 1) ^ (carry ? 0x04C11DB7 : 0);
      }
    }
    if (crc != 0) Fault("checksum");
    if (pid == 0) return;
    ++tables;
    const int version = (section[5] >> 1) & 31;
    const bool is_same = pmt.size() == section.size() && std::equal(pmt.begin(), pmt.end(), section.begin());
    if (pmt_version >= 0 && !is_same && version != (pmt_version + 1) % 32) Fault("version of the PMT");
    pmt_version = version;
    pmt.assign(section.begin(), section.end());
  }

  static int64_t Time(const uint8_t* p) {
    return (int64_t{(p[0] >> 1) & 7} << 30) | (int64_t{LoadBe16(p + 1) >> 1} << 15) | (LoadBe16(p + 3) >> 1);
  }

  void BeginPes(int pid, ByteView p, const Field& field) {
    // 14 bytes with a PTS alone, 19 with a DTS: a frame behind it may have 4.
    if (p.size() < 14 || LoadBe24(p.data()) != 1) return Fault("PES start");
    ReadPes read{.pid = pid, .stream_id = p[3], .pcr = field.pcr, .is_random_access = field.is_random_access};
    const size_t header = 9 + size_t{p[8]};
    const size_t length = LoadBe16(p.data() + 4);
    if (p.size() < header || header < ((p[7] & 0x40) != 0 ? 19 : 14)) return Fault("PES header");
    read.pts = Time(p.data() + 9);
    read.dts = (p[7] & 0x40) != 0 ? Time(p.data() + 14) : read.pts;
    if (length == 0 && pid != 0x100) Fault("audio PES without length");
    if (length != 0) read.announced = length + 6 - header;
    read.bytes.assign(p.begin() + static_cast<ptrdiff_t>(header), p.end());
    open_[pid] = pes.size();
    pes.push_back(read);
  }

  std::map<int, int> counters_;
  std::map<int, size_t> open_;
};

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_SUPPORT_TRANSPORT_H_
