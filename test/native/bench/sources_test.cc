// What the load generator publishes, and where.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "bench/load/flv_source.h"
#include "bench/load/synthetic_source.h"
#include "bench/load/url.h"
#include "media/flv_tag.h"
#include "media/frame.h"
#include "proto/rtmp/message.h"

namespace weir::load {
namespace {

TEST(SyntheticSource, HasTheBitrateAndRhythmThatItWasAskedFor) {
  for (double rate : {200'000.0, 500'000.0, 4'000'000.0}) {
    SyntheticSource source(rate);
    size_t bytes = 0;
    int keys = 0;
    int pictures = 0;
    while (source.next_time() < 20'000) {
      MediaMessage message = source.Next(1);
      FrameInfo info = ClassifyFrame(message.type, message.payload);
      EXPECT_FALSE(info.is_broken);
      bytes += message.payload.size();
      keys += info.is_key ? 1 : 0;
      pictures += info.kind == FrameKind::kVideo && !info.is_header ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(bytes) * 8 / 20, rate, rate * 0.01);
    EXPECT_EQ(pictures, 500);
    EXPECT_EQ(keys, 10);
  }
}

// A clip of two headers and three frames of each kind, 40 ms apart.
std::string WriteClip() {
  std::string path = testing::TempDir() + "weir_load_clip.flv";
  std::ofstream file(path, std::ios::binary);
  auto put = [&](const uint8_t* data, size_t size) {
    file.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  };
  auto tag = [&](uint8_t type, uint32_t time, const Buffer& body) {
    uint8_t head[flv::kTagHeaderSize];
    uint8_t back[flv::kBackPointerSize];
    flv::WriteTagHeader(head, type, static_cast<uint32_t>(body.size()), time);
    flv::WriteBackPointer(back, static_cast<uint32_t>(body.size()));
    put(head, sizeof head);
    put(body.data(), body.size());
    put(back, sizeof back);
  };
  uint8_t start[flv::kFileStartSize];
  flv::WriteFileStart(start, true, true);
  put(start, sizeof start);
  tag(flv::kVideoTag, 1'000, {0x17, 0, 0, 0, 0, 1, 2, 3, 4});
  tag(flv::kAudioTag, 1'000, {0xaf, 0, 0x12, 0x10});
  for (uint32_t i = 0; i < 3; ++i) {
    tag(flv::kVideoTag, 1'000 + 40 * i, {static_cast<uint8_t>(i == 0 ? 0x17 : 0x27), 1, 0, 0, 0, 0, 0, 0, 2, 0x65, 9});
    tag(flv::kAudioTag, 1'000 + 40 * i, {0xaf, 1, 7, 7});
  }
  return path;
}

TEST(FlvSource, LoopsOnOneClockWithoutRepeatingHeaders) {
  std::string path = WriteClip();
  FlvClip clip;
  std::string error;
  ASSERT_TRUE(clip.Load(path, error)) << error;
  EXPECT_EQ(clip.length(), 120);
  FlvSource source(clip, false);
  int headers = 0;
  Millis previous = 0;
  for (int i = 0; i < 2 + 6 * 4; ++i) {
    MediaMessage message = source.Next(0);
    headers += message.is_frame ? 0 : 1;
    EXPECT_GE(message.time, previous);
    EXPECT_LE(message.time - previous, 40);
    previous = message.time;
  }
  EXPECT_EQ(headers, 2);
  EXPECT_EQ(previous, 3 * 120 + 80);
  std::remove(path.c_str());
}

TEST(FlvSource, RefusesWhatIsNoFlv) {
  std::string path = testing::TempDir() + "weir_load_text.flv";
  std::ofstream(path) << "this is not a video";
  FlvClip clip;
  std::string error;
  EXPECT_FALSE(clip.Load(path, error));
  EXPECT_NE(error.find("not FLV"), std::string::npos);
  std::remove(path.c_str());
  EXPECT_FALSE(FlvClip().Load("/does/not/exist.flv", error));
}

TEST(Url, IsSplitAtTheLastSlashBeforeTheQuery) {
  struct Case {
    const char* text;
    const char* app;
    const char* stream;
    int port;
  };
  for (const Case& c : {Case{"rtmp://h/live/s", "live", "s", 1935},
                        {"rtmp://h:1936/a/b/s?k=/x", "a/b", "s?k=/x", 1936},
                        {"rtmp://h/live?vhost=v/s", "live?vhost=v", "s", 1935},
                        {"rtmp://[::1]:19/a/s", "a", "s", 19}}) {
    Url url;
    std::string error;
    ASSERT_TRUE(ParseUrl(c.text, url, error)) << c.text;
    EXPECT_EQ(url.app, c.app);
    EXPECT_EQ(url.stream, c.stream);
    EXPECT_EQ(url.port, c.port);
  }
  for (const char* text :
       {"", "http://h/a/s", "rtmp://h", "rtmp://h/a", "rtmp://:1/a/s", "rtmp://h:0/a/s", "rtmp://h/a/"}) {
    Url url;
    std::string error;
    EXPECT_FALSE(ParseUrl(text, url, error)) << text;
  }
}

TEST(Url, OfAViewerSaysByItsEndingWhatIsWatched) {
  struct Case {
    const char* text;
    Protocol protocol;
    const char* target;
    int port;
  };
  for (const Case& c : {Case{"rtmp://h/live/s", Protocol::kRtmp, "", 1935},
                        {"http://h:8080/live/s.flv?vhost=v", Protocol::kFlv, "/live/s.flv?vhost=v", 8080},
                        {"ws://h/live/s.flv", Protocol::kWsFlv, "/live/s.flv", 80},
                        {"http://[::1]:81/a/b/s.ts", Protocol::kTs, "/a/b/s.ts", 81},
                        {"http://h/s.m3u8?x=.flv", Protocol::kHls, "/s.m3u8?x=.flv", 80}}) {
    Url url;
    std::string error;
    ASSERT_TRUE(ParseViewerUrl(c.text, url, error)) << c.text;
    EXPECT_EQ(url.protocol, c.protocol);
    EXPECT_EQ(url.target, c.target);
    EXPECT_EQ(url.port, c.port);
  }
  for (const char* text : {"http://h/live/s", "http://h", "https://h/s.flv", "ws://h/s.ts", "http://:80/s.flv"}) {
    Url url;
    std::string error;
    EXPECT_FALSE(ParseViewerUrl(text, url, error)) << text;
    EXPECT_NE(error, "");
  }
}

TEST(Url, PutsTheNumberWhereItIsWanted) {
  EXPECT_EQ(ExpandIndex("rtmp://h/live/s{i}?n={i}", 12), "rtmp://h/live/s12?n=12");
  EXPECT_EQ(ExpandIndex("rtmp://h/live/s", 12), "rtmp://h/live/s");
}

}  // namespace
}  // namespace weir::load
