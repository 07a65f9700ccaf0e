#include "proto/ts/annexb.h"

#include <algorithm>

#include "media/avc.h"
#include "media/hevc.h"
#include "media/nal.h"

namespace weir::ts {
namespace {

constexpr uint8_t kStartCode[] = {0, 0, 1};
constexpr uint8_t kLongStartCode[] = {0, 0, 0, 1};  // before the first unit and before parameter sets
constexpr uint8_t kAvcDelimiter[] = {0, 0, 0, 1, 0x09, 0xF0};
constexpr uint8_t kHevcDelimiter[] = {0, 0, 0, 1, 0x46, 0x01, 0x50};
// A picture in slices of one packet has some hundred units; each costs a piece, so that their number must have an end.
constexpr size_t kMaxUnits = 4096;
constexpr size_t kMaxRememberedSets = 64;

// Pieces in front of what the sample itself has.
enum : size_t { kDelimiterPiece, kSetsPiece, kHeadPieces };

bool Same(ByteView a, ByteView b) { return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin()); }

}  // namespace

bool AnnexB::SetConfig(Codec codec, ByteView record) {
  std::vector<ByteView> sets;
  if (codec == Codec::kAvc) {
    avc::Config config;
    if (!avc::ReadConfig(record, config)) return false;
    nal_length_size_ = config.nal_length_size;
    for (const auto* list : {&config.sps, &config.pps}) sets.insert(sets.end(), list->begin(), list->end());
  } else {
    hevc::Config config;
    if (!hevc::ReadConfig(record, config)) return false;
    nal_length_size_ = config.nal_length_size;
    for (const auto* list : {&config.vps, &config.sps, &config.pps, &config.sei})
      sets.insert(sets.end(), list->begin(), list->end());
  }
  codec_ = codec;
  Remember(sets);
  return true;
}

AnnexB::Step AnnexB::Read(ByteView sample, bool is_key, Unit& unit) {
  pieces_.assign(kHeadPieces, ByteView());
  in_band_.clear();
  bool has_slice = false;
  NalReader reader(sample, nal_length_size_);
  ByteView nal;
  for (size_t count = 0; reader.Next(nal); ++count) {
    if (count == kMaxUnits) return Step::kBroken;
    const Kind kind = KindOf(nal);
    if (kind == Kind::kDelimiter) continue;
    if (kind == Kind::kSet) {
      in_band_.push_back(nal);
      continue;
    }
    has_slice |= kind != Kind::kOther;
    is_key |= kind == Kind::kRandomAccessSlice;
    pieces_.push_back(kStartCode);
    pieces_.push_back(nal);
  }
  if (reader.is_broken()) return Step::kBroken;
  const bool has_new_sps = HasNewSps();
  const bool sets_are_new = TakeInBandSets();
  is_new_picture_size_ |= has_new_sps && sets_are_new;
  if (!has_slice) return Step::kNothing;
  pieces_[kDelimiterPiece] = codec_ == Codec::kAvc ? ByteView(kAvcDelimiter) : ByteView(kHevcDelimiter);
  if (is_key || sets_are_new) pieces_[kSetsPiece] = joined_sets_;
  unit = {.pieces = pieces_, .is_random_access = is_key, .is_new_picture_size = is_new_picture_size_};
  is_new_picture_size_ = false;
  for (const ByteView piece : pieces_) unit.size += piece.size();
  return Step::kUnit;
}

AnnexB::Kind AnnexB::KindOf(ByteView nal) const {
  if (codec_ == Codec::kAvc) {
    switch (avc::TypeOf(nal)) {
      case avc::kDelimiter:
        return Kind::kDelimiter;
      case avc::kSps:
      case avc::kPps:
        return Kind::kSet;
      case avc::kIdrSlice:
        return Kind::kRandomAccessSlice;
      default:
        return avc::IsSlice(avc::TypeOf(nal)) ? Kind::kSlice : Kind::kOther;
    }
  }
  const hevc::NalType type = hevc::TypeOf(nal);
  if (type == hevc::kDelimiter) return Kind::kDelimiter;
  if (type == hevc::kVps || type == hevc::kSps || type == hevc::kPps) return Kind::kSet;
  if (!hevc::IsSlice(type)) return Kind::kOther;
  return hevc::IsIrap(type) ? Kind::kRandomAccessSlice : Kind::kSlice;
}

bool AnnexB::IsKnown(ByteView nal) const {
  return std::any_of(sets_.begin(), sets_.end(), [nal](const Buffer& set) { return Same(set, nal); });
}

// The sets of this sample suffice to decode.
bool AnnexB::IsComplete() const {
  const bool is_avc = codec_ == Codec::kAvc;
  const auto has = [this, is_avc](int type) {
    return std::any_of(in_band_.begin(), in_band_.end(), [is_avc, type](ByteView nal) {
      return (is_avc ? int{avc::TypeOf(nal)} : int{hevc::TypeOf(nal)}) == type;
    });
  };
  return is_avc ? has(avc::kSps) && has(avc::kPps) : has(hevc::kVps) && has(hevc::kSps) && has(hevc::kPps);
}

bool AnnexB::HasNewSps() const {
  return std::any_of(in_band_.begin(), in_band_.end(), [this](ByteView nal) {
    const bool is_sps = codec_ == Codec::kAvc ? avc::TypeOf(nal) == avc::kSps : hevc::TypeOf(nal) == hevc::kSps;
    return is_sps && !IsKnown(nal);
  });
}

// What repeats the remembered sets is left out. A complete new selection takes their place from now on; single new ones
// go along with this sample. True if the remembered sets changed.
bool AnnexB::TakeInBandSets() {
  if (std::all_of(in_band_.begin(), in_band_.end(), [this](ByteView nal) { return IsKnown(nal); })) return false;
  if (IsComplete() && in_band_.size() <= kMaxRememberedSets) {
    Remember(in_band_);
    return true;
  }
  size_t at = kHeadPieces;
  for (const ByteView nal : in_band_) {
    if (IsKnown(nal)) continue;
    const ByteView pair[] = {kLongStartCode, nal};
    pieces_.insert(pieces_.begin() + static_cast<ptrdiff_t>(at), std::begin(pair), std::end(pair));
    at += 2;
  }
  return false;
}

void AnnexB::Remember(std::span<const ByteView> sets) {
  sets_.clear();
  joined_sets_.clear();
  for (const ByteView set : sets) {
    if (IsKnown(set)) continue;
    sets_.emplace_back(set.begin(), set.end());
    Append(joined_sets_, kLongStartCode);
    Append(joined_sets_, set);
  }
}

}  // namespace weir::ts
