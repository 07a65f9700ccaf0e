#include "media/frame_body.h"

namespace weir {
namespace {

Codec VideoCodec(uint32_t codec) {
  switch (codec) {
    case 7:  // FLV 1.0, E.4.3.1
    case FourCc("avc1"):
      return Codec::kAvc;
    case 12:  // the dialect, wire-facts 1.10
    case FourCc("hvc1"):
      return Codec::kHevc;
    case 13:
    case FourCc("av01"):
      return Codec::kAv1;
    default:
      return Codec::kOther;
  }
}

Codec AudioCodec(uint32_t codec) {
  switch (codec) {
    case 2:   // FLV 1.0, E.4.2.1
    case 14:  // the same at 8 kHz
    case FourCc(".mp3"):
      return Codec::kMp3;
    case 10:
    case FourCc("mp4a"):
      return Codec::kAac;
    case FourCc("Opus"):
      return Codec::kOpus;
    default:
      return Codec::kOther;
  }
}

// SI24.
int32_t SignedBe24(const uint8_t* p) {
  const uint32_t value = LoadBe24(p);
  return static_cast<int32_t>(value) - (value & 0x800000 ? 0x1000000 : 0);
}

}  // namespace

Codec CodecOf(const FrameInfo& info) {
  return info.kind == FrameKind::kVideo ? VideoCodec(info.codec) : AudioCodec(info.codec);
}

bool ReadFrameBody(const FrameInfo& info, FrameBody& body) {
  body = {.codec = CodecOf(info), .data = info.body};
  if (!info.has_composition_time) return true;
  if (body.data.size() < 3) return false;
  body.composition_time = SignedBe24(body.data.data());
  body.data = body.data.subspan(3);
  return true;
}

}  // namespace weir
