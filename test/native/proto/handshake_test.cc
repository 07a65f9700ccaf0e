#include "proto/rtmp/handshake.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "proto/rtmp/handshake_digest.h"

namespace weir::rtmp {
namespace {

constexpr size_t kDigest = 32;

// Repeatable, and different from call to call within a block.
void FillTest(uint8_t* out, size_t size) {
  uint32_t x = 12345;
  for (size_t i = 0; i < size; ++i) {
    x = x * 1664525 + 1013904223;
    out[i] = static_cast<uint8_t>(x >> 24);
  }
}

Buffer SimpleC0C1() {
  Buffer bytes(1 + kHandshakeSize);
  FillTest(bytes.data(), bytes.size());
  bytes[0] = 3;
  StoreBe32(bytes.data() + 1, 77);
  StoreBe32(bytes.data() + 5, 0);
  return bytes;
}

Buffer DigestC0C1(Schema schema) {
  Buffer bytes = SimpleC0C1();
  StoreBe32(bytes.data() + 5, 0x80000702);
  SignBlock(bytes.data() + 1, schema, ClientKey().first(kClientTextSize));
  return bytes;
}

struct ServerRun {
  HandshakeStep step = HandshakeStep::kMore;
  Reason reason = Reason::kNone;
  bool is_digest = false;
  Buffer out;
  size_t left = 0;  // unconsumed bytes of the last piece
};

ServerRun Serve(ByteView input, size_t cut) {
  ServerHandshake handshake(FillTest, 4242);
  ServerRun run;
  for (ByteView piece : {input.first(cut), input.subspan(cut)}) {
    run.step = handshake.Next(piece, run.out);
    run.left = piece.size();
  }
  run.reason = handshake.reason();
  run.is_digest = handshake.is_digest();
  return run;
}

TEST(ServerHandshake, CopiesASimpleC1IntoS2WithAZeroVersionInS1) {
  Buffer input = SimpleC0C1();
  input.resize(input.size() + kHandshakeSize);
  const ServerRun run = Serve(input, 0);
  EXPECT_EQ(run.step, HandshakeStep::kDone);
  EXPECT_FALSE(run.is_digest);
  ASSERT_EQ(run.out.size(), 1 + 2 * kHandshakeSize);
  EXPECT_EQ(run.out[0], 3);
  EXPECT_EQ(LoadBe32(run.out.data() + 1), 4242u);
  EXPECT_EQ(LoadBe32(run.out.data() + 5), 0u);
  EXPECT_TRUE(std::equal(run.out.begin() + 1 + kHandshakeSize, run.out.end(), input.begin() + 1));
}

TEST(ServerHandshake, AnswersDigestsOfBothSchemas) {
  for (const Schema schema : {Schema::kKeyFirst, Schema::kDigestFirst}) {
    Buffer input = DigestC0C1(schema);
    input.resize(input.size() + kHandshakeSize);
    const ServerRun run = Serve(input, 100);
    EXPECT_EQ(run.step, HandshakeStep::kDone);
    EXPECT_TRUE(run.is_digest);
    ASSERT_EQ(run.out.size(), 1 + 2 * kHandshakeSize);

    const ByteView s1 = ByteView(run.out).subspan(1, kHandshakeSize);
    EXPECT_EQ(FindSchema(s1, ServerKey().first(kServerTextSize)), schema);
    EXPECT_GE(s1[4], 3);

    const ByteView s2 = ByteView(run.out).subspan(1 + kHandshakeSize);
    const ByteView c1 = ByteView(input).subspan(1, kHandshakeSize);
    const Sha256Digest key = HmacSha256(ServerKey(), c1.subspan(DigestOffset(c1, schema), kDigest));
    const Sha256Digest signature = HmacSha256(key, s2.first(kHandshakeSize - kDigest));
    EXPECT_TRUE(std::equal(signature.begin(), signature.end(), s2.end() - kDigest));
  }
}

TEST(ServerHandshake, GivesTheSameAnswerWhereverTheInputIsCutAndLeavesWhatFollows) {
  Buffer input = DigestC0C1(Schema::kDigestFirst);
  input.resize(input.size() + kHandshakeSize);
  const ServerRun whole = Serve(input, 0);
  Append(input, std::string_view("connect"));
  for (size_t cut = 0; cut <= input.size() - 7; ++cut) {
    const ServerRun run = Serve(input, cut);
    ASSERT_EQ(run.step, HandshakeStep::kDone) << cut;
    ASSERT_EQ(run.out, whole.out) << cut;
    ASSERT_EQ(run.left, 7u) << cut;
  }
}

TEST(ServerHandshake, WritesNothingBeforeC1IsWholeAndNothingAfterS2) {
  const Buffer input = SimpleC0C1();
  ServerHandshake handshake(FillTest, 0);
  Buffer out;
  ByteView in = ByteView(input).first(input.size() - 1);
  EXPECT_EQ(handshake.Next(in, out), HandshakeStep::kMore);
  EXPECT_TRUE(out.empty());
  in = ByteView(input).last(1);
  EXPECT_EQ(handshake.Next(in, out), HandshakeStep::kMore);
  const size_t size = out.size();
  const Buffer c2(kHandshakeSize, 0x55);  // whatever: C2 is not looked at
  in = c2;
  EXPECT_EQ(handshake.Next(in, out), HandshakeStep::kDone);
  EXPECT_EQ(out.size(), size);
}

TEST(ServerHandshake, RefusesOtherVersions) {
  for (const int version : {0, 1, 6, 8, 0x16, 0x47}) {
    Buffer input = SimpleC0C1();
    input[0] = static_cast<uint8_t>(version);
    const ServerRun run = Serve(input, 1);
    EXPECT_EQ(run.step, HandshakeStep::kBroken);
    EXPECT_EQ(run.reason, Reason::kHandshakeVersion);
    EXPECT_TRUE(run.out.empty());
  }
}

// Client and server against each other, each fed in pieces of `piece` bytes.
void Shake(bool digest, size_t piece) {
  ClientHandshake client(FillTest, 1, digest);
  ServerHandshake server(FillTest, 2);
  Buffer to_server;
  Buffer to_client;
  client.Start(to_server);
  HandshakeStep client_step = HandshakeStep::kMore;
  HandshakeStep server_step = HandshakeStep::kMore;
  for (size_t i = 0, j = 0; i < to_server.size() || j < to_client.size();) {
    const size_t n = std::min(piece, to_server.size() - i);
    const Buffer up(to_server.begin() + i, to_server.begin() + i + n);
    ByteView in(up);
    if (n > 0) server_step = server.Next(in, to_client);
    ASSERT_TRUE(in.empty());
    i += n;
    const size_t m = std::min(piece, to_client.size() - j);
    const Buffer down(to_client.begin() + j, to_client.begin() + j + m);
    in = down;
    if (m > 0) client_step = client.Next(in, to_server);
    ASSERT_TRUE(in.empty());
    j += m;
  }
  EXPECT_EQ(client_step, HandshakeStep::kDone);
  EXPECT_EQ(server_step, HandshakeStep::kDone);
  EXPECT_EQ(server.is_digest(), digest);

  const ByteView c1 = ByteView(to_server).subspan(1, kHandshakeSize);
  const ByteView s1 = ByteView(to_client).subspan(1, kHandshakeSize);
  const ByteView c2 = ByteView(to_server).subspan(1 + kHandshakeSize);
  ASSERT_EQ(c2.size(), kHandshakeSize);
  if (!digest) {
    EXPECT_TRUE(std::equal(c2.begin(), c2.end(), s1.begin()));
    return;
  }
  EXPECT_EQ(FindSchema(c1, ClientKey().first(kClientTextSize)), Schema::kDigestFirst);
  const Sha256Digest key = HmacSha256(ClientKey(), s1.subspan(DigestOffset(s1, Schema::kDigestFirst), kDigest));
  const Sha256Digest signature = HmacSha256(key, c2.first(kHandshakeSize - kDigest));
  EXPECT_TRUE(std::equal(signature.begin(), signature.end(), c2.end() - kDigest));
}

TEST(ClientHandshake, MeetsTheServerInBothForms) {
  for (const size_t piece : {size_t{1}, size_t{7}, size_t{1536}, size_t{1537}, size_t{100000}}) {
    Shake(false, piece);
    Shake(true, piece);
  }
}

TEST(ClientHandshake, RefusesAServerThatIsNone) {
  ClientHandshake client(FillTest, 0, false);
  Buffer out;
  const Buffer http = {'H', 'T', 'T', 'P'};
  ByteView in(http);
  EXPECT_EQ(client.Next(in, out), HandshakeStep::kBroken);
  EXPECT_EQ(client.reason(), Reason::kHandshakeVersion);
}

}  // namespace
}  // namespace weir::rtmp
