// A muxer under test with everything that it wrote, read back and checked after each call; and small messages to feed
// it. Lifetime: values. Thread rule: one thread at a time.
#ifndef WEIR_TEST_NATIVE_PROTO_TS_STREAM_H_
#define WEIR_TEST_NATIVE_PROTO_TS_STREAM_H_

#include <gtest/gtest.h>

#include <string>

#include "proto/ts/muxer.h"
#include "test/native/support/hex.h"
#include "test/native/support/transport.h"

namespace weir::test {

inline constexpr uint8_t kAudio = 8;
inline constexpr uint8_t kVideo = 9;

inline constexpr const char* kAvcHeader = "17 00 000000 01 42c00b ff e1 0004 6742c00b 01 0002 68ce";
inline constexpr const char* kKey = "17 01 000000 00000003 6588aa";
inline constexpr const char* kInter = "27 01 000000 00000003 419abb";
inline constexpr const char* kAacHeader = "af 00 1210";  // 44.1 kHz, stereo
inline constexpr const char* kAac = "af 01 2122232425";
inline constexpr const char* kMp3 = "2f fffb9064 00000000";
inline constexpr const char* kOpusHeader = "90 4f707573 4f707573486561640102380180bb0000000000";
inline constexpr const char* kOpus = "91 4f707573 fc0102";  // 20 ms

inline constexpr const char* kSetsAndKey = "0000000109f0 000000016742c00b 0000000168ce 0000016588aa";

// When the n-th frame of 1024 samples at 44.1 kHz comes, in RTMP's milliseconds.
inline int64_t AacTime(int64_t n) { return n * 1024 * 1000 / 44100; }

// Hex without its spaces.
inline std::string Plain(const std::string& hex) { return ToHex(Hex(hex)); }

struct TsStream {
  ts::Written Write(uint8_t type, const Buffer& payload, int64_t dts) {
    Buffer out;
    const ts::Written written = muxer.Write(type, payload, dts, out);
    Take(written, out);
    return written;
  }
  ts::Written Write(uint8_t type, const std::string& payload, int64_t dts) { return Write(type, Hex(payload), dts); }
  ts::Written Flush() {
    Buffer out;
    const ts::Written written = muxer.Flush(out);
    Take(written, out);
    return written;
  }
  void Take(const ts::Written& written, const Buffer& out) {
    const int tables = transport.tables;
    EXPECT_EQ(out.empty(), written.kind == FrameKind::kOther);
    transport.Read(out);
    EXPECT_EQ(transport.faults, "");
    // PAT and PMT are nowhere but at the beginning of an entry.
    EXPECT_EQ(transport.tables - tables, written.has_tables ? 1 : 0);
    if (!written.has_tables) return;
    EXPECT_EQ(ToHex(ByteView(out).first(3)), "474000");
    EXPECT_EQ(ToHex(ByteView(out).subspan(188, 3)), "475001");
  }
  const ReadPes& last() const { return transport.pes.back(); }
  bool Lists(const std::string& stream) const { return ToHex(transport.pmt).find(Plain(stream)) != std::string::npos; }

  ts::Muxer muxer;
  Transport transport;
};

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_PROTO_TS_STREAM_H_
