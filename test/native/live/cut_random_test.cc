// Anything that publishers do, at random, cut into both containers: what is told must fit the bytes, and itself.
#include <gtest/gtest.h>

#include <random>

#include "live/fmp4_log.h"
#include "live/ts_log.h"
#include "test/native/live/cut_stream.h"
#include "test/native/support/boxes.h"
#include "test/native/support/transport.h"

namespace weir::test {
namespace {

constexpr uint32_t kSeeds = 20;

// Publishers of one stream, one after the other.
class RandomPublisher {
 public:
  RandomPublisher(CutStream& stream, uint32_t seed) : stream_(stream), random_(seed) { Begin(); }

  void Act() {
    switch (Below(60)) {
      case 0:
        return Republish();
      case 1:
        return Header(9, OneIn(2) ? CutStream::kAvcHeader : CutStream::kOtherAvcHeader);
      case 2:
        return Header(8, OneIn(2) ? CutStream::kAacHeader : CutStream::kOtherAacHeader);
      case 3:
        dts_ += OneIn(2) ? 20'000 : Below(9'000);
        return;
      case 4:
        dts_ -= std::min<int64_t>(dts_, Below(3'000));
        return;
      case 5:
        has_video_ = !has_video_;
        return;
      case 6:
        has_audio_ = !has_audio_;
        return;
      case 7:
        is_mp3_ = !is_mp3_;
        return;
      case 8:
        return Regrant();
      case 9:
        stream_.Send(9, dts_, Hex("17 01 000000 00000009 6588"));  // broken
        return;
      default:
        return Frames();
    }
  }
  void End() { stream_.End(); }

 private:
  int64_t Below(int64_t n) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(n)); }
  bool OneIn(int64_t n) { return Below(n) == 0; }

