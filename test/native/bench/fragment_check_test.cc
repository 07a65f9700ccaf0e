// What sampled HLS viewers prove of fragments; each fault is made here, and found.
#include "bench/load/fragment_check.h"

#include <gtest/gtest.h>

#include "bench/load/play_buffer.h"
#include "test/native/bench/viewer_stream.h"

namespace weir::load {
namespace {

constexpr Millis kLength = 8'200;
constexpr size_t kPacket = ts::kPacketSize;

struct Outcome {
  CheckTotals totals;
  std::vector<std::string> problems;
};

Outcome Check(const std::vector<Buffer>& fragments, size_t piece = 1'500, size_t new_at = 0) {
  FragmentCheck check;
  Outcome outcome;
  for (size_t i = 0; i < fragments.size(); ++i) {
    check.Begin(new_at != 0 && i == new_at);
    ByteView rest = fragments[i];
    for (; !rest.empty(); rest = rest.subspan(std::min(piece, rest.size()))) {
      check.Read(rest.first(std::min(piece, rest.size())), 0, 0, outcome.totals);
    }
    if (!check.End(0, 0, outcome.totals)) outcome.problems.push_back(check.problem());
  }
  return outcome;
}

std::string OnlyProblem(const std::vector<Buffer>& fragments) {
  Outcome outcome = Check(fragments);
  EXPECT_EQ(outcome.problems.size(), 1u);
  return outcome.problems.empty() ? "" : outcome.problems[0];
}

void Erase(Buffer& bytes, size_t at, size_t size) {
  auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  bytes.erase(from, from + static_cast<std::ptrdiff_t>(size));
}

TEST(FragmentCheck, FindsNothingInWholeFragmentsInOrder) {
  std::vector<Buffer> fragments = MakeFragments(kLength);
  ASSERT_EQ(fragments.size(), 5u);
  for (size_t piece : {size_t{1}, size_t{188}, size_t{100'000}}) {
    Outcome outcome = Check(fragments, piece);
    EXPECT_TRUE(outcome.problems.empty());
    EXPECT_TRUE(outcome.totals.IsClean());
    EXPECT_EQ(outcome.totals.stamped, outcome.totals.frames);
  }
}

TEST(FragmentCheck, WantsEveryFragmentWhole) {
  std::vector<Buffer> fragments = MakeFragments(kLength);
  fragments[1].resize(fragments[1].size() - 1);
  EXPECT_EQ(OnlyProblem(fragments), "ts: ends within a packet");

  fragments = MakeFragments(kLength);
  fragments[1].clear();
  EXPECT_EQ(OnlyProblem(fragments), "empty");

  fragments = MakeFragments(kLength);
  fragments[1].resize(fragments[1].size() / kPacket / 2 * kPacket);
  EXPECT_FALSE(Check(fragments).problems.empty() && Check(fragments).totals.IsClean());

  fragments = MakeFragments(kLength);
  fragments[1][10 * kPacket] = 0;
  EXPECT_EQ(OnlyProblem(fragments), "ts: no sync byte");
}

TEST(FragmentCheck, WantsTablesInEveryFragment) {
  std::vector<Buffer> fragments = MakeFragments(kLength);
  Erase(fragments[1], 0, 2 * kPacket);
  EXPECT_EQ(OnlyProblem(fragments), "ts: media before PAT and PMT");

  fragments = MakeFragments(kLength);
  fragments[1][kPacket + 20] ^= 1;
  EXPECT_EQ(OnlyProblem(fragments), "ts: a table with a wrong checksum");
}

TEST(FragmentCheck, FindsAMissingFragment) {
  std::vector<Buffer> fragments = MakeFragments(kLength);
  fragments.erase(fragments.begin() + 2);
  Outcome outcome = Check(fragments);
  EXPECT_GT(outcome.totals.continuity, 0u);
  EXPECT_EQ(outcome.totals.gaps, 2u);  // pictures and sound

  // Told as a discontinuity it is none.
  EXPECT_TRUE(Check(fragments, 1'500, 2).totals.IsClean());
}

TEST(FragmentCheck, FindsAFragmentThatCameTwice) {
  std::vector<Buffer> fragments = MakeFragments(kLength);
  fragments[2] = fragments[1];
  Outcome outcome = Check(fragments);
  EXPECT_GT(outcome.totals.repeated, 0u);
  EXPECT_GT(outcome.totals.continuity, 0u);
}

TEST(FragmentCheck, FindsLostAndRepeatedPackets) {
  std::vector<Buffer> fragments = MakeFragments(kLength);
  for (size_t packet = 3; packet < 40; ++packet) {
    std::vector<Buffer> harmed = fragments;
    Erase(harmed[1], packet * kPacket, kPacket);
    Outcome outcome = Check(harmed);
    EXPECT_TRUE(outcome.totals.continuity > 0 || !outcome.problems.empty()) << packet;
  }
}

TEST(FragmentCheck, WantsAKeyFrameFirst) {
  std::vector<Buffer> fragments = MakeFragments(kLength);
  // The tables, and then everything behind the key frame's PES.
  const Buffer& first = fragments[0];
  size_t at = 3 * kPacket;
  auto starts_video = [&](size_t p) { return (first[p + 1] & 0x40) != 0 && first[p + 2] == 0; };
  while (!starts_video(at)) at += kPacket;
  Erase(fragments[0], 2 * kPacket, at - 2 * kPacket);
  EXPECT_EQ(Check(fragments).totals.starts_without_key, 1u);
}

TEST(FragmentCheck, CountsTheBoxesOfFragmentedMp4) {
  auto box = [](std::string_view type, size_t size) {
    Buffer out;
    AppendBe32(out, static_cast<uint32_t>(8 + size));
    Append(out, type);
    out.resize(8 + size, 'x');
    return out;
  };
  Buffer good = Join({box("styp", 8), box("moof", 100), box("mdat", 1'000), box("moof", 50), box("mdat", 0)});
  for (size_t piece : {size_t{1}, size_t{5}, good.size()}) EXPECT_TRUE(Check({good}, piece).problems.empty());
  Buffer cut(good.begin(), good.end() - 9);
  EXPECT_EQ(OnlyProblem({cut}), "fmp4: ends within a box");
  EXPECT_EQ(OnlyProblem({Join({box("moof", 9), box("moof", 9)})}), "fmp4: a moof without its mdat");
  EXPECT_EQ(OnlyProblem({box("mdat", 9)}), "fmp4: an mdat without its moof");
  EXPECT_EQ(OnlyProblem({box("styp", 9)}), "fmp4: no media");
  EXPECT_EQ(OnlyProblem({Buffer(20, 0)}), "fmp4: a box of an impossible size");
}

TEST(PlayBuffer, StandsStillWhenItIsEmpty) {
  constexpr Micros kSecond = 1'000'000;
  PlayBuffer buffer;
  HlsTotals totals;
  EXPECT_EQ(buffer.empty_at(), 0);
  buffer.Add(2 * kSecond, 10 * kSecond, totals);
  EXPECT_EQ(buffer.empty_at(), 12 * kSecond);
  buffer.Add(2 * kSecond, 11 * kSecond, totals);
  EXPECT_EQ(buffer.empty_at(), 14 * kSecond);
  EXPECT_TRUE(totals.IsClean());

  buffer.Look(14 * kSecond, totals);
  buffer.Look(15 * kSecond, totals);
  EXPECT_EQ(totals.stalls, 1u);
  buffer.Add(2 * kSecond, 17 * kSecond, totals);
  EXPECT_EQ(totals.stalled, 3 * kSecond);
  EXPECT_EQ(buffer.empty_at(), 19 * kSecond);

  // It is noticed too when nobody looked.
  buffer.Add(2 * kSecond, 20 * kSecond, totals);
  EXPECT_EQ(totals.stalls, 2u);
  EXPECT_EQ(totals.stalled, 4 * kSecond);
}

}  // namespace
}  // namespace weir::load
