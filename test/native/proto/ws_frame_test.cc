#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "proto/ws/frame_reader.h"
#include "proto/ws/frame_writer.h"
#include "test/native/support/hex.h"

namespace weir::ws {
namespace {

using test::Hex;
using test::ToHex;

// A client's frame. `first` is FIN, reserved bits and opcode.
Buffer Frame(uint8_t first, ByteView payload) {
  constexpr uint8_t kMask[] = {0x37, 0xfa, 0x21, 0x3d};
  Buffer frame;
  uint8_t header[kMaxFrameHeader];
  const size_t size = WriteFrameHeader(header, Opcode::kText, payload.size());
  header[0] = first;
  header[1] |= 0x80;
  Append(frame, ByteView(header, size));
  Append(frame, ByteView(kMask));
  for (size_t i = 0; i < payload.size(); ++i) frame.push_back(payload[i] ^ kMask[i % 4]);
  return frame;
}
Buffer Frame(uint8_t first, std::string_view payload) { return Frame(first, AsBytes(payload)); }

Buffer Join(const std::vector<Buffer>& frames) {
  Buffer all;
  for (const Buffer& frame : frames) Append(all, frame);
  return all;
}

struct ReadRun {
  std::string messages;
  Reason reason = Reason::kNone;
};

std::string Show(const Message& message) {
  std::string text = std::to_string(static_cast<int>(message.opcode));
  if (message.opcode == Opcode::kClose) text += "/" + std::to_string(message.close_code);
  const std::string_view payload = AsText(message.payload);
  return text + ":" + (payload.size() > 32 ? std::to_string(payload.size()) + "B" : std::string(payload)) + " ";
}

// Feeds the pieces each from its own memory, so that ASan sees a view that outlives it.
ReadRun Read(const std::vector<ByteView>& pieces, uint32_t max_message) {
  using Step = FrameReader::Step;
  FrameReader reader(max_message);
  ReadRun run;
  for (const ByteView piece : pieces) {
    const Buffer own(piece.begin(), piece.end());
    ByteView in(own);
    Step step = Step::kMessage;
    while (step == Step::kMessage) {
      step = reader.Next(in);
      if (step == Step::kMessage) run.messages += Show(reader.message());
    }
    EXPECT_TRUE(step == Step::kBroken || in.empty());
    EXPECT_EQ(step == Step::kBroken, reader.reason() != Reason::kNone);
  }
  run.reason = reader.reason();
  return run;
}

// Whole, cut in two at every place, and byte by byte.
void ExpectRead(const Buffer& wire, const std::string& messages, Reason reason = Reason::kNone,
                uint32_t max_message = 1000) {
  const ByteView bytes(wire);
  std::vector<ByteView> single;
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    const ReadRun run = Read({bytes.first(cut), bytes.subspan(cut)}, max_message);
    ASSERT_EQ(run.messages, messages) << ToHex(wire) << " cut at " << cut;
    ASSERT_EQ(run.reason, reason) << ToHex(wire) << " cut at " << cut;
    if (cut < bytes.size()) single.push_back(bytes.subspan(cut, 1));
  }
  const ReadRun run = Read(single, max_message);
  EXPECT_EQ(run.messages, messages) << ToHex(wire);
  EXPECT_EQ(run.reason, reason) << ToHex(wire);
}

void ExpectBroken(const Buffer& wire, Reason reason = Reason::kWsMalformed) { ExpectRead(wire, "", reason); }

TEST(WebSocketFrames, ReadsTheExamplesOfTheRfc) {
  // RFC 6455, 5.7: the masked ones, and the fragmented text as a client sends it.
  ExpectRead(Hex("818537fa213d7f9f4d5158"), "1:Hello ");
  ExpectRead(Hex("8a8537fa213d7f9f4d5158"), "10:Hello ");
  ExpectRead(Join({Frame(0x01, "Hel"), Frame(0x80, "lo")}), "1:Hello ");
  ExpectRead(Frame(0x89, "Hello"), "9:Hello ");
  ExpectBroken(Hex("810548656c6c6f"), Reason::kWsNotMasked);
}

TEST(WebSocketFrames, ReadsEveryFormOfLength) {
  for (const size_t size : {0, 1, 7, 8, 9, 125, 126, 127, 300}) {
    ExpectRead(Frame(0x82, std::string(size, 'x')),
               "2:" + (size > 32 ? std::to_string(size) + "B" : std::string(size, 'x')) + " ");
  }
  const ReadRun run = Read({Frame(0x82, std::string(70000, 'x'))}, 70000);
  EXPECT_EQ(run.messages, "2:70000B ");
}

TEST(WebSocketFrames, UnmasksWholeMessages) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += static_cast<char>('!' + i % 90);
  const Buffer wire = Join({Frame(0x02, text.substr(0, 37)), Frame(0x89, "ping"), Frame(0x80, text.substr(37))});
  for (size_t cut = 0; cut <= wire.size(); ++cut) {
    FrameReader reader;
    std::string seen;
    for (ByteView in : {ByteView(wire).first(cut), ByteView(wire).subspan(cut)}) {
      while (reader.Next(in) == FrameReader::Step::kMessage) seen += AsText(reader.message().payload);
    }
    EXPECT_EQ(seen, "ping" + text) << cut;
  }
}