  void Begin() {
    Rules();
    stream_.Publish();
    if (!OneIn(4)) Header(9, CutStream::kAvcHeader);
    if (!OneIn(4)) Header(8, CutStream::kAacHeader);
    gop_ = OneIn(3) ? 1'000'000 : 5 + Below(60);
    step_ = OneIn(4) ? 1 + Below(900) : 33 + Below(8);
    picture_ = 0;
  }
  void Rules() {
    HlsGrant& hls = *stream_.grant().hls;
    hls.fragment = 500 + Below(4'000);
    hls.longest = Below(8'000);
    hls.wait_keyframe = OneIn(2);
    hls.part = OneIn(2) ? 0 : 200 + Below(800);
    stream_.grant().time_jitter = OneIn(4) ? TimeJitter::kOff : TimeJitter::kFull;
  }
  void Regrant() {
    Rules();
    stream_.Regrant();
  }
  void Republish() {
    stream_.End();
    if (OneIn(3)) dts_ = Below(100'000);
    Begin();
  }
  void Header(uint8_t type, const char* hex) { stream_.Send(type, dts_, Hex(hex)); }
  void Frames() {
    for (int i = 0; i < 20; ++i) {
      dts_ += step_;
      if (has_video_) stream_.Video(dts_, picture_++ % gop_ == 0, 10 + static_cast<size_t>(Below(3'000)));
      if (!has_audio_) continue;
      for (int64_t audio = dts_ - step_; audio < dts_; audio += 23) {
        is_mp3_ ? (void)stream_.Send(8, audio, Hex("2f fffb9064 00000000")) : stream_.Audio(audio);
      }
    }
  }

  CutStream& stream_;
  std::mt19937 random_;
  int64_t dts_ = 0;
  int64_t step_ = 40;
  int64_t gop_ = 25;
  int64_t picture_ = 0;
  bool has_video_ = true;
  bool has_audio_ = true;
  bool is_mp3_ = false;
};

// What is told fits itself, whatever the container.
class StoryCheck {
 public:
  void Take(const Told& told) {
    const Cutter::Piece& piece = told.piece();
    if (told.what == Told::What::kInit) {
      version_ = told.facts.init_version;
      return;
    }
    EXPECT_GT(told.range.size(), 0u);
    EXPECT_GE(piece.duration, 0);
    EXPECT_EQ(told.facts.init_version, version_);
    EXPECT_EQ(told.range.pieces.front().from, told.what == Told::What::kPart ? part_ : begin_);
    const uint64_t end = told.range.pieces.back().to;
    if (told.what == Told::What::kPart) return TakePart(piece, end);
    if (parts_ > 0) {
      EXPECT_EQ(part_, end);
      EXPECT_EQ(part_end_, piece.start + piece.duration);
      EXPECT_EQ(part_discontinuity_, piece.discontinuity);
    }
    if (has_end_ && !piece.discontinuity) {
      EXPECT_EQ(piece.start, end_);
    }
    has_end_ = !piece.last;
    end_ = piece.start + piece.duration;
    begin_ = part_ = end;
    parts_ = 0;
  }

 private:
  void TakePart(const Cutter::Piece& piece, uint64_t end) {
    EXPECT_EQ(piece.index, parts_);
    if (parts_ > 0) {
      EXPECT_EQ(piece.start, part_end_);
    }
    ++parts_;
    part_ = end;
    part_end_ = piece.start + piece.duration;
    part_discontinuity_ = piece.discontinuity;
  }

  uint32_t version_ = 0;
  uint64_t begin_ = 0;
  uint64_t part_ = 0;
  int parts_ = 0;
  int64_t part_end_ = 0;
  bool part_discontinuity_ = false;
  bool has_end_ = false;
  int64_t end_ = 0;
};

void CheckTs(const Told& told, Transport& transport) {
  const Buffer bytes = BytesOf(told.range);
  EXPECT_EQ(ToHex(ByteView(bytes).first(3)), "474000");
  if (told.what != Told::What::kFragment) return;
  transport.pes.clear();
  transport.Read(bytes);
  EXPECT_EQ(transport.faults, "");
  for (const ReadPes& pes : transport.pes) {
    if (pes.pid != 0x100) continue;
    EXPECT_TRUE(told.piece().has_video);
    EXPECT_EQ(told.piece().independent, pes.is_random_access);
    break;
  }
}

void CheckFmp4(const Told& told, const Buffer& init) {
  const Buffer bytes = BytesOf(told.range);
  auto pieces = ReadPieces(bytes);
  ASSERT_FALSE(pieces.empty());
  if (told.what != Told::What::kFragment) return;
  bool has_video = false;
  bool has_audio = false;
  for (const ReadFragment& piece : pieces) {
    if (!has_video && !piece.video.samples.empty()) {
      EXPECT_EQ(told.piece().independent, piece.video.samples[0].is_key);
    }
    has_video |= !piece.video.samples.empty();
    has_audio |= !piece.audio.samples.empty();
  }
  const ByteView moov = Child(init, "moov");
  bool lists[2] = {};
  for (int i = 0; i < 2; ++i) {
    const ByteView trak = Child(moov, "trak", i);
    if (!trak.empty()) lists[AsText(Find(trak, "mdia/hdlr").subspan(8, 4)) == "vide" ? 0 : 1] = true;
  }
  EXPECT_TRUE(!has_video || lists[0]);
  EXPECT_TRUE(!has_audio || lists[1]);
}

template <class Log, class Check>
void Play(Container container, uint32_t seed, Check check) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  CutStream stream;
  stream.grant().hls->container = container;
  stream.Open<Log>();
  RandomPublisher publisher(stream, seed);
  for (int i = 0; i < 150; ++i) publisher.Act();
  publisher.End();
  EXPECT_FALSE(stream.Fragments().empty());
  StoryCheck story;
  uint64_t cut = 0;
  for (const Told& told : stream.told()) {
    story.Take(told);
    if (told.what == Told::What::kFragment) cut += told.range.size();
    check(told);
  }
  EXPECT_EQ(cut, stream.log().log().tail());  // nothing is missing
}

TEST(CutRandom, Ts) {
  for (uint32_t seed = 1; seed <= kSeeds && !testing::Test::HasFailure(); ++seed) {
    Transport transport;
    Play<TsLog>(Container::kTs, seed, [&](const Told& told) { CheckTs(told, transport); });
  }
}

TEST(CutRandom, Fmp4) {
  for (uint32_t seed = 1; seed <= kSeeds && !testing::Test::HasFailure(); ++seed) {
    Buffer init;
    Play<Fmp4Log>(Container::kFmp4, seed, [&](const Told& told) {
      if (told.what == Told::What::kInit) {
        init = told.init;
      } else {
        CheckFmp4(told, init);
      }
    });
  }
}

}  // namespace
}  // namespace weir::test
