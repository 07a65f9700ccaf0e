// Plain structs of the engine to and from JavaScript objects; shapes are those of src/native.ts.
// Lifetime: values. Thread rule: the JavaScript thread.
#ifndef WEIR_BINDING_CONVERT_H_
#define WEIR_BINDING_CONVERT_H_

#include <napi.h>

#include "live/connection_query.h"
#include "live/event.h"
#include "live/grant.h"
#include "live/stats.h"

namespace weir::binding {

EngineTuning ToEngineTuning(Napi::Object object);
StreamKey ToStreamKey(Napi::Object object);
EngineOptions ToEngineOptions(Napi::Object object);
void FillStreamGrant(Napi::Object object, StreamGrant& grant);
PublishGrant ToPublishGrant(Napi::Object object);
PlayGrant ToPlayGrant(Napi::Object object);
// kRejected if nobody has a reason of that name.
Reason ToReason(const std::string& name);
// An Error with errno's name as its `code`.
Napi::Error SystemError(Napi::Env env, const char* what, int error);

Napi::Object FromEvent(Napi::Env env, const Event& event);
Napi::Object FromStats(Napi::Env env, const EngineStats& stats);
ConnectionQuery ToConnectionQuery(Napi::Object object);
Napi::Object FromConnectionPage(Napi::Env env, const Event& event);

}  // namespace weir::binding

#endif  // WEIR_BINDING_CONVERT_H_
