// The type markers of AMF0 on the wire (AMF0, 2.1), shared by reader and writer. Lifetime and thread rule: constants.
#ifndef WEIR_MEDIA_AMF0_MARKERS_H_
#define WEIR_MEDIA_AMF0_MARKERS_H_

#include <cstdint>

namespace weir::amf0 {

inline constexpr uint8_t kNumberMarker = 0x00;
inline constexpr uint8_t kBooleanMarker = 0x01;
inline constexpr uint8_t kStringMarker = 0x02;
inline constexpr uint8_t kObjectMarker = 0x03;
inline constexpr uint8_t kMovieClipMarker = 0x04;  // reserved, never sent
inline constexpr uint8_t kNullMarker = 0x05;
inline constexpr uint8_t kUndefinedMarker = 0x06;
inline constexpr uint8_t kReferenceMarker = 0x07;
inline constexpr uint8_t kEcmaArrayMarker = 0x08;
inline constexpr uint8_t kObjectEndMarker = 0x09;
inline constexpr uint8_t kStrictArrayMarker = 0x0A;
inline constexpr uint8_t kDateMarker = 0x0B;
inline constexpr uint8_t kLongStringMarker = 0x0C;
inline constexpr uint8_t kUnsupportedMarker = 0x0D;
inline constexpr uint8_t kRecordsetMarker = 0x0E;  // reserved, never sent
inline constexpr uint8_t kXmlMarker = 0x0F;
inline constexpr uint8_t kTypedObjectMarker = 0x10;
inline constexpr uint8_t kAvmPlusMarker = 0x11;

}  // namespace weir::amf0

#endif  // WEIR_MEDIA_AMF0_MARKERS_H_
