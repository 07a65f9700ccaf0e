// What the load generator's HLS viewers read of a playlist, and the texts that they refuse.
#include "bench/load/playlist.h"

#include <gtest/gtest.h>

namespace weir::load {
namespace {

Playlist Read(std::string_view text) {
  Playlist playlist;
  std::string error;
  EXPECT_TRUE(ReadPlaylist(text, playlist, error)) << error;
  return playlist;
}

std::string Refusal(std::string_view text) {
  Playlist playlist;
  std::string error;
  EXPECT_FALSE(ReadPlaylist(text, playlist, error)) << text;
  return error;
}

TEST(Playlist, HasFragmentsWithTheirNumbers) {
  Playlist playlist = Read(
      "#EXTM3U\r\n#EXT-X-VERSION:3\r\n#EXT-X-TARGETDURATION:3\r\n#EXT-X-MEDIA-SEQUENCE:41\r\n"
      "#EXTINF:2.000,\r\ns-41.ts\r\n#EXT-X-DISCONTINUITY\r\n#EXTINF:2.521,title\r\ns-42.ts?x=1\r\n");
  EXPECT_EQ(playlist.target, 3'000'000);
  ASSERT_EQ(playlist.fragments.size(), 2u);
  EXPECT_EQ(playlist.fragments[0].uri, "s-41.ts");
  EXPECT_EQ(playlist.fragments[0].sequence, 41u);
  EXPECT_EQ(playlist.fragments[0].duration, 2'000'000);
  EXPECT_FALSE(playlist.fragments[0].is_discontinuous);
  EXPECT_EQ(playlist.fragments[1].uri, "s-42.ts?x=1");
  EXPECT_EQ(playlist.fragments[1].duration, 2'521'000);
  EXPECT_TRUE(playlist.fragments[1].is_discontinuous);
  EXPECT_EQ(playlist.next_sequence(), 43u);
  EXPECT_FALSE(playlist.has_ended);
}

TEST(Playlist, EndsAndBeginsAnew) {
  Playlist playlist = Read("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n#EXT-X-ENDLIST\n");
  EXPECT_TRUE(playlist.has_ended);
  std::string error;
  ASSERT_TRUE(ReadPlaylist("#EXTM3U\n#EXT-X-TARGETDURATION:4\n", playlist, error));
  EXPECT_FALSE(playlist.has_ended);
  EXPECT_TRUE(playlist.fragments.empty());
  EXPECT_EQ(playlist.target, 4'000'000);
}

TEST(Playlist, OfVariantsTheFirstIsWatched) {
  Playlist playlist = Read(
      "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000,CODECS=\"avc1.42c01f,mp4a.40.2\"\nlow/s.m3u8\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=2000\nhigh/s.m3u8\n");
  EXPECT_EQ(playlist.variant, "low/s.m3u8");
}

TEST(Playlist, HasPartsAndTheirInitialization) {
  Playlist playlist = Read(
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.9\n"
      "#EXT-X-PART-INF:PART-TARGET=0.3\n#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-MAP:URI=\"init,1.mp4\"\n"
      "#EXT-X-PART:DURATION=0.3,URI=\"7.0.m4s\",INDEPENDENT=YES\n#EXTINF:0.3,\n7.m4s\n"
      "#EXT-X-PART:DURATION=0.3,INDEPENDENT=YES,URI=\"8.0.m4s\"\n#EXT-X-PART:DURATION=0.2,URI=\"8.1.m4s\"\n"
      "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"8.2.m4s\"\n");
  EXPECT_TRUE(playlist.can_block);
  EXPECT_EQ(playlist.part_target, 300'000);
  ASSERT_EQ(playlist.fragments.size(), 1u);
  EXPECT_EQ(playlist.fragments[0].map, "init,1.mp4");
  ASSERT_EQ(playlist.parts.size(), 3u);
  EXPECT_EQ(playlist.parts[0].sequence, 7u);
  EXPECT_EQ(playlist.parts[1].sequence, 8u);
  EXPECT_EQ(playlist.parts[1].part, 0);
  EXPECT_TRUE(playlist.parts[1].is_independent);
  EXPECT_EQ(playlist.parts[2].part, 1);
  EXPECT_EQ(playlist.parts[2].uri, "8.1.m4s");
  EXPECT_FALSE(playlist.parts[2].is_independent);
}

TEST(Playlist, RefusesWhatNoPlayerPlays) {
  constexpr std::string_view kStart = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n";
  EXPECT_EQ(Refusal(""), "no playlist");
  EXPECT_EQ(Refusal("<html>"), "no playlist");
  EXPECT_EQ(Refusal("#EXTM3U8\n"), "no playlist");
  EXPECT_EQ(Refusal("#EXTM3U\n"), "no EXT-X-TARGETDURATION");
  EXPECT_EQ(Refusal("#EXTM3U\n#EXT-X-TARGETDURATION:0\n"), "no target duration");
  EXPECT_EQ(Refusal("#EXTM3U\n#EXT-X-TARGETDURATION:nan\n"), "no target duration");
  EXPECT_EQ(Refusal(std::string(kStart) + "#EXT-X-MEDIA-SEQUENCE:-1\n"), "no media sequence");
  EXPECT_EQ(Refusal(std::string(kStart) + "#EXTINF:2\na.ts\n"), "an EXTINF without its comma");
  EXPECT_EQ(Refusal(std::string(kStart) + "#EXTINF:two,\na.ts\n"), "an EXTINF that is no number");
  EXPECT_EQ(Refusal(std::string(kStart) + "#EXTINF:2,\n"), "an EXTINF without a URI");
  EXPECT_EQ(Refusal(std::string(kStart) + "a.ts\n"), "a fragment without EXTINF");
  EXPECT_EQ(Refusal(std::string(kStart) + "#EXT-X-PART:DURATION=0.3\n"), "a broken part");
}

TEST(Playlist, HasBounds) {
  std::string text = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n";
  for (size_t i = 0; i <= Playlist::kMaxPieces; ++i) text += "#EXTINF:2,\na\n";
  EXPECT_EQ(Refusal(text), "too many fragments");
  EXPECT_EQ(Refusal("#EXTM3U\n" + std::string(Playlist::kMaxText, '\n')), "no playlist");
}

TEST(Playlist, NamesAreRelativeToWhereItStands) {
  auto resolve = [](std::string_view base, std::string_view uri) {
    std::string target;
    return ResolveUri(base, uri, target) ? target : "-";
  };
  EXPECT_EQ(resolve("/live/s.m3u8", "s-1.ts"), "/live/s-1.ts");
  EXPECT_EQ(resolve("/live/s.m3u8?token=a/b", "s-1.ts?c=1"), "/live/s-1.ts?c=1");
  EXPECT_EQ(resolve("/live/s.m3u8", "/other/s-1.ts"), "/other/s-1.ts");
  EXPECT_EQ(resolve("/a/b/s.m3u8", "../c/./s-1.ts"), "/a/c/./s-1.ts");
  EXPECT_EQ(resolve("/a/s.m3u8", "../../s-1.ts"), "/s-1.ts");
  EXPECT_EQ(resolve("/a/s.m3u8", "./s-1.ts"), "/a/s-1.ts");
  EXPECT_EQ(resolve("/a/s.m3u8", "b/at:noon.ts"), "/a/b/at:noon.ts");
  EXPECT_EQ(resolve("/a/s.m3u8", "http://elsewhere/s-1.ts"), "-");
  EXPECT_EQ(resolve("/a/s.m3u8", "//elsewhere/s-1.ts"), "-");
}

}  // namespace
}  // namespace weir::load
