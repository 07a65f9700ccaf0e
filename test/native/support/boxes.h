// Reads MP4 boxes in tests and fuzz targets: the content of one by its path, and fragments with every sample checked
// against the data. Written apart from the muxer. Lifetime: views into what is read. Thread rule: one thread at a time.
#ifndef WEIR_TEST_NATIVE_SUPPORT_BOXES_H_
#define WEIR_TEST_NATIVE_SUPPORT_BOXES_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace weir::test {

// The next box at the front of `rest`, which moves behind it. False at the end, or when sizes don't fit.
inline bool NextBox(ByteView& rest, std::string_view& type, ByteView& content) {
  if (rest.size() < 8) return false;
  const size_t size = LoadBe32(rest.data());
  if (size < 8 || size > rest.size()) return false;
  type = AsText(rest.subspan(4, 4));
  content = rest.subspan(8, size - 8);
  rest = rest.subspan(size);
  return true;
}

// The n-th box of that type directly within; empty if there is none.
inline ByteView Child(ByteView bytes, std::string_view wanted, int n = 0) {
  std::string_view type;
  ByteView content;
  while (NextBox(bytes, type, content)) {
    if (type == wanted && n-- == 0) return content;
  }
  return {};
}

// "moov/trak/mdia", the first of each.
inline ByteView Find(ByteView bytes, std::string_view path) {
  while (!path.empty()) {
    bytes = Child(bytes, path.substr(0, 4));
    path = path.size() > 5 ? path.substr(5) : std::string_view();
  }
  return bytes;
}

struct ReadSample {
  int64_t dts = 0;
  uint32_t duration = 0;
  int32_t composition = 0;
  bool is_key = true;
  ByteView data = {};
};

struct TrackRun {
  int64_t start = 0;
  int64_t end = 0;
  std::vector<ReadSample> samples;
};

struct ReadFragment {
  uint32_t sequence = 0;
  TrackRun video;
  TrackRun audio;
};

// Reads moof and mdat from the front. False if anything does not fit, or mdat has bytes of no sample.
class FragmentReader {
 public:
  explicit FragmentReader(ByteView bytes) : bytes_(bytes) {}

  bool Read(ReadFragment& fragment) {
    ByteView rest = bytes_;
    std::string_view type;
    ByteView moof;
    ByteView mdat;
    if (!NextBox(rest, type, moof) || type != "moof" || !NextBox(rest, type, mdat) || type != "mdat") return false;
    const ByteView mfhd = Child(moof, "mfhd");
    if (mfhd.size() != 8) return false;
    fragment.sequence = LoadBe32(mfhd.data() + 4);
    next_ = moof.size() + 16;
    for (int i = 0; i < 2; ++i) {
      const ByteView traf = Child(moof, "traf", i);
      if (!traf.empty() && !ReadTrack(traf, fragment)) return false;
    }
    return next_ == moof.size() + 16 + mdat.size() && rest.empty();
  }

 private:
  bool ReadTrack(ByteView traf, ReadFragment& fragment) {
    const ByteView tfhd = Child(traf, "tfhd");
    const ByteView tfdt = Child(traf, "tfdt");
    const ByteView trun = Child(traf, "trun");
    if (tfhd.size() < 8 || tfdt.size() != 12 || trun.size() < 12 || tfdt[0] != 1 || trun[0] != 1) return false;
    const bool is_video = LoadBe32(tfhd.data() + 4) == 1;
    TrackRun& run = is_video ? fragment.video : fragment.audio;
    run.start = run.end = static_cast<int64_t>(LoadBe64(tfdt.data() + 4));
    const uint32_t flags = LoadBe24(trun.data() + 1);
    if (flags != (is_video ? 0xF01U : 0x301U)) return false;
    if (LoadBe32(trun.data() + 8) != next_) return false;
    ByteReader in(trun.subspan(12));
    for (uint32_t count = LoadBe32(trun.data() + 4); count > 0; --count) {
      if (!ReadSampleOf(run, in, is_video)) return false;
    }
    return in.left() == 0;
  }

  bool ReadSampleOf(TrackRun& run, ByteReader& in, bool is_video) {
    ReadSample sample{.dts = run.end};
    uint32_t size = 0;
    uint32_t flags = 0x02000000;
    uint32_t composition = 0;
    if (!in.Be32(sample.duration) || !in.Be32(size)) return false;
    if (is_video && (!in.Be32(flags) || !in.Be32(composition))) return false;
    if (size == 0 || size > bytes_.size() - next_) return false;
    sample.is_key = flags == 0x02000000;
    sample.composition = static_cast<int32_t>(composition);
    sample.data = bytes_.subspan(next_, size);
    next_ += size;
    run.end += sample.duration;
    run.samples.push_back(sample);
    return sample.is_key || flags == 0x01010000;
  }

  const ByteView bytes_;
  size_t next_ = 0;
};

// What lies one behind the other; none if anything does not fit.
inline std::vector<ReadFragment> ReadPieces(ByteView bytes) {
  std::vector<ReadFragment> pieces;
  while (!bytes.empty()) {
    ByteView rest = bytes;
    std::string_view type;
    ByteView content;
    if (!NextBox(rest, type, content) || !NextBox(rest, type, content)) return {};
    ReadFragment piece;
    if (!FragmentReader(bytes.first(bytes.size() - rest.size())).Read(piece)) return {};
    pieces.push_back(piece);
    bytes = rest;
  }
  return pieces;
}

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_SUPPORT_BOXES_H_
