// The commands on held ranges: their bytes are copied on a thread of libuv's pool, which shares the range meanwhile.
// Lifetime: none. Thread rule: the JavaScript thread.
#ifndef WEIR_BINDING_RANGE_CALLS_H_
#define WEIR_BINDING_RANGE_CALLS_H_

#include <napi.h>

#include "live/engine.h"

namespace weir::binding {

Napi::Value ReleaseRange(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value WriteRange(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value ReadRange(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value LogMemory(Engine& engine, const Napi::CallbackInfo& info);

}  // namespace weir::binding

#endif  // WEIR_BINDING_RANGE_CALLS_H_
