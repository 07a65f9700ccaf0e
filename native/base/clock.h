// Millis and Micros: instants of the monotonic clock and spans of it, in the unit that the name says. Only sys/ reads a
// clock; everything else is given the time. Thread rule: plain values.
#ifndef WEIR_BASE_CLOCK_H_
#define WEIR_BASE_CLOCK_H_

#include <cstdint>

namespace weir {

using Millis = int64_t;
using Micros = int64_t;

}  // namespace weir

#endif  // WEIR_BASE_CLOCK_H_
