// The commands on recordings and what is told of them, as src/native/recording.ts has it. Lifetime: none. Thread rule:
// the JavaScript thread.
#ifndef WEIR_BINDING_RECORD_CALLS_H_
#define WEIR_BINDING_RECORD_CALLS_H_

#include <napi.h>

#include "live/engine.h"

namespace weir::binding {

Napi::Value StartRecording(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value RecordTo(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value StopRecording(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value Recordings(Engine& engine, const Napi::CallbackInfo& info);
Napi::Value RepairRecordingFile(Engine& engine, const Napi::CallbackInfo& info);

// REQUIRES: event.record.
Napi::Object FromRecord(Napi::Env env, const Event& event);

}  // namespace weir::binding

#endif  // WEIR_BINDING_RECORD_CALLS_H_
