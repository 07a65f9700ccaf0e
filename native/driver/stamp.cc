#include "driver/stamp.h"

#include <cstring>
#include <string_view>

#include "driver/random.h"
#include "media/amf0.h"

namespace weir::driver {
namespace {

constexpr uint8_t kKeyAvc = 0x17;
constexpr uint8_t kInterAvc = 0x27;
constexpr uint8_t kAac = 0xAF;
constexpr uint32_t kMagic = 0x57454952;

size_t HeadSize(Track track) { return track == kVideoTrack ? 5 : 2; }

// The FLV header: H.264 or AAC, configuration (0) or frame (1).
void AppendHead(Buffer& out, Track track, uint8_t packet_type, bool is_key) {
  if (track == kVideoTrack) {
    const uint8_t head[] = {is_key ? kKeyAvc : kInterAvc, packet_type, 0, 0, 0};
    Append(out, ByteView(head));
  } else {
    const uint8_t head[] = {kAac, packet_type};
    Append(out, ByteView(head));
  }
}

// All that a stamp says, but the head.
constexpr size_t kStampSize = 4 * 7 + 2 * 3;

void AppendStamp(Buffer& out, const Stamp& stamp, size_t filler) {
  for (uint32_t word : {kMagic, stamp.stream, stamp.epoch, stamp.run, stamp.number, stamp.raw}) AppendBe32(out, word);
  AppendBe32(out, static_cast<uint32_t>(filler));
  for (uint16_t word : {stamp.announced.config[0], stamp.announced.config[1], stamp.announced.metadata}) {
    AppendBe16(out, word);
  }
}

Random FillerOf(const Stamp& stamp) {
  return Random((uint64_t{stamp.stream} << 56) ^ (uint64_t{stamp.epoch} << 36) ^ (uint64_t{stamp.track} << 35) ^
                stamp.number);
}

bool ReadInfo(ByteView payload, std::string_view name, Config& info) {
  amf0::Reader reader(payload);
  std::string_view text;
  amf0::Value object;
  if (reader.ReadString(text) != Reason::kNone || text != name) return false;
  if (reader.Read(object) != Reason::kNone) return false;
  info = {static_cast<uint32_t>(object.NumberOf("stream")), static_cast<uint32_t>(object.NumberOf("epoch")),
          static_cast<uint16_t>(object.NumberOf("version"))};
  return info.epoch != 0;
}

void AppendInfo(Buffer& out, const Stamp& stamp, double version) {
  amf0::AppendField(out, "stream", stamp.stream);
  amf0::AppendField(out, "epoch", stamp.epoch);
  amf0::AppendField(out, "version", version);
  amf0::EndObject(out);
}

}  // namespace

void AppendFrame(Buffer& out, const Stamp& stamp, size_t filler) {
  AppendHead(out, stamp.track, 1, stamp.is_key);
  AppendStamp(out, stamp, filler);
  Random random = FillerOf(stamp);
  size_t at = out.size();
  out.resize(at + filler);
  for (; filler >= 8; filler -= 8, at += 8) StoreBe64(out.data() + at, random.Next());
  for (; filler > 0; --filler) out[at++] = 0x5A;
}

bool ReadFrame(ByteView payload, Track track, Stamp& stamp) {
  if (payload.size() < HeadSize(track) + kStampSize) return false;
  stamp.track = track;
  stamp.is_key = track == kVideoTrack && payload[0] == kKeyAvc;
  ByteReader in(payload.subspan(HeadSize(track)));
  uint32_t words[7];
  for (uint32_t& word : words) (void)in.Be32(word);
  for (uint16_t* word : {&stamp.announced.config[0], &stamp.announced.config[1], &stamp.announced.metadata}) {
    (void)in.Be16(*word);
  }
  stamp.stream = words[1];
  stamp.epoch = words[2];
  stamp.run = words[3];
  stamp.number = words[4];
  stamp.raw = words[5];
  size_t filler = words[6];
  if (words[0] != kMagic || in.left() != filler) return false;
  Random random = FillerOf(stamp);
  const uint8_t* at = in.rest().data();
  for (; filler >= 8; filler -= 8, at += 8) {
    if (LoadBe64(at) != random.Next()) return false;
  }
  for (; filler > 0; --filler) {
    if (*at++ != 0x5A) return false;
  }
  return true;
}

void AppendConfig(Buffer& out, const Stamp& stamp, Track track, uint16_t version) {
  AppendHead(out, track, 0, true);
  for (uint32_t word : {kMagic, stamp.stream, stamp.epoch, uint32_t{version}}) AppendBe32(out, word);
}

bool IsConfig(ByteView payload) { return payload.size() >= 2 && payload[1] == 0; }

bool ReadConfig(ByteView payload, Track track, Config& config) {
  if (payload.size() != HeadSize(track) + 16) return false;
  const uint8_t* at = payload.data() + HeadSize(track);
  config = {LoadBe32(at + 4), LoadBe32(at + 8), static_cast<uint16_t>(LoadBe32(at + 12))};
  return LoadBe32(at) == kMagic;
}

void AppendMetadata(Buffer& out, const Stamp& stamp, uint16_t version) {
  amf0::AppendString(out, "@setDataFrame");
  amf0::AppendString(out, "onMetaData");
  amf0::BeginEcmaArray(out, 3);
  AppendInfo(out, stamp, version);
}

bool ReadMetadata(ByteView payload, Config& metadata) { return ReadInfo(payload, "onMetaData", metadata); }

void AppendText(Buffer& out, const Stamp& stamp, uint32_t number) {
  amf0::AppendString(out, "onTextData");
  amf0::BeginObject(out);
  AppendInfo(out, stamp, number);
}

bool ReadText(ByteView payload, Config& text) { return ReadInfo(payload, "onTextData", text); }

}  // namespace weir::driver
