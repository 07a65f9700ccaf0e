#include "media/frame.h"

#include <gtest/gtest.h>

#include <string>

#include "test/native/support/hex.h"

namespace weir {
namespace {

using test::Hex;

std::string CodecText(const FrameInfo& info) {
  if (info.codec < 16) return std::to_string(info.codec);
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(info.codec >> shift);
  return text;
}

// "video avc1 key track 2", so that the table below reads like the facts.
std::string Show(const FrameInfo& info) {
  constexpr const char* kKinds[] = {"other", "audio", "video", "data"};
  std::string text = kKinds[static_cast<int>(info.kind)];
  if (info.codec != 0) text += " " + CodecText(info);
  if (info.is_enhanced) text += " ex";
  if (info.is_multitrack) text += " track " + std::to_string(info.track);
  if (info.is_key) text += " key";
  if (info.is_header) text += " header";
  if (info.is_sequence_end) text += " end";
  if (info.is_metadata_packet) text += " metadata";
  if (info.is_command) text += " command";
  if (info.is_empty) text += " empty";
  if (info.is_broken) text += " broken";
  return text;
}

struct Case {
  uint8_t type;
  const char* wire;
  const char* shown;
};

// 61766331 avc1, 68766331 hvc1, 61763031 av01, 76703039 vp09, 6d703461 mp4a, 4f707573 Opus.
const Case kCases[] = {
    // Legacy video.
    {9, "17 00 000000 0164", "video 7 header"},
    {9, "17 01 000000 00", "video 7 key"},
    {9, "27 01 000000 00", "video 7"},
    {9, "37 01 000000 00", "video 7"},
    {9, "47 01 000000 00", "video 7 key"},  // server-generated key frame
    {9, "17 02 000000", "video 7 end"},
    {9, "27 00 000000 01", "video 7 header"},  // wrong frame type, still a header
    {9, "17", "video 7 broken"},
    {9, "", "video empty"},
    {9, "12 84", "video 2 key"},
    {9, "22 84", "video 2"},
    {9, "14 00", "video 4 key"},  // VP6: no packet type
    {9, "24 00", "video 4"},
    {9, "57 00", "video 7 command"},
    {9, "52 00", "video 2 command"},
    {9, "19 00 000000", "video 9 header"},  // MPEG-4 of ffmpeg -strict -1
    {9, "1c 00 000000 01", "video 12 header"},
    {9, "1c 01 000000 00", "video 12 key"},
    {9, "2c 01 000000 00", "video 12"},
    {9, "1c 02 000000", "video 12 end"},
    {9, "1d 00 000000 81", "video 13 header"},
    {9, "1d 01 000000 12", "video 13 key"},
    {9, "1e 00", "video 14 key"},  // VP8 or anything: by the frame type alone

    // Enhanced video.
    {9, "90 68766331 01", "video hvc1 ex header"},
    {9, "80 68766331 01", "video hvc1 ex header"},
    {9, "95 61763031 80", "video av01 ex header"},  // MPEG2-TS sequence start
    {9, "91 68766331 000000 00", "video hvc1 ex key"},
    {9, "93 61766331 00", "video avc1 ex key"},
    {9, "c3 61766331 00", "video avc1 ex key"},  // frame type 4
    {9, "a1 61763031 12", "video av01 ex"},
    {9, "b3 76703039 00", "video vp09 ex"},
    {9, "a2 68766331", "video hvc1 ex end"},  // OBS: inter
    {9, "92 68766331", "video hvc1 ex end"},
    {9, "84 68766331 02", "video hvc1 ex metadata"},  // OBS: frame type 0
    {9, "d4 68766331 02", "video hvc1 ex metadata"},  // ffmpeg: frame type 5
    {9, "94 68766331 02", "video hvc1 ex metadata"},
    {9, "d1 00", "video ex command"},
    {9, "d0 01", "video ex command"},
    {9, "98 68766331", "video hvc1 ex broken"},  // reserved packet type
    {9, "91 687663", "video ex broken"},
    {9, "90", "video ex broken"},

    // ModEx: TimestampOffsetNano of 3 bytes, then the real packet type.
    {9, "97 02 000001 01 68766331 000000", "video hvc1 ex key"},
    {9, "97 02 000001 00 68766331 01", "video hvc1 ex header"},
    {9, "a7 02 000001 02 68766331", "video hvc1 ex end"},
    {9, "97 00 55 17 02 000001 03 61766331 00", "video avc1 ex key"},  // two of them, the first of an unknown type
    {9, "97 ff 0002 000001 03 61766331 00", "video avc1 ex key"},      // size in 16 bits
    {9, "97 02 0000", "video ex broken"},
    {9, "97 ff 00", "video ex broken"},
    {9, "97 02 000001 07", "video ex broken"},

    // Multitrack: type and packet type, FourCC, track.
    {9, "96 00 61766331 01 0164", "video avc1 ex track 1 header"},  // OBS, second track
    {9, "96 01 61766331 01 000000", "video avc1 ex track 1 key"},
    {9, "a6 01 61766331 02 000000", "video avc1 ex track 2"},
    {9, "a6 02 68766331 01", "video hvc1 ex track 1 end"},
    {9, "86 04 68766331 01 02", "video hvc1 ex track 1 metadata"},
    {9, "96 10 61766331 00 000001 01", "video avc1 ex track 0 header"},
    {9, "96 21 61766331 03 000001 01", "video avc1 ex track 3 key"},
    {9, "97 02 000001 06 01 61766331 01", "video avc1 ex track 1 key"},
    {9, "96 06 61766331 01", "video ex track 0 broken"},  // multitrack in multitrack
    {9, "96 31 61766331 01", "video ex track 0 broken"},  // reserved multitrack type
    {9, "96 01 61766331", "video avc1 ex track 0 broken"},
    {9, "96", "video ex broken"},

    // Audio.
    {8, "af 00 1190", "audio 10 header"},
    {8, "af 01 21", "audio 10"},
    {8, "ae 00 1190", "audio 10 header"},  // the other bits mean nothing for AAC
    {8, "af", "audio 10 broken"},
    {8, "", "audio empty"},
    {8, "2f ff fb", "audio 2"},
    {8, "b6 00", "audio 11"},
    {8, "72", "audio 7"},
    {8, "90 6d703461 1190", "audio mp4a ex header"},
    {8, "90 4f707573", "audio Opus ex header"},
    {8, "91 4f707573 00", "audio Opus ex"},
    {8, "92 4f707573", "audio Opus ex end"},
    {8, "94 4f707573 01 02 00000003", "audio Opus ex metadata"},
    {8, "95 00 6d703461 01 1190", "audio mp4a ex track 1 header"},  // OBS, second track
    {8, "95 01 6d703461 01 21", "audio mp4a ex track 1"},
    {8, "97 02 000001 01 4f707573", "audio Opus ex"},
    {8, "93 4f707573", "audio Opus ex broken"},
    {8, "98 4f707573", "audio Opus ex broken"},
    {8, "91 4f", "audio ex broken"},

    {18, "02 0000", "data"},
    {15, "00 02", "data"},
    {18, "", "data empty"},
    {20, "02", "other"},
};

TEST(ClassifyFrame, TellsWhatEveryKnownMessageIs) {
  for (const Case& c : kCases) EXPECT_EQ(Show(ClassifyFrame(c.type, Hex(c.wire))), c.shown) << c.wire;
}

TEST(ClassifyFrame, NeverCallsACutOffMessageAKeyFrameOrHeaderOfAnotherCodec) {
  for (const Case& c : kCases) {
    const Buffer wire = Hex(c.wire);
    const FrameInfo whole = ClassifyFrame(c.type, wire);
    for (size_t size = 0; size < wire.size(); ++size) {
      const Buffer prefix(wire.begin(), wire.begin() + size);  // on the heap by itself: ASan sees a read beyond
      const FrameInfo info = ClassifyFrame(c.type, prefix);
      EXPECT_EQ(info.kind, whole.kind);
      if (info.is_broken || info.is_empty) {
        EXPECT_FALSE(info.is_key || info.is_header) << c.wire << " cut at " << size;
      } else {
        EXPECT_EQ(Show(info), Show(whole)) << c.wire << " cut at " << size;
      }
    }
  }
}

}  // namespace
}  // namespace weir
