#include "proto/fmp4/sample.h"

#include <algorithm>

#include "media/av1.h"
#include "media/avc.h"
#include "media/hevc.h"
#include "media/nal.h"

namespace weir::fmp4 {
namespace {

bool IsKnownSet(const TrackConfig& config, ByteView nal) {
  return std::any_of(config.sets.begin(), config.sets.end(),
                     [nal](const Buffer& set) { return std::equal(set.begin(), set.end(), nal.begin(), nal.end()); });
}

struct NalKind {
  bool is_slice = false;
  bool is_random_access = false;
  bool is_left_out = false;  // delimiters, and sets that the sample entry has
};

NalKind KindOf(const TrackConfig& config, ByteView nal) {
  if (config.codec == Codec::kAvc) {
    const avc::NalType type = avc::TypeOf(nal);
    const bool is_set = type == avc::kSps || type == avc::kPps;
    return {avc::IsSlice(type), type == avc::kIdrSlice, type == avc::kDelimiter || (is_set && IsKnownSet(config, nal))};
  }
  const hevc::NalType type = hevc::TypeOf(nal);
  const bool is_set = type == hevc::kVps || type == hevc::kSps || type == hevc::kPps;
  return {hevc::IsSlice(type), hevc::IsIrap(type), type == hevc::kDelimiter || (is_set && IsKnownSet(config, nal))};
}

}  // namespace

FrameFacts Inspect(const TrackConfig& config, ByteView frame) {
  FrameFacts facts;
  if (config.codec == Codec::kAv1) {
    av1::Obu obu;
    while (av1::NextObu(frame, obu)) facts.has_picture |= obu.type != av1::kTemporalDelimiter;
    facts.is_broken = !frame.empty();
    return facts;
  }
  NalReader reader(frame, config.nal_length_size);
  ByteView nal;
  while (reader.Next(nal)) {
    const NalKind kind = KindOf(config, nal);
    facts.has_picture |= kind.is_slice;
    facts.is_random_access |= kind.is_random_access;
  }
  facts.is_broken = reader.is_broken();
  return facts;
}

size_t AppendSample(Buffer& out, const TrackConfig& config, ByteView frame) {
  const size_t start = out.size();
  if (config.codec == Codec::kAv1) {
    av1::Obu obu;
    while (av1::NextObu(frame, obu)) {
      if (obu.type != av1::kTemporalDelimiter) Append(out, obu.whole);
    }
    return out.size() - start;
  }
  NalReader reader(frame, config.nal_length_size);
  ByteView nal;
  while (reader.Next(nal)) {
    if (KindOf(config, nal).is_left_out) continue;
    AppendBe32(out, static_cast<uint32_t>(nal.size()));
    Append(out, nal);
  }
  return out.size() - start;
}

}  // namespace weir::fmp4
