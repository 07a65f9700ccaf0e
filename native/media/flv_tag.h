// The fixed pieces of the FLV file format: file header, tag header, back pointer (PreviousTagSize).
// Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_MEDIA_FLV_TAG_H_
#define WEIR_MEDIA_FLV_TAG_H_

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace weir::flv {

// Tag types; RTMP uses the same numbers for the same payloads (FLV 1.0, E.4.1).
inline constexpr uint8_t kAudioTag = 8;
inline constexpr uint8_t kVideoTag = 9;
inline constexpr uint8_t kScriptAmf3Tag = 15;
inline constexpr uint8_t kScriptTag = 18;

inline constexpr size_t kFileHeaderSize = 9;
inline constexpr size_t kTagHeaderSize = 11;
inline constexpr size_t kBackPointerSize = 4;
inline constexpr size_t kFileStartSize = kFileHeaderSize + kBackPointerSize;
inline constexpr uint32_t kMaxBody = 0xFFFFFF;  // the size field has 24 bits

struct FileHeader {
  bool has_audio = false;
  bool has_video = false;
  uint32_t size = kFileHeaderSize;  // of the header itself, as it says; what is beyond 9 bytes is to be skipped
};

struct TagHeader {
  uint8_t type = 0;
  bool is_filtered = false;  // encrypted: nothing in it can be read
  uint32_t size = 0;         // of the body
  uint32_t timestamp = 0;    // 32 bits, the extension already put on top
  uint32_t stream_id = 0;
};

// File header and the first back pointer, kFileStartSize bytes: mpegts.js probes only when it has all 13.
void WriteFileStart(uint8_t* out, bool has_audio, bool has_video);
// False when the signature or the size field is wrong. REQUIRES: kFileHeaderSize bytes at `in`.
[[nodiscard]] bool ReadFileHeader(const uint8_t* in, FileHeader& header);

// kTagHeaderSize bytes; stream id 0.
void WriteTagHeader(uint8_t* out, uint8_t type, uint32_t size, uint32_t timestamp);
// Only the four timestamp bytes of a tag header at `tag`: a recording is rebased with this.
void WriteTagTimestamp(uint8_t* tag, uint32_t timestamp);
[[nodiscard]] TagHeader ReadTagHeader(const uint8_t* in);

// The back pointer that follows a tag with this body.
void WriteBackPointer(uint8_t* out, uint32_t body_size);

}  // namespace weir::flv

#endif  // WEIR_MEDIA_FLV_TAG_H_
