#include "bench/load/synthetic_source.h"

#include <algorithm>

#include "bench/load/stamp.h"
#include "media/amf0.h"
#include "proto/rtmp/message.h"

namespace weir::load {
namespace {

constexpr int kFramesPerSecond = 25;
constexpr int kFramesPerGop = 50;
constexpr int kKeyFactor = 8;  // a key frame is so many times larger than another
constexpr int kSampleRate = 44'100;
constexpr int kSamplesPerFrame = 1024;
constexpr double kAudioBitrate = 64'000;
constexpr int kHeaders = 3;

// FLV tag header of AVC, then an AVCDecoderConfigurationRecord (14496-15, 5.3.4.1): baseline, 1280x720.
constexpr uint8_t kAvcConfiguration[] = {0x17, 0x00, 0x00, 0x00, 0x00, 0x01, 0x42, 0xc0, 0x1f, 0xff, 0xe1, 0x00,
                                         0x19, 0x67, 0x42, 0xc0, 0x1f, 0xd9, 0x00, 0x50, 0x05, 0xbb, 0x01, 0x10,
                                         0x00, 0x00, 0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x03, 0x20, 0xf1, 0x83,
                                         0x24, 0x80, 0x01, 0x00, 0x05, 0x68, 0xcb, 0x83, 0xcb, 0x20};
// FLV tag header of AAC, then an AudioSpecificConfig (14496-3, 1.6.2.1): LC, 44.1 kHz, stereo.
constexpr uint8_t kAacConfiguration[] = {0xaf, 0x00, 0x12, 0x10};

// No zero byte, so that nothing in it looks like a start code.
void Fill(Buffer& out, size_t size) {
  uint32_t state = 0x2545f491;
  for (size_t i = 0; i < size; ++i) {
    state = state * 1664525 + 1013904223;
    out.push_back(static_cast<uint8_t>(state >> 24 | 1));
  }
}

// A message of one NAL unit: FLV header, length, NAL header, filler; `size` bytes in all with the stamp that is put in
// later.
Buffer MakeVideo(bool is_key, size_t size) {
  size_t body = size - kSeiSize - 5 - 4;
  Buffer out(5 + 4);
  out[0] = is_key ? 0x17 : 0x27;
  out[1] = 1;  // NAL units; composition time 0
  StoreBe32(out.data() + 5, static_cast<uint32_t>(body));
  AppendU8(out, is_key ? 0x65 : 0x41);  // IDR slice, other slice
  Fill(out, body - 1);
  return out;
}

Buffer MakeMetadata(double bits_per_second) {
  Buffer out;
  amf0::AppendString(out, "@setDataFrame");
  amf0::AppendString(out, "onMetaData");
  amf0::BeginEcmaArray(out, 8);
  amf0::AppendField(out, "width", 1280);
  amf0::AppendField(out, "height", 720);
  amf0::AppendField(out, "framerate", kFramesPerSecond);
  amf0::AppendField(out, "videocodecid", 7);
  amf0::AppendField(out, "videodatarate", (bits_per_second - kAudioBitrate) / 1000);
  amf0::AppendField(out, "audiocodecid", 10);
  amf0::AppendField(out, "audiosamplerate", kSampleRate);
  amf0::AppendField(out, "audiodatarate", kAudioBitrate / 1000);
  amf0::EndObject(out);
  return out;
}

Millis VideoTime(uint64_t frame) { return static_cast<Millis>(frame * 1000 / kFramesPerSecond); }
Millis AudioTime(uint64_t frame) { return static_cast<Millis>(frame * kSamplesPerFrame * 1000 / kSampleRate); }

}  // namespace

SyntheticSource::SyntheticSource(double bits_per_second) : bits_per_second_(std::max(bits_per_second, kMinBitrate)) {
  double audio = kAudioBitrate / 8 * kSamplesPerFrame / kSampleRate;
  double gop = (bits_per_second_ - kAudioBitrate) / 8 * kFramesPerGop / kFramesPerSecond;
  inter_size_ = static_cast<size_t>(gop / (kFramesPerGop - 1 + kKeyFactor));
  key_size_ = inter_size_ * kKeyFactor;
  key_frame_ = MakeVideo(true, key_size_);
  inter_frame_ = MakeVideo(false, inter_size_);
  audio_frame_.assign({0xaf, 1});
  Fill(audio_frame_, static_cast<size_t>(audio) - audio_frame_.size());
}

Millis SyntheticSource::next_time() const {
  if (headers_ < kHeaders) return 0;
  return std::min(VideoTime(video_frames_), AudioTime(audio_frames_));
}

MediaMessage SyntheticSource::Next(Micros now) {
  if (headers_ < kHeaders) return NextHeader();
  return VideoTime(video_frames_) <= AudioTime(audio_frames_) ? NextVideo(now) : NextAudio(now);
}

MediaMessage SyntheticSource::NextHeader() {
  switch (headers_++) {
    case 0:
      message_ = MakeMetadata(bits_per_second_);
      return {.type = rtmp::kTypeData, .payload = message_};
    case 1:
      return {.type = rtmp::kTypeVideo, .payload = kAvcConfiguration};
    default:
      return {.type = rtmp::kTypeAudio, .payload = kAacConfiguration};
  }
}

MediaMessage SyntheticSource::NextVideo(Micros now) {
  uint64_t number = video_frames_++;
  StampVideo(number % kFramesPerGop == 0 ? key_frame_ : inter_frame_, number, now, message_);
  return {
      .type = rtmp::kTypeVideo, .time = VideoTime(number), .payload = message_, .is_frame = true, .is_stamped = true};
}

MediaMessage SyntheticSource::NextAudio(Micros now) {
  uint64_t number = audio_frames_++;
  StampAudio(audio_frame_, number, now);
  return {.type = rtmp::kTypeAudio,
          .time = AudioTime(number),
          .payload = audio_frame_,
          .is_frame = true,
          .is_stamped = true};
}

}  // namespace weir::load
