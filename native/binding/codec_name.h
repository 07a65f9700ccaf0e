// Names of codecs as people write them, from legacy FLV ids and FourCCs. Lifetime: values. Thread rule: pure functions.
#ifndef WEIR_BINDING_CODEC_NAME_H_
#define WEIR_BINDING_CODEC_NAME_H_

#include <cstdint>
#include <string>

namespace weir::binding {

std::string VideoCodecName(uint32_t codec);
std::string AudioCodecName(uint32_t codec);

}  // namespace weir::binding

#endif  // WEIR_BINDING_CODEC_NAME_H_
