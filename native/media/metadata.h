// Metadata of a stream: recognises the data messages that carry it in their dialects, reads what the timeline and the
// statistics need, and rewrites it as `onMetaData` with an ECMA array (ffmpeg and ExoPlayer want marker 08) that
// carries weir's identity. Lifetime: views point into the payload that was given. Thread rule: pure functions.
#ifndef WEIR_MEDIA_METADATA_H_
#define WEIR_MEDIA_METADATA_H_

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/reason.h"

namespace weir {

enum class DataKind : uint8_t {
  kMetadata,  // onMetaData, wrapped in @setDataFrame or not, or a bare object
  kClear,     // @clearDataFrame
  kOther,     // onTextData, onCuePoint, ...: an AMF0 name with something behind it
  kNotAmf,    // e.g. ffmpeg's timecode track: drop silently
};

struct DataMessage {
  DataKind kind = DataKind::kNotAmf;
  std::string_view name;  // empty for a bare object
  ByteView body;          // the message without the @setDataFrame: what players may be given
};

// `payload` of a data message in AMF0 (the leading byte of type 15 already removed).
[[nodiscard]] DataMessage ClassifyData(ByteView payload);

// What the server itself reads from metadata. Zero where it is not told. Codecs are hints only: publishers lie in them.
struct MetadataFacts {
  double audio_sample_rate = 0;
  double frame_rate = 0;
  double width = 0;
  double height = 0;
  uint32_t video_codec = 0;  // legacy id or FourCC, whether it came as number or as string
  uint32_t audio_codec = 0;
  bool bravo_atc = false;  // the publisher asks for absolute timestamps
};

// Appends the rewritten message payload to `out` and fills `facts`. `server` ("weir/1.2.3") replaces a field of the
// same name; every other field stays, in its order. On a failure `out` and `facts` are as they were. REQUIRES:
// ClassifyData(payload).kind == kMetadata.
[[nodiscard]] Reason RewriteMetadata(ByteView payload, std::string_view server, Buffer& out, MetadataFacts& facts);

}  // namespace weir

#endif  // WEIR_MEDIA_METADATA_H_
