#include "media/frame.h"

#include "media/flv_tag.h"

namespace weir {
namespace {

// Legacy video (FLV 1.0, E.4.3): frame types and codecs.
constexpr uint8_t kKeyFrame = 1;
constexpr uint8_t kGeneratedKeyFrame = 4;
constexpr uint8_t kCommandFrame = 5;
constexpr uint32_t kAvc = 7;
constexpr uint32_t kMpeg4 = 9;  // ffmpeg with -strict -1; laid out like AVC
constexpr uint32_t kHevcDialect = 12;
constexpr uint32_t kAv1Dialect = 13;
// Packet type in the second byte of those, and of AAC.
constexpr uint8_t kLegacyHeader = 0;
constexpr uint8_t kLegacyEnd = 2;

// Legacy audio (FLV 1.0, E.4.2).
constexpr uint32_t kAac = 10;
constexpr uint32_t kExHeader = 9;

// Enhanced RTMP v2, ExVideoTagHeader and ExAudioTagHeader.
constexpr uint8_t kIsExVideo = 0x80;
constexpr uint8_t kExHeaderStart = 0;
constexpr uint8_t kExCodedFrames = 1;
constexpr uint8_t kExEnd = 2;
constexpr uint8_t kExVideoFramesX = 3;
constexpr uint8_t kExVideoMetadata = 4;
constexpr uint8_t kExVideoTsHeader = 5;
constexpr uint8_t kExVideoMultitrack = 6;
constexpr uint8_t kExAudioMultichannel = 4;
constexpr uint8_t kExAudioMultitrack = 5;
constexpr uint8_t kModEx = 7;
constexpr uint8_t kOneTrack = 0;
constexpr uint8_t kManyTracksManyCodecs = 2;

bool IsKeyType(uint8_t frame_type) { return frame_type == kKeyFrame || frame_type == kGeneratedKeyFrame; }

bool HasPacketType(uint32_t codec) {
  return codec == kAvc || codec == kMpeg4 || codec == kHevcDialect || codec == kAv1Dialect;
}

// Passes over ModEx prefixes: size, data, then the next packet type in the low nibble.
bool SkipModEx(ByteReader& in, uint8_t& packet_type) {
  while (packet_type == kModEx) {
    uint8_t small = 0;
    if (!in.U8(small)) return false;
    size_t size = size_t{small} + 1;
    if (small == 0xFF) {
      uint16_t large = 0;
      if (!in.Be16(large)) return false;
      size = size_t{large} + 1;
    }
    uint8_t next = 0;
    if (!in.Skip(size) || !in.U8(next)) return false;
    packet_type = next & 0x0F;
  }
  return true;
}

// The multitrack byte, FourCC and first track of a multitrack message, or just the FourCC.
bool ReadCodec(ByteReader& in, uint8_t multitrack_type, uint8_t& packet_type, FrameInfo& info) {
  if (packet_type != multitrack_type) {
    if (!in.Be32(info.codec)) return false;
    info.body = in.rest();
    return true;
  }
  uint8_t tracks = 0;
  if (!in.U8(tracks)) return false;
  info.is_multitrack = true;
  packet_type = tracks & 0x0F;
  if (packet_type == multitrack_type || tracks >> 4 > kManyTracksManyCodecs) return false;
  if (!in.Be32(info.codec) || !in.U8(info.track)) return false;
  info.body = in.rest();
  uint32_t size = 0;
  return tracks >> 4 == kOneTrack || (in.Be24(size) && in.Take(size, info.body));
}

// Enhanced RTMP v2, "ExVideoTagBody": the codecs whose CodedFrames begin with a composition time.
bool HasCompositionTime(uint32_t codec) {
  return codec == FourCc("avc1") || codec == FourCc("hvc1") || codec == FourCc("vvc1");
}

FrameInfo Broken(FrameInfo info) {
  info.is_broken = true;
  return info;
}

FrameInfo ClassifyExVideo(uint8_t first, ByteReader in) {
  FrameInfo info{.kind = FrameKind::kVideo, .is_enhanced = true};
  const uint8_t frame_type = (first >> 4) & 0x07;
  uint8_t packet_type = first & 0x0F;
  if (!SkipModEx(in, packet_type)) return Broken(info);
  // A command has no FourCC. In Metadata the frame type means nothing: OBS writes 0, ffmpeg 5.
  if (frame_type == kCommandFrame && packet_type != kExVideoMetadata) {
    info.is_command = true;
    return info;
  }
  if (!ReadCodec(in, kExVideoMultitrack, packet_type, info)) return Broken(info);

  switch (packet_type) {
    case kExHeaderStart:
    case kExVideoTsHeader:
      info.is_header = true;
      break;
    case kExCodedFrames:
      info.has_composition_time = HasCompositionTime(info.codec);
      info.is_key = IsKeyType(frame_type);
      break;
    case kExVideoFramesX:
      info.is_key = IsKeyType(frame_type);
      break;
    case kExEnd:
      info.is_sequence_end = true;
      break;
    case kExVideoMetadata:
      info.is_metadata_packet = true;
      break;
    default:
      info.is_broken = true;
  }
  return info;
}

FrameInfo ClassifyVideo(ByteView payload) {
  FrameInfo info{.kind = FrameKind::kVideo};
  ByteReader in(payload);
  uint8_t first = 0;
  if (!in.U8(first)) {
    info.is_empty = true;
    return info;
  }
  if (first & kIsExVideo) return ClassifyExVideo(first, in);

  const uint8_t frame_type = first >> 4;
  info.codec = first & 0x0F;
  if (frame_type == kCommandFrame) {
    info.is_command = true;
    return info;
  }
  info.body = in.rest();
  if (!HasPacketType(info.codec)) {
    info.is_key = IsKeyType(frame_type);
    return info;
  }
  uint8_t packet_type = 0;
  if (!in.U8(packet_type)) return Broken(info);
  info.body = in.rest();
  info.has_composition_time = true;
  info.is_header = packet_type == kLegacyHeader;
  info.is_sequence_end = packet_type == kLegacyEnd;
  info.is_key = !info.is_header && !info.is_sequence_end && IsKeyType(frame_type);
  return info;
}

FrameInfo ClassifyExAudio(uint8_t first, ByteReader in) {
  FrameInfo info{.kind = FrameKind::kAudio, .is_enhanced = true};
  uint8_t packet_type = first & 0x0F;
  if (!SkipModEx(in, packet_type) || !ReadCodec(in, kExAudioMultitrack, packet_type, info)) return Broken(info);
  switch (packet_type) {
    case kExHeaderStart:
      info.is_header = true;
      break;
    case kExCodedFrames:
      break;
    case kExEnd:
      info.is_sequence_end = true;
      break;
    case kExAudioMultichannel:
      info.is_metadata_packet = true;
      break;
    default:
      info.is_broken = true;
  }
  return info;
}

FrameInfo ClassifyAudio(ByteView payload) {
  FrameInfo info{.kind = FrameKind::kAudio};
  ByteReader in(payload);
  uint8_t first = 0;
  if (!in.U8(first)) {
    info.is_empty = true;
    return info;
  }
  info.codec = first >> 4;
  if (info.codec == kExHeader) return ClassifyExAudio(first, in);
  info.body = in.rest();
  if (info.codec != kAac) return info;
  uint8_t packet_type = 0;
  if (!in.U8(packet_type)) return Broken(info);
  info.body = in.rest();
  info.is_header = packet_type == kLegacyHeader;
  return info;
}

}  // namespace

FrameInfo ClassifyFrame(uint8_t message_type, ByteView payload) {
  switch (message_type) {
    case flv::kAudioTag:
      return ClassifyAudio(payload);
    case flv::kVideoTag:
      return ClassifyVideo(payload);
    case flv::kScriptTag:
    case flv::kScriptAmf3Tag:
      return {.kind = FrameKind::kData, .is_empty = payload.empty()};
    default:
      return {};
  }
}

}  // namespace weir