TEST(WebSocketFrames, LetsControlFramesComeBetweenFragments) {
  ExpectRead(Join({Frame(0x02, "ab"), Frame(0x89, "p"), Frame(0x00, ""), Frame(0x8a, ""), Frame(0x80, "cd"),
                   Frame(0x81, "t"), Frame(0x88, "")}),
             "9:p 10: 2:abcd 1:t 8/1005: ");
}

TEST(WebSocketFrames, IgnoresWhatFollowsAClose) {
  ExpectRead(Join({Frame(0x88, Hex("03e8 62 79 65")), Hex("ffffffff"), Frame(0x82, "x")}), "8/1000:bye ");
}

TEST(WebSocketFrames, KnowsTheCloseCodes) {
  for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1014, 3000, 4999}) {
    Buffer payload;
    AppendBe16(payload, static_cast<uint32_t>(code));
    ExpectRead(Frame(0x88, payload), "8/" + std::to_string(code) + ": ");
  }
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    Buffer payload;
    AppendBe16(payload, static_cast<uint32_t>(code));
    ExpectBroken(Frame(0x88, payload));
  }
  ExpectBroken(Frame(0x88, "x"));
  ExpectBroken(Frame(0x88, Hex("03e8 ff")), Reason::kWsNotUtf8);
}

TEST(WebSocketFrames, RefusesWhatTheRfcForbids) {
  for (const uint8_t first : {0xc2, 0xa2, 0x92, 0x83, 0x87, 0x8b, 0x8f}) ExpectBroken(Frame(first, "x"));
  ExpectBroken(Frame(0x80, "x"));                            // nothing to go on
  ExpectBroken(Join({Frame(0x02, "x"), Frame(0x82, "x")}));  // another message between fragments
  ExpectBroken(Frame(0x09, "x"));                            // a control frame in fragments
  ExpectBroken(Frame(0x89, std::string(126, 'x')));          // a long one
  ExpectBroken(Hex("82fe007d00000000"));                     // a length that is not the shortest
  ExpectBroken(Hex("82ff000000000000ffff00000000"));         // likewise
  ExpectBroken(Hex("82ff800000000000000000000000"));         // negative
  ExpectBroken(Hex("8200"), Reason::kWsNotMasked);
}

TEST(WebSocketFrames, RefusesTextThatIsNotUtf8AsSoonAsItIsClear) {
  ExpectRead(Join({Frame(0x01, Hex("e2")), Frame(0x89, Hex("ff")), Frame(0x00, Hex("82")), Frame(0x80, Hex("ac"))}),
             "9:\xff 1:\xe2\x82\xac ");
  ExpectBroken(Frame(0x81, Hex("e282")), Reason::kWsNotUtf8);
  ExpectBroken(Join({Frame(0x01, Hex("ed")), Frame(0x00, Hex("a0"))}), Reason::kWsNotUtf8);
  ExpectRead(Frame(0x82, Hex("ff")), "2:\xff ");
}

