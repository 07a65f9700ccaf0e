#include "binding/engine_object.h"

#include <algorithm>
#include <utility>

#include "binding/convert.h"
#include "binding/object_calls.h"
#include "binding/range_calls.h"
#include "binding/record_calls.h"
#include "binding/relay_calls.h"

namespace weir::binding {
namespace {

uint64_t ToConnection(const Napi::CallbackInfo& info) {
  double number = info[0].ToNumber().DoubleValue();
  return number > 0 ? static_cast<uint64_t>(number) : 0;
}

Service ToService(const Napi::Value& value) {
  return value.ToString().Utf8Value() == "http" ? Service::kHttp : Service::kRtmp;
}

}  // namespace

Napi::Object EngineObject::Create(Napi::Env env, Napi::Object options, Napi::Function on_events) {
  auto* self = new EngineObject(ToEngineOptions(options));
  self->doorbell_ = Doorbell::New(env, on_events, "weir events", 0, 1, self);
  if (!self->engine_->Start()) {
    self->TearDown();
    delete self;
    throw Napi::Error::New(env, "the engine can't start: no thread, epoll set or eventfd could be made");
  }
  // After the doorbell's own hook was added, so that it runs before it.
  napi_add_env_cleanup_hook(
      env, [](void* data) { static_cast<EngineObject*>(data)->TearDown(); }, self);
  return self->Expose(env);
}

EngineObject::EngineObject(EngineOptions options)
    : engine_(new Engine(std::move(options), [this] { doorbell_.NonBlockingCall(); })) {}

EngineObject::~EngineObject() = default;

Napi::Object EngineObject::Expose(Napi::Env env) {
  Napi::Object object = Napi::Object::New(env);
  auto add = [&](const char* name, Method method) {
    auto call = [this, method](const Napi::CallbackInfo& info) { return (this->*method)(info); };
    object.Set(name, Napi::Function::New(env, call, name));
  };
  add("listen", &EngineObject::Listen);
  add("unlisten", &EngineObject::Unlisten);
  add("configure", &EngineObject::Configure);
  add("regrant", &EngineObject::Regrant);
  add("closeVhost", &EngineObject::CloseVhost);
  add("drain", &EngineObject::Drain);
  add("acceptConnect", &EngineObject::AcceptConnect);
  add("rejectConnect", &EngineObject::Reject<Request::kConnect>);
  add("acceptPublish", &EngineObject::AcceptPublish);
  add("rejectPublish", &EngineObject::Reject<Request::kPublish>);
  add("acceptPlay", &EngineObject::AcceptPlay);
  add("rejectPlay", &EngineObject::Reject<Request::kPlay>);
  add("kick", &EngineObject::Kick);
  add("stats", &EngineObject::Stats);
  add("connections", &EngineObject::Connections);
  add("stop", &EngineObject::Stop);
  auto add_call = [&](const char* name, Napi::Value (*call)(Engine&, const Napi::CallbackInfo&)) {
    object.Set(name, Napi::Function::New(
                         env, [this, call](const Napi::CallbackInfo& info) { return call(*engine_, info); }, name));
  };
  add_call("push", StartPush);
  add_call("pull", StartPull);
  add_call("putObject", PutObject);
  add_call("removeObject", RemoveObject);
  add_call("promiseObject", PromiseObject);
  add_call("setVhosts", SetVhosts);
  add_call("openView", OpenView);
  add_call("followView", FollowView);
  add_call("closeView", CloseView);
  add_call("acceptView", AcceptView);
  add_call("releaseRange", ReleaseRange);
  add_call("writeRange", WriteRange);
  add_call("readRange", ReadRange);
  add_call("logMemory", LogMemory);
  add_call("startRecording", StartRecording);
  add_call("recordTo", RecordTo);
  add_call("stopRecording", StopRecording);
  add_call("recordings", Recordings);
  add_call("repairRecording", RepairRecordingFile);
  return object;
}

Napi::Value EngineObject::Listen(const Napi::CallbackInfo& info) {
  std::string host = info[0].ToString().Utf8Value();
  SocketAddress wanted{host == "*" ? "" : host, static_cast<uint16_t>(info[1].ToNumber().Uint32Value())};
  int error = 0;
  SocketAddress bound = engine_->Listen(wanted, ToService(info[2]), error);
  if (error != 0) throw SystemError(info.Env(), "listen", error);
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("host", Napi::String::New(info.Env(), bound.host));
  object.Set("port", Napi::Number::New(info.Env(), bound.port));
  return object;
}

Napi::Value EngineObject::Unlisten(const Napi::CallbackInfo& info) {
  SocketAddress address{info[0].ToString().Utf8Value(), static_cast<uint16_t>(info[1].ToNumber().Uint32Value())};
  return Napi::Boolean::New(info.Env(), engine_->Unlisten(address, ToService(info[2])));
}

Napi::Value EngineObject::Configure(const Napi::CallbackInfo& info) {
  engine_->Configure(ToEngineTuning(info[0].As<Napi::Object>()));
  return info.Env().Undefined();
}

Napi::Value EngineObject::Regrant(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), engine_->Regrant(ToPublishGrant(info[0].As<Napi::Object>())));
}

