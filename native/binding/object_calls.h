// The commands of the object store: what src/native/objects.ts declares. Lifetime: free functions on an engine. Thread
// rule: the JavaScript thread.
#ifndef WEIR_BINDING_OBJECT_CALLS_H_
#define WEIR_BINDING_OBJECT_CALLS_H_

#include <napi.h>

#include "live/engine.h"

namespace weir::binding {

Napi::Value PutObject(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value RemoveObject(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value PromiseObject(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value SetVhosts(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value OpenView(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value FollowView(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value CloseView(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value AcceptView(Engine& engine, const Napi::CallbackInfo& info);

}  // namespace weir::binding

#endif  // WEIR_BINDING_OBJECT_CALLS_H_
