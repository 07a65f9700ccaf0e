#include "bench/load/ts_reader.h"

#include <algorithm>

#include "proto/ts/crc32.h"

namespace weir::load {
namespace {

constexpr uint8_t kPatTable = 0;
constexpr uint8_t kPmtTable = 2;
constexpr size_t kPesStart = 6;   // start code, stream id, length
constexpr size_t kPesHeader = 9;  // ... flags and the length of what else is in the header

bool HasPayload(ByteView packet) { return (packet[3] & 0x10) != 0; }
bool IsStart(ByteView packet) { return (packet[1] & 0x40) != 0; }

// How long the PES says to be; 0: until the next one begins.
size_t AnnouncedSize(ByteView pes) {
  size_t length = pes.size() < kPesStart ? 0 : LoadBe16(pes.data() + 4);
  return length == 0 ? 0 : kPesStart + length;
}

}  // namespace

bool TsReader::Break(const char* problem) {
  if (*problem_ == '\0') problem_ = problem;
  return false;
}

bool TsReader::Read(ByteView in, MediaSink& sink) {
  while (!in.empty()) {
    if (have_ == 0 && in.size() >= ts::kPacketSize) {
      if (!ReadPacket(in.first(ts::kPacketSize), sink)) return false;
      in = in.subspan(ts::kPacketSize);
      continue;
    }
    size_t take = std::min(in.size(), ts::kPacketSize - have_);
    std::copy_n(in.data(), take, packet_ + have_);
    have_ += take;
    in = in.subspan(take);
    if (have_ < ts::kPacketSize) break;
    have_ = 0;
    if (!ReadPacket(ByteView(packet_), sink)) return false;
  }
  return *problem_ == '\0';
}

bool TsReader::EndPiece(MediaSink& sink) {
  if (have_ > 0) return Break("ends within a packet");
  if (!has_tables_) return Break("no PAT and PMT");
  for (Track& track : tracks_) {
    if (track.is_open && !FinishPes(track, sink)) return false;
  }
  has_tables_ = false;
  return true;
}

TsReader::Track* TsReader::Find(uint16_t pid) {
  auto found = std::ranges::find(tracks_, pid, &Track::pid);
  return found == tracks_.end() ? nullptr : &*found;
}

bool TsReader::ReadPacket(ByteView packet, MediaSink& sink) {
  if (packet[0] != ts::kSync) return Break("no sync byte");
  if ((packet[1] & 0x80) != 0) return Break("marked as in error");
  if ((packet[3] & 0xC0) != 0) return Break("scrambled");
  Content content;
  if (!Split(packet, content)) return Break("an adaptation field that is longer than its packet");
  auto pid = static_cast<uint16_t>(LoadBe16(packet.data() + 1) & 0x1FFF);
  Track* track = Find(pid);
  if (track == nullptr) return true;  // stuffing, descriptions
  Count(*track, packet, content, sink);
  if (content.payload.empty()) return true;
  if (pid == ts::kPatPid) return ReadPat(content.payload);
  if (pid == pmt_pid_) return ReadPmt(content.payload);
  return ReadMedia(*track, IsStart(packet), content.payload, sink);
}

bool TsReader::Split(ByteView packet, Content& content) {
  bool has_field = (packet[3] & 0x20) != 0;
  size_t at = 4;
  if (has_field) {
    at += 1 + size_t{packet[4]};
    if (at > packet.size()) return false;
    content.is_discontinuity = packet[4] > 0 && (packet[5] & 0x80) != 0;
  }
  if (HasPayload(packet)) content.payload = packet.subspan(at);
  return true;
}

// 2.4.3.3: one more with each packet that has a payload.
void TsReader::Count(Track& track, ByteView packet, const Content& content, MediaSink& sink) {
  uint8_t counter = packet[3] & 0x0F;
  uint8_t expected = (track.counter + (HasPayload(packet) ? 1 : 0)) & 0x0F;
  if (track.has_counter && counter != expected && !content.is_discontinuity) sink.OnContinuityFault();
  track.has_counter = true;
  track.counter = counter;
}

// The body of a table that lies in one packet, without its header and checksum.
bool TsReader::ReadTable(ByteView payload, uint8_t table_id, ByteView& body) {
  constexpr size_t kHeader = 8;
  constexpr size_t kChecksum = 4;
  size_t start = 1 + size_t{payload[0]};
  if (payload.size() < start + kHeader + kChecksum) return Break("a table that is cut off");
  ByteView section = payload.subspan(start);
  size_t size = 3 + (LoadBe16(section.data() + 1) & 0x0FFFu);
  if (section[0] != table_id || size < kHeader + kChecksum || size > section.size()) return Break("a malformed table");
  section = section.first(size);
  // The remainder over all of it, its own checksum included.
  if (ts::Crc32(section) != 0) return Break("a table with a wrong checksum");
  body = section.subspan(kHeader, size - kHeader - kChecksum);
  return true;
}

bool TsReader::ReadPat(ByteView payload) {
  ByteView body;
  if (!ReadTable(payload, kPatTable, body)) return false;
  for (; body.size() >= 4; body = body.subspan(4)) {
    if (LoadBe16(body.data()) == 0) continue;  // the network's
    auto pid = static_cast<uint16_t>(LoadBe16(body.data() + 2) & 0x1FFF);
    if (pid == pmt_pid_) return true;
    pmt_pid_ = pid;
    tracks_.resize(1);
    tracks_.push_back({.pid = pid});
    return true;
  }
  return Break("a PAT without a program");
}

bool TsReader::ReadPmt(ByteView payload) {
  ByteView body;
  if (!ReadTable(payload, kPmtTable, body)) return false;
  has_tables_ = true;
  if (body.size() < 4) return Break("a malformed PMT");
  size_t info = LoadBe16(body.data() + 2) & 0x0FFFu;
  if (body.size() < 4 + info) return Break("a malformed PMT");
  body = body.subspan(4 + info);
  while (body.size() >= 5) {
    auto pid = static_cast<uint16_t>(LoadBe16(body.data() + 1) & 0x1FFF);
    size_t size = 5 + (LoadBe16(body.data() + 3) & 0x0FFFu);
    if (body.size() < size) return Break("a malformed PMT");
    Track* track = Find(pid);
    if (track == nullptr) {
      if (tracks_.size() == kMaxTracks) return Break("too many tracks");
      tracks_.push_back({.pid = pid});
      track = &tracks_.back();
    }
    track->stream_type = body[0];
    body = body.subspan(size);
  }
  return true;
}

bool TsReader::ReadMedia(Track& track, bool is_start, ByteView payload, MediaSink& sink) {
  if (!has_tables_) return Break("media before PAT and PMT");
  if (is_start) {
    if (track.is_open && !FinishPes(track, sink)) return false;
    track.is_open = true;
    track.pes.clear();
  } else if (!track.is_open) {
    return Break("the rest of a PES that has not begun");
  }
  if (track.pes.size() + payload.size() > kMaxPes) return Break("a PES without an end");
  Append(track.pes, payload);
  size_t announced = AnnouncedSize(track.pes);
  return announced == 0 || track.pes.size() < announced || FinishPes(track, sink);
}

// The PES is over: by its length, because the next one begins, or at the end of a piece.
bool TsReader::FinishPes(Track& track, MediaSink& sink) {
  track.is_open = false;
  ByteView pes = track.pes;
  size_t announced = AnnouncedSize(pes);
  if (pes.size() < kPesHeader || LoadBe24(pes.data()) != 1) return Break("a malformed PES");
  if (announced != 0 && announced != pes.size()) return Break("a PES of another length than it says");
  size_t header = kPesHeader + size_t{pes[8]};
  PesTimes times;
  if (pes.size() < header || !ReadPesTimes(pes.first(header), times)) return Break("a PES without a time");
  return frames_.Convert(track.stream_type, times, pes.subspan(header), sink) || Break(frames_.problem());
}

}  // namespace weir::load
