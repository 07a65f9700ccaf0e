// AnnexB: turns length-prefixed samples of H.264 and H.265 into access units of a byte stream (annex B of both):
// delimiter first, parameter sets before every picture where decoding can begin, start codes. Lifetime: its muxer's.
// Thread rule: one thread at a time. Allocates only when parameter sets change.
#ifndef WEIR_PROTO_TS_ANNEXB_H_
#define WEIR_PROTO_TS_ANNEXB_H_

#include <span>
#include <vector>

#include "base/bytes.h"
#include "media/frame_body.h"

namespace weir::ts {

class AnnexB {
 public:
  // Takes an AVCDecoderConfigurationRecord or HEVCDecoderConfigurationRecord. False, and nothing changed, if it is
  // none. REQUIRES: codec is kAvc or kHevc.
  [[nodiscard]] bool SetConfig(Codec codec, ByteView record);
  void Reset() { codec_ = Codec::kOther; }
  // kOther: no configuration yet.
  Codec codec() const { return codec_; }

  struct Unit {
    std::span<const ByteView> pieces;
    size_t size = 0;
    bool is_random_access = false;
    bool is_new_picture_size = false;  // or profile: other SPS than before, without a configuration that said so
  };
  enum class Step { kUnit, kNothing, kBroken };
  // kUnit: `unit` views the sample and this object until the next call. kNothing: no picture in it (parameter sets
  // alone are remembered). REQUIRES: codec() is not kOther.
  [[nodiscard]] Step Read(ByteView sample, bool is_key, Unit& unit);

 private:
  enum class Kind { kDelimiter, kSet, kSlice, kRandomAccessSlice, kOther };

  Kind KindOf(ByteView nal) const;
  bool IsKnown(ByteView nal) const;
  bool IsComplete() const;
  bool HasNewSps() const;
  void Remember(std::span<const ByteView> sets);
  bool TakeInBandSets();

  Codec codec_ = Codec::kOther;
  int nal_length_size_ = 4;
  std::vector<Buffer> sets_;          // in the order of decoding
  Buffer joined_sets_;                // the same with their start codes
  bool is_new_picture_size_ = false;  // since the last unit
  // Of the unit being read.
  std::vector<ByteView> pieces_;
  std::vector<ByteView> in_band_;  // parameter sets
};

}  // namespace weir::ts

#endif  // WEIR_PROTO_TS_ANNEXB_H_
