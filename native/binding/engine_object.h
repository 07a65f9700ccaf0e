// EngineObject: the engine as a JavaScript object: commands in, events out through one doorbell.
// Lifetime: keeps itself alive from its creation until the engine has stopped, or until the environment is torn down:
// cleanup hook -> stop flag -> wake -> join the threads -> release the doorbell (design 3). Thread rule: the JavaScript
// thread; only the doorbell is rung from others.
#ifndef WEIR_BINDING_ENGINE_OBJECT_H_
#define WEIR_BINDING_ENGINE_OBJECT_H_

#include <napi.h>

#include <atomic>
#include <map>
#include <memory>
#include <thread>

#include "live/engine.h"

namespace weir::binding {

class EngineObject {
 public:
  // `on_events` gets arrays of events, at most one call per turn of the loop. Throws when the engine can't start.
  static Napi::Object Create(Napi::Env env, Napi::Object options, Napi::Function on_events);
  ~EngineObject();
  EngineObject(const EngineObject&) = delete;
  EngineObject& operator=(const EngineObject&) = delete;

 private:
  static void OnRung(Napi::Env env, Napi::Function on_events, EngineObject* self, void* data);
  using Doorbell = Napi::TypedThreadSafeFunction<EngineObject, void, &EngineObject::OnRung>;
  using Method = Napi::Value (EngineObject::*)(const Napi::CallbackInfo& info);

  explicit EngineObject(EngineOptions options);

  Napi::Object Expose(Napi::Env env);
  Napi::Value Listen(const Napi::CallbackInfo& info);
  Napi::Value Unlisten(const Napi::CallbackInfo& info);
  Napi::Value Configure(const Napi::CallbackInfo& info);
  Napi::Value Regrant(const Napi::CallbackInfo& info);
  Napi::Value CloseVhost(const Napi::CallbackInfo& info);
  Napi::Value Drain(const Napi::CallbackInfo& info);
  Napi::Value AcceptConnect(const Napi::CallbackInfo& info);
  Napi::Value AcceptPublish(const Napi::CallbackInfo& info);
  Napi::Value AcceptPlay(const Napi::CallbackInfo& info);
  template <Request kRequest>
  Napi::Value Reject(const Napi::CallbackInfo& info);
  Napi::Value Kick(const Napi::CallbackInfo& info);
  Napi::Value Stats(const Napi::CallbackInfo& info);
  Napi::Value Connections(const Napi::CallbackInfo& info);
  Napi::Value Stop(const Napi::CallbackInfo& info);

  Napi::Value Decide(const Napi::CallbackInfo& info, Decision decision);
  void Deliver(Napi::Env env, Napi::Function on_events);
  void Answer(Napi::Env env, const Event& event);
  void TearDown();

  Doorbell doorbell_;
  std::unique_ptr<Engine> engine_;
  std::thread stopper_;
  std::atomic<bool> has_stopped_{false};
  bool is_torn_down_ = false;
  uint64_t next_ticket_ = 1;
  std::map<uint64_t, Napi::Promise::Deferred> questions_;
};

}  // namespace weir::binding

#endif  // WEIR_BINDING_ENGINE_OBJECT_H_
