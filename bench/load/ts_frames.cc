#include "bench/load/ts_frames.h"

#include <algorithm>
#include <cstring>

#include "media/avc.h"
#include "media/hevc.h"

namespace weir::load {
namespace {

constexpr ts::Ticks kClockRange = ts::Ticks{1} << 33;
constexpr uint32_t kSampleRates[] = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                     22050, 16000, 12000, 11025, 8000,  7350};
constexpr int kSamplesPerFrame = 1024;
constexpr size_t kAdtsHeader = 7;
constexpr size_t kAdtsChecksum = 2;

constexpr char kHvc1[] = "hvc1";
constexpr char kOpus[] = "Opus";
constexpr uint8_t kExVideoKey = 0x91;    // enhanced RTMP: key frame, coded frames
constexpr uint8_t kExVideoOther = 0xA1;  // inter frame
constexpr uint8_t kExAudio = 0x91;       // coded frames
constexpr uint8_t kMp3 = 0x2F;

ts::Ticks ReadTime(const uint8_t* p) {
  return (ts::Ticks{p[0]} >> 1 & 7) << 30 | ts::Ticks{LoadBe16(p + 1) >> 1} << 15 | LoadBe16(p + 3) >> 1;
}

// The next NAL unit of an Annex B stream; start codes are eaten, and the zeros before them.
bool NextNal(ByteView& in, ByteView& nal) {
  auto find = [](ByteView bytes) {
    for (size_t i = 0; i + 3 <= bytes.size(); ++i) {
      const void* one = std::memchr(bytes.data() + i + 2, 1, bytes.size() - i - 2);
      if (one == nullptr) break;
      i = static_cast<size_t>(static_cast<const uint8_t*>(one) - bytes.data()) - 2;
      if (bytes[i] == 0 && bytes[i + 1] == 0) return i;
    }
    return bytes.size();
  };
  size_t start = find(in);
  if (start == in.size()) return false;
  in = in.subspan(start + 3);
  size_t end = find(in);
  nal = in.first(end);
  in = in.subspan(end);
  while (!nal.empty() && nal.back() == 0) nal = nal.first(nal.size() - 1);
  return true;
}

// What a muxer puts in front of the frame's own units.
bool IsPreamble(bool is_hevc, ByteView nal) {
  if (is_hevc) {
    hevc::NalType type = hevc::TypeOf(nal);
    return type == hevc::kDelimiter || type == hevc::kVps || type == hevc::kSps || type == hevc::kPps;
  }
  uint8_t type = avc::TypeOf(nal);
  return type == avc::kDelimiter || type == avc::kSps || type == avc::kPps;
}

bool IsRandomAccess(bool is_hevc, ByteView nal) {
  if (!is_hevc) return avc::TypeOf(nal) == avc::kIdrSlice;
  hevc::NalType type = hevc::TypeOf(nal);
  return hevc::IsSlice(type) && hevc::IsIrap(type);
}

}  // namespace

bool ReadPesTimes(ByteView header, PesTimes& times) {
  constexpr size_t kPts = 9;
  constexpr size_t kDts = 14;
  uint8_t flags = header[7] >> 6;
  bool has_dts = flags == 3;
  if (flags < 2 || header.size() < (has_dts ? kDts : kPts) + 5) return false;
  times.pts = ReadTime(header.data() + kPts);
  times.dts = has_dts ? ReadTime(header.data() + kDts) : times.pts;
  return true;
}

bool TsFrames::Break(const char* problem) {
  problem_ = problem;
  return false;
}

// 33 bits wrap after 26 hours; a message's milliseconds go on.
uint32_t TsFrames::Unwrap(ts::Ticks time) {
  if (has_clock_) {
    ts::Ticks step = (time - clock_) % kClockRange;
    if (step > kClockRange / 2) step -= kClockRange;
    if (step < -kClockRange / 2) step += kClockRange;
    time = clock_ + step;
  }
  has_clock_ = true;
  clock_ = time;
  return static_cast<uint32_t>((time + ts::kTicksPerMilli / 2) / ts::kTicksPerMilli);
}

void TsFrames::Tell(uint8_t type, ts::Ticks time, MediaSink& sink) {
  sink.OnMedia({.type = type, .timestamp = Unwrap(time), .payload = message_});
}

bool TsFrames::Convert(uint8_t stream_type, const PesTimes& times, ByteView payload, MediaSink& sink) {
  switch (stream_type) {
    case ts::kH264:
    case ts::kH265:
      return ConvertVideo(stream_type == ts::kH265, times, payload, sink);
    case ts::kAdtsAac:
      return ConvertAdts(times, payload, sink);
    case ts::kMpeg1Audio:
    case ts::kMpeg2Audio:
      message_.assign({kMp3});
      break;
    default:
      message_.assign({kExAudio});
      Append(message_, std::string_view(kOpus));
  }
  Append(message_, payload);
  Tell(rtmp::kTypeAudio, times.pts, sink);
  return true;
}

bool TsFrames::ConvertVideo(bool is_hevc, const PesTimes& times, ByteView payload, MediaSink& sink) {
  message_.assign({0});
  if (is_hevc) {
    Append(message_, std::string_view(kHvc1));
  } else {
    AppendU8(message_, 1);  // NAL units
  }
  AppendBe24(message_, static_cast<uint32_t>((times.pts - times.dts) / ts::kTicksPerMilli) & 0xFFFFFF);
  bool is_key = false;
  bool is_begun = false;
  for (ByteView nal; NextNal(payload, nal);) {
    if (nal.empty()) return Break("an empty NAL unit");
    if (!is_begun && IsPreamble(is_hevc, nal)) continue;
    is_begun = true;
    is_key = is_key || IsRandomAccess(is_hevc, nal);
    AppendBe32(message_, static_cast<uint32_t>(nal.size()));
    Append(message_, nal);
  }
  if (!is_begun) return Break("a picture without a slice");
  message_[0] = is_hevc ? (is_key ? kExVideoKey : kExVideoOther) : (is_key ? 0x17 : 0x27);
  Tell(rtmp::kTypeVideo, times.dts, sink);
  return true;
}

bool TsFrames::ConvertAdts(const PesTimes& times, ByteView payload, MediaSink& sink) {
  for (int frame = 0; !payload.empty(); ++frame) {
    if (payload.size() < kAdtsHeader || payload[0] != 0xFF || (payload[1] & 0xF6) != 0xF0) return Break("no ADTS");
    size_t header = kAdtsHeader + ((payload[1] & 1) == 0 ? kAdtsChecksum : 0);
    size_t size = (payload[3] & 3u) << 11 | payload[4] << 3 | payload[5] >> 5;
    size_t rate = payload[2] >> 2 & 15;
    if (rate >= std::size(kSampleRates)) return Break("ADTS without a sample rate");
    if (size < header || size > payload.size()) return Break("an ADTS frame that is cut off");
    message_.assign({0xAF, 1});
    Append(message_, payload.subspan(header, size - header));
    Tell(rtmp::kTypeAudio, times.pts + ts::Ticks{frame} * kSamplesPerFrame * ts::kTicksPerSecond / kSampleRates[rate],
         sink);
    payload = payload.subspan(size);
  }
  return true;
}

}  // namespace weir::load
