// The calls of the boundary that connect to other servers. Lifetime: of a call. Thread rule: the JavaScript thread.
#ifndef WEIR_BINDING_RELAY_CALLS_H_
#define WEIR_BINDING_RELAY_CALLS_H_

#include <napi.h>

#include "live/engine.h"

namespace weir::binding {

Napi::Value StartPush(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value StartPull(Engine& engine, const Napi::CallbackInfo& info);

}  // namespace weir::binding

#endif  // WEIR_BINDING_RELAY_CALLS_H_
