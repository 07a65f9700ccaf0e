// FlvClip: an FLV file in memory. FlvSource: plays it in an endless loop on one continuous clock; headers and metadata
// that come again unchanged are left out. Lifetime: a clip outlives its sources. Thread rule: a loaded clip is
// constant; a source has one thread.
#ifndef WEIR_BENCH_LOAD_FLV_SOURCE_H_
#define WEIR_BENCH_LOAD_FLV_SOURCE_H_

#include <map>
#include <string>
#include <vector>

#include "bench/load/media_source.h"

namespace weir::load {

class FlvClip {
 public:
  static constexpr size_t kMaxFile = 512 * 1024 * 1024;

  struct Tag {
    uint8_t type;
    Millis time;  // from the first tag's
    size_t offset;
    size_t size;
    bool is_frame;
  };

  // False, with a sentence in `error`, if the file cannot be read, is no FLV, or has no frame.
  bool Load(const std::string& path, std::string& error);

  const std::vector<Tag>& tags() const { return tags_; }
  ByteView payload(const Tag& tag) const { return ByteView(bytes_).subspan(tag.offset, tag.size); }
  // From the first frame of a round to the first of the next one.
  Millis length() const { return length_; }

 private:
  void Measure();

  Buffer bytes_;  // the payloads, one behind the other
  std::vector<Tag> tags_;
  Millis length_ = 0;
};

class FlvSource : public MediaSource {
 public:
  FlvSource(const FlvClip& clip, bool stamps) : clip_(clip), stamps_(stamps) {}

  Millis next_time() const override { return round_start_ + clip_.tags()[at_].time; }
  MediaMessage Next(Micros now) override;

 private:
  bool IsRepeatedHeader(const FlvClip::Tag& tag);
  void Advance();

  const FlvClip& clip_;
  bool stamps_;
  size_t at_ = 0;
  Millis round_start_ = 0;
  uint64_t video_frames_ = 0;
  std::map<uint8_t, size_t> last_header_;  // tag type -> which header was sent last
  Buffer message_;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_FLV_SOURCE_H_
