#include "media/amf0.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "test/native/support/amf.h"
#include "test/native/support/hex.h"

namespace weir::amf0 {
namespace {

using test::Hex;
using test::Show;
using test::ToHex;

struct Case {
  const char* wire;
  const char* shown;
  const char* written = nullptr;  // if other than `wire`
};

const Case kCases[] = {
    {"00 3ff8000000000000", "1.5"},
    {"00 7ff0000000000000", "inf"},
    {"01 01", "true"},
    {"01 00", "false"},
    {"01 07", "true", "01 01"},
    {"02 0003 616263", "'abc'"},
    {"02 0000", "''"},
    {"03 0001 61 00 3ff0000000000000 0001 62 05 000009", "{a=1 b=null}"},
    {"03 000009", "{}"},
    {"05", "null"},
    {"06", "undefined"},
    {"07 0003", "reference:3"},
    {"08 00000001 0001 61 02 0001 78 000009", "ecma{a='x'}"},
    {"0a 00000003 05 06 01 01", "[null undefined true]"},
    {"0a 00000000", "[]"},
    {"0b 4024000000000000 003c", "date:10", "0b 4024000000000000 0000"},
    {"0c 00000003 616263", "'abc'", "02 0003 616263"},
    {"0d", "unsupported"},
    {"0f 00000004 3c612f3e", "xml:<a/>"},
    {"10 0003 666f6f 0001 61 05 000009", "foo{a=null}"},
    // The count of an ECMA array lies: FMLE 0, OBS 20.
    {"08 00000000 0001 61 05 0001 62 05 000009", "ecma{a=null b=null}", "08 00000002 0001 61 05 0001 62 05 000009"},
    {"08 00000014 0001 61 05 000009", "ecma{a=null}", "08 00000001 0001 61 05 000009"},
    // The end marker is missing, whole or in part.
    {"03 0001 61 05", "{a=null}", "03 0001 61 05 000009"},
    {"03 0001 61 05 00", "{a=null}", "03 0001 61 05 000009"},
    {"03 0001 61 05 0000", "{a=null}", "03 0001 61 05 000009"},
    {"03 0001 61 08 00000000", "{a=ecma{}}", "03 0001 61 08 00000000 000009 000009"},
    {"03", "{}", "03 000009"},
    // An empty key is a legal member; a 9 inside a text ends nothing.
    {"03 0000 05 000009", "{=null}"},
    {"03 0001 61 02 0003 000009 000009", nullptr},
    // Single AMF3 values: what AMF0 can say is read, the rest is kept.
    {"11 00", "undefined", "06"},
    {"11 01", "null", "05"},
    {"11 02", "false", "01 00"},
    {"11 03", "true", "01 01"},
    {"11 04 7f", "127", "00 405fc00000000000"},
    {"11 04 ffffffff", "-1", "00 bff0000000000000"},
    {"11 04 818000", "16384", "00 40d0000000000000"},
    {"11 05 3ff8000000000000", "1.5", "00 3ff8000000000000"},
    {"11 06 07 616263", "'abc'", "02 0003 616263"},
    {"11 0c 07 616263", "amf3:0c07616263"},
    {"11 08 01 4024000000000000", "amf3:08014024000000000000"},
    {"11 09 05 01 04 01 03", "amf3:090501040103"},
    {"11 0a 0b 01 03 61 04 01 01", "amf3:0a0b010361040101"},
    {"11 0a 13 01 03 61 04 01", "amf3:0a130103610401"},
    // OBS's Twitch VOD track: an object with an AMF3 byte array in it.
    {"03 0002 6964 02 0007 73747265616d30 0005 6d65646961 11 0c 07 af0100 000009",
     "{id='stream0' media=amf3:0c07af0100}"},
};

TEST(Amf0, ReadsAndWritesEveryKindOfValue) {
  for (const Case& c : kCases) {
    const Buffer wire = Hex(c.wire);
    Value value;
    Reader reader(wire);
    ASSERT_EQ(reader.Read(value), Reason::kNone) << c.wire;
    EXPECT_TRUE(reader.empty()) << c.wire;
    if (c.shown != nullptr) {
      EXPECT_EQ(Show(value), c.shown) << c.wire;
    }
    Buffer written;
    AppendValue(written, value);
    EXPECT_EQ(ToHex(written), ToHex(Hex(c.written != nullptr ? c.written : c.wire)));
  }
}

TEST(Amf0, SkipsExactlyWhatItReads) {
  for (const Case& c : kCases) {
    Buffer wire = Hex(c.wire);
    Value value;
    Reader reading(wire);
    Reader skipping(wire);
    ASSERT_EQ(reading.Read(value), Reason::kNone);
    ASSERT_EQ(skipping.Skip(), Reason::kNone) << c.wire;
    EXPECT_EQ(reading.rest().size(), skipping.rest().size()) << c.wire;
  }
}

TEST(Amf0, GivesTheSameAnswerForAPrefixWhetherItReadsOrSkips) {
  for (const Case& c : kCases) {
    const Buffer wire = Hex(c.wire);
    for (size_t size = 0; size < wire.size(); ++size) {
      const Buffer prefix(wire.begin(), wire.begin() + size);  // on the heap by itself: ASan sees a read beyond
      Value value;
      EXPECT_EQ(Reader(prefix).Read(value), Reader(prefix).Skip()) << c.wire << " cut at " << size;
    }
  }
}

TEST(Amf0, RefusesWhatIsMalformed) {
  const char* wires[] = {
      "",
      "00 3ff800",             // half a number
      "01",                    // no boolean
      "02 0004 616263",        // string longer than the payload
      "04",                    // movie clip
      "0e",                    // recordset
      "12",                    // nobody's marker
      "0a ffffffff 05",        // a count that the payload cannot hold
      "0c ffffffff 61",        // a length likewise
      "03 0005 61",            // a key likewise
      "03 0001 61",            // a key without a value
      "11",                    // no AMF3 value
      "11 0a 01 01",           // object without its traits
      "11 0a 07 0161",         // externalizable
      "11 09 83ffffff 01 01",  // dense part longer than the payload
  };
  for (const char* wire : wires) {
    const Buffer bytes = Hex(wire);
    Value value;
    EXPECT_EQ(Reader(bytes).Read(value), Reason::kAmfMalformed) << wire;
    EXPECT_EQ(Reader(bytes).Skip(), Reason::kAmfMalformed) << wire;
  }
}

Buffer Nested(int depth, const char* open) {
  Buffer wire;
  for (int i = 0; i < depth; ++i) Append(wire, ByteView(Hex(open)));
  AppendNull(wire);
  return wire;
}

TEST(Amf0, BoundsTheNesting) {
  for (const char* open : {"03 0001 61", "08 00000001 0001 61", "0a 00000001", "10 0001 63 0001 61"}) {
    Value value;
    const Buffer deep_enough = Nested(16, open);
    EXPECT_EQ(Reader(deep_enough).Read(value), Reason::kNone) << open;
    const Buffer too_deep = Nested(17, open);
    EXPECT_EQ(Reader(too_deep).Read(value), Reason::kAmfTooDeep) << open;
    EXPECT_EQ(Reader(too_deep).Skip(), Reason::kAmfTooDeep) << open;
    const Buffer absurd = Nested(10000, open);
    EXPECT_EQ(Reader(absurd).Read(value), Reason::kAmfTooDeep) << open;
  }
  Buffer amf3 = Hex("11");
  for (int i = 0; i < 100; ++i) Append(amf3, ByteView(Hex("09 03 01")));
  EXPECT_EQ(Reader(amf3).Skip(), Reason::kAmfTooDeep);
}

TEST(Amf0, BoundsTheNumberOfValues) {
  Buffer wire = Hex("0a 00004000");
  wire.resize(wire.size() + 0x4000, 0x05);
  Value value;
  EXPECT_EQ(Reader(wire).Read(value), Reason::kAmfTooLarge);
  EXPECT_EQ(Reader(wire, {.depth = 16, .values = 0x4001}).Read(value), Reason::kNone);
  EXPECT_EQ(value.members.size(), 0x4000u);

  const Buffer amf3 = Hex("11 09 07 01 01 01 01");
  EXPECT_EQ(Reader(amf3, {.depth = 16, .values = 4}).Skip(), Reason::kAmfTooLarge);
  EXPECT_EQ(Reader(amf3, {.depth = 16, .values = 5}).Skip(), Reason::kNone);
}

TEST(Amf0, ScansStringsAndNumbersOfEitherEncoding) {
  const Buffer wire = Hex("02 0001 61 11 06 03 62 0c 00000001 63 00 4000000000000000 11 04 05 05");
  Reader reader(wire);
  std::string_view text;
  double number = 0;
  EXPECT_EQ(reader.ReadString(text), Reason::kNone);
  EXPECT_EQ(text, "a");
  EXPECT_EQ(reader.ReadString(text), Reason::kNone);
  EXPECT_EQ(text, "b");
  EXPECT_EQ(reader.ReadString(text), Reason::kNone);
  EXPECT_EQ(text, "c");
  EXPECT_EQ(reader.ReadNumber(number), Reason::kNone);
  EXPECT_EQ(number, 2);
  EXPECT_EQ(reader.ReadNumber(number), Reason::kNone);
  EXPECT_EQ(number, 5);
  EXPECT_EQ(Reader(reader.rest()).ReadNumber(number), Reason::kAmfMalformed);
  EXPECT_EQ(Reader(reader.rest()).ReadString(text), Reason::kAmfMalformed);
}

TEST(Amf0, WritesALongStringWhereAShortOneCannotHoldIt) {
  Buffer out;
  AppendString(out, std::string(65535, 'x'));
  EXPECT_EQ(out.size(), 3u + 65535);
  out.clear();
  AppendString(out, std::string(65536, 'x'));
  EXPECT_EQ(out.size(), 5u + 65536);
  Value value;
  EXPECT_EQ(Reader(out).Read(value), Reason::kNone);
  EXPECT_EQ(value.text.size(), 65536u);
}

TEST(Amf0, FindsMembersByNameAndType) {
  const Buffer wire = Hex("03 0001 61 00 3ff0000000000000 0001 62 02 0001 78 0001 61 05 000009");
  Value value;
  ASSERT_EQ(Reader(wire).Read(value), Reason::kNone);
  EXPECT_EQ(value.NumberOf("a"), 1);
  EXPECT_EQ(value.NumberOf("b", 7), 7);
  EXPECT_EQ(value.TextOf("b"), "x");
  EXPECT_EQ(value.TextOf("a", "none"), "none");
  EXPECT_EQ(value.Find("c"), nullptr);
}

}  // namespace
}  // namespace weir::amf0
