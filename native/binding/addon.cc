// The addon's table of contents: what src/native.ts declares.
#include <napi.h>

#include <csignal>

#include "base/reason.h"
#include "binding/engine_object.h"
#include "sys/tcp.h"

namespace weir::binding {
namespace {

Napi::Value CreateEngine(const Napi::CallbackInfo& info) {
  return EngineObject::Create(info.Env(), info[0].As<Napi::Object>(), info[1].As<Napi::Function>());
}

Napi::Value RaiseLimit(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(RaiseFileLimit()));
}

Napi::Value ReasonNames(const Napi::CallbackInfo& info) {
  Napi::Array names = Napi::Array::New(info.Env(), kReasonCount);
  for (uint32_t i = 0; i < kReasonCount; ++i) names.Set(i, Napi::String::New(info.Env(), kReasonNames[i]));
  return names;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  signal(SIGPIPE, SIG_IGN);  // Node does it too; sendfile has no flag against it
  exports.Set("createEngine", Napi::Function::New(env, CreateEngine, "createEngine"));
  exports.Set("raiseFileLimit", Napi::Function::New(env, RaiseLimit, "raiseFileLimit"));
  exports.Set("reasonNames", Napi::Function::New(env, ReasonNames, "reasonNames"));
  return exports;
}

}  // namespace

NODE_API_MODULE(weir, Init)

}  // namespace weir::binding