Napi::Value EngineObject::CloseVhost(const Napi::CallbackInfo& info) {
  engine_->CloseVhost(info[0].ToString().Utf8Value());
  return info.Env().Undefined();
}

Napi::Value EngineObject::Drain(const Napi::CallbackInfo& info) {
  engine_->Drain();
  return info.Env().Undefined();
}

Napi::Value EngineObject::Decide(const Napi::CallbackInfo& info, Decision decision) {
  return Napi::Boolean::New(info.Env(), engine_->Decide(ToConnection(info), std::move(decision)));
}

Napi::Value EngineObject::AcceptConnect(const Napi::CallbackInfo& info) {
  return Decide(info, {Request::kConnect, AcceptedConnect{}});
}

Napi::Value EngineObject::AcceptPublish(const Napi::CallbackInfo& info) {
  return Decide(info, {Request::kPublish, ToPublishGrant(info[1].As<Napi::Object>())});
}

Napi::Value EngineObject::AcceptPlay(const Napi::CallbackInfo& info) {
  return Decide(info, {Request::kPlay, ToPlayGrant(info[1].As<Napi::Object>())});
}

template <Request kRequest>
Napi::Value EngineObject::Reject(const Napi::CallbackInfo& info) {
  Rejected rejected{ToReason(info[1].ToString().Utf8Value()), info[2].ToString().Utf8Value(),
                    info[3].ToString().Utf8Value()};
  return Decide(info, {kRequest, std::move(rejected)});
}

Napi::Value EngineObject::Kick(const Napi::CallbackInfo& info) {
  Reason reason = info[1].IsString() ? ToReason(info[1].ToString().Utf8Value()) : Reason::kKicked;
  return Napi::Boolean::New(info.Env(), engine_->Kick(ToConnection(info), reason));
}

Napi::Value EngineObject::Stats(const Napi::CallbackInfo& info) { return FromStats(info.Env(), engine_->Snapshot()); }

Napi::Value EngineObject::Connections(const Napi::CallbackInfo& info) {
  auto deferred = Napi::Promise::Deferred::New(info.Env());
  uint64_t ticket = next_ticket_++;
  questions_.emplace(ticket, deferred);
  engine_->RequestConnections(ticket, ToConnectionQuery(info[0].As<Napi::Object>()));
  return deferred.Promise();
}

Napi::Value EngineObject::Stop(const Napi::CallbackInfo& info) {
  if (!stopper_.joinable() && !is_torn_down_) {
    Millis grace = static_cast<Millis>(info[0].ToNumber().DoubleValue());
    stopper_ = std::thread([this, grace] {
      engine_->Stop(grace);
      has_stopped_ = true;
      doorbell_.NonBlockingCall();
    });
  }
  return info.Env().Undefined();
}

void EngineObject::OnRung(Napi::Env env, Napi::Function on_events, EngineObject* self, void*) {
  // The environment is going down: nobody listens any more.
  if (env == nullptr || on_events == nullptr) return;
  self->Deliver(env, on_events);
}

void EngineObject::Deliver(Napi::Env env, Napi::Function on_events) {
  if (is_torn_down_) return;
  Napi::HandleScope scope(env);
  bool is_last = has_stopped_;  // read before the events: none comes after it is set
  std::vector<Event> events = engine_->TakeEvents();
  Napi::Array array = Napi::Array::New(env);
  uint32_t count = 0;
  for (const Event& event : events) {
    if (event.type == Event::Type::kConnectionStats) {
      Answer(env, event);
    } else {
      array.Set(count++, FromEvent(env, event));
    }
  }
  if (is_last) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("type", Napi::String::New(env, "stopped-engine"));
    array.Set(count++, object);
    TearDown();
  }
  if (count == 0) return;
  try {
    on_events.Call({array});
  } catch (const Napi::Error& error) {
    error.ThrowAsJavaScriptException();  // becomes an uncaughtException
  }
}

void EngineObject::Answer(Napi::Env env, const Event& event) {
  auto found = questions_.find(event.count);
  if (found == questions_.end()) return;
  Napi::Promise::Deferred deferred = found->second;
  questions_.erase(found);
  deferred.Resolve(FromConnectionPage(env, event));
}

// Joins every thread and lets the environment end. The object itself stays: JavaScript may still hold its methods.
void EngineObject::TearDown() {
  if (is_torn_down_) return;
  is_torn_down_ = true;
  engine_->Stop(0);
  if (stopper_.joinable()) stopper_.join();
  doorbell_.Release();
}

}  // namespace weir::binding