TEST(WebSocketFrames, HoldsItsBounds) {
  ExpectRead(Frame(0x82, "12345678"), "2:12345678 ", Reason::kNone, 8);
  ExpectRead(Frame(0x82, "123456789"), "", Reason::kMessageTooLarge, 8);
  ExpectRead(Join({Frame(0x02, "12345"), Frame(0x80, "678")}), "2:12345678 ", Reason::kNone, 8);
  ExpectRead(Join({Frame(0x02, "12345"), Frame(0x80, "6789")}), "", Reason::kMessageTooLarge, 8);
  ExpectRead(Hex("82ff7fffffffffffffff00000000"), "", Reason::kMessageTooLarge);
  EXPECT_EQ(CloseCodeOf(Reason::kMessageTooLarge), 1009);
  EXPECT_EQ(CloseCodeOf(Reason::kWsNotUtf8), 1007);
  EXPECT_EQ(CloseCodeOf(Reason::kWsNotMasked), 1002);
}

TEST(WebSocketFrames, KeepsOnlyWhatArrived) {
  FrameReader reader(1 << 30);
  const Buffer wire = Hex("82ff000000003fffffff 00000000 010203");
  ByteView in(wire);
  EXPECT_EQ(reader.Next(in), FrameReader::Step::kMore);
  EXPECT_EQ(reader.buffered(), 3u);
}

TEST(WebSocketFrames, GivesMemoryBackOnDemand) {
  FrameReader reader;
  const Buffer wire = Join({Frame(0x02, "abc"), Frame(0x89, "p"), Frame(0x80, "d")});
  const size_t after_ping = Frame(0x02, "abc").size() + Frame(0x89, "p").size();
  ByteView in = ByteView(wire).first(after_ping);
  EXPECT_EQ(reader.Next(in), FrameReader::Step::kMessage);
  reader.ReleaseBuffers();
  EXPECT_EQ(reader.buffered(), 3u);
  in = ByteView(wire).subspan(after_ping);
  ASSERT_EQ(reader.Next(in), FrameReader::Step::kMessage);
  EXPECT_EQ(AsText(reader.message().payload), "abcd");
  EXPECT_EQ(reader.buffered(), 0u);
}

TEST(WebSocketWriter, WritesTheExamplesOfTheRfc) {
  Buffer out;
  AppendFrame(out, Opcode::kText, AsBytes("Hello"));
  EXPECT_EQ(ToHex(out), "810548656c6c6f");
  uint8_t header[kMaxFrameHeader];
  EXPECT_EQ(ToHex({header, WriteFrameHeader(header, Opcode::kBinary, 125)}), "827d");
  EXPECT_EQ(ToHex({header, WriteFrameHeader(header, Opcode::kBinary, 126)}), "827e007e");
  EXPECT_EQ(ToHex({header, WriteFrameHeader(header, Opcode::kBinary, 256)}), "827e0100");
  EXPECT_EQ(ToHex({header, WriteFrameHeader(header, Opcode::kBinary, 65535)}), "827effff");
  EXPECT_EQ(ToHex({header, WriteFrameHeader(header, Opcode::kBinary, 65536)}), "827f0000000000010000");
}

TEST(WebSocketWriter, CutsALongReasonAtACharacter) {
  Buffer out;
  AppendClose(out, kCloseGoingAway, "bye");
  EXPECT_EQ(ToHex(out), "880503e9627965");
  out.clear();
  AppendClose(out, kCloseGoingAway, std::string(122, 'a') + "\xc3\xa9");
  EXPECT_EQ(out.size(), 2u + 2 + 122);
  out.clear();
  AppendClose(out, kCloseGoingAway, std::string(121, 'a') + "\xc3\xa9" + "b");
  EXPECT_EQ(out.size(), 2u + 2 + 123);
}

}  // namespace
}  // namespace weir::ws
