#include "binding/codec_name.h"

#include <map>

namespace weir::binding {
namespace {

std::string FourCcName(uint32_t codec) {
  static const std::map<std::string, std::string> kNames = {
      {"avc1", "H264"}, {"hvc1", "HEVC"}, {"vvc1", "VVC"},  {"av01", "AV1"}, {"vp09", "VP9"}, {"vp08", "VP8"},
      {"mp4a", "AAC"},  {"Opus", "Opus"}, {"fLaC", "FLAC"}, {".mp3", "MP3"}, {"ac-3", "AC3"}, {"ec-3", "EAC3"}};
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    char c = static_cast<char>(codec >> shift);
    text += c >= ' ' && c <= '~' ? c : '?';
  }
  auto known = kNames.find(text);
  return known == kNames.end() ? text : known->second;
}

// 0..15 are the legacy ids (FLV 1.0 E.4.2 and E.4.3, with the dialects of wire-facts 1.1).
std::string Name(uint32_t codec, const char* const (&legacy)[16]) {
  return codec < 16 ? legacy[codec] : FourCcName(codec);
}

constexpr const char* kVideo[16] = {"0",    "1", "Sorenson", "Screen", "VP6",  "VP6A", "Screen2", "H264",
                                    "H263", "9", "10",       "11",     "HEVC", "AV1",  "14",      "15"};
constexpr const char* kAudio[16] = {"PCM",        "ADPCM", "MP3",   "PCM",   "Nellymoser", "Nellymoser",
                                    "Nellymoser", "G711A", "G711U", "9",     "AAC",        "Speex",
                                    "12",         "Opus",  "MP3",   "Device"};

}  // namespace

std::string VideoCodecName(uint32_t codec) { return Name(codec, kVideo); }
std::string AudioCodecName(uint32_t codec) { return Name(codec, kAudio); }

}  // namespace weir::binding
