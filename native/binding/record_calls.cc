#include "binding/record_calls.h"

#include <cstring>
#include <string>
#include <utility>

#include "binding/convert.h"
#include "binding/fill.h"
#include "live/record_facts.h"

namespace weir::binding {
namespace {

uint64_t IdOf(const Napi::Value& value) {
  double number = value.ToNumber().DoubleValue();
  return number > 0 ? static_cast<uint64_t>(number) : 0;
}

RecordAs ToFormat(const std::string& name) {
  if (name == "ts") return RecordAs::kTs;
  return name == "mp4" ? RecordAs::kMp4 : RecordAs::kFlv;
}

TimeJitter ToJitter(const std::string& name) {
  if (name == "zero") return TimeJitter::kZero;
  return name == "off" ? TimeJitter::kOff : TimeJitter::kFull;
}

RecordingRules ToRules(Napi::Object object) {
  auto number = [&](const char* key) { return object.Get(key).ToNumber().Int64Value(); };
  auto flag = [&](const char* key) { return object.Get(key).ToBoolean().Value(); };
  auto text = [&](const char* key) { return object.Get(key).ToString().Utf8Value(); };
  RecordingRules rules;
  rules.format = ToFormat(text("format"));
  rules.segment = number("segment");
  rules.wait_keyframe = flag("waitKeyframe");
  rules.appends = flag("appends");
  rules.from_publish = flag("fromPublish");
  rules.time_jitter = ToJitter(text("timeJitter"));
  rules.backlog = static_cast<uint64_t>(number("backlog"));
  return rules;
}

std::string ErrorName(int error) { return error == 0 ? "" : strerrorname_np(error); }

const char* TypeName(Event::Type type) {
  switch (type) {
    case Event::Type::kRecordNext:
      return "recordNext";
    case Event::Type::kRecordFile:
      return "recordFile";
    case Event::Type::kRecordGap:
      return "recordGap";
    default:
      return "recordEnd";
  }
}

// Settles a promise with what was done on libuv's pool.
class RepairWorker final : public Napi::AsyncWorker {
 public:
  RepairWorker(Napi::Env env, std::string path, RecordAs as)
      : AsyncWorker(env), deferred_(env), path_(std::move(path)), as_(as) {}

  Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override { error_ = RepairRecording(as_, path_, facts_); }
  void OnOK() override {
    Napi::Env env = Env();
    Napi::HandleScope scope(env);
    Napi::Object object = Napi::Object::New(env);
    Fill fill(env, object);
    fill.Text("error", ErrorName(error_)).Number("bytes", AsNumber(facts_.bytes));
    fill.Number("duration", static_cast<double>(facts_.duration)).Number("cut", AsNumber(facts_.cut));
    deferred_.Resolve(object);
  }

 private:
  Napi::Promise::Deferred deferred_;
  const std::string path_;
  const RecordAs as_;
  RecordFacts facts_;
  int error_ = 0;
};

}  // namespace

Napi::Value StartRecording(Engine& engine, const Napi::CallbackInfo& info) {
  const uint64_t id = engine.recorder().Start(ToStreamKey(info[0].As<Napi::Object>()),
                                              ToRules(info[1].As<Napi::Object>()), info[2].ToString().Utf8Value());
  return Napi::Number::New(info.Env(), AsNumber(id));
}

Napi::Value RecordTo(Engine& engine, const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), engine.recorder().RecordTo(IdOf(info[0]), info[1].ToString().Utf8Value()));
}

Napi::Value StopRecording(Engine& engine, const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), engine.recorder().Stop(IdOf(info[0]), info[1].ToBoolean().Value()));
}

Napi::Value Recordings(Engine& engine, const Napi::CallbackInfo& info) {
  Napi::Array all = Napi::Array::New(info.Env());
  uint32_t count = 0;
  for (const RecordingStats& stats : engine.recorder().Snapshot()) {
    Napi::Object object = Napi::Object::New(info.Env());
    Fill fill(info.Env(), object);
    fill.Key(stats.key).Number("recording", AsNumber(stats.recording)).Text("file", stats.path);
    fill.Number("bytes", AsNumber(stats.bytes)).Number("duration", static_cast<double>(stats.duration));
    fill.Number("waiting", AsNumber(stats.waiting)).Number("gaps", AsNumber(stats.gaps));
    fill.Number("lost", AsNumber(stats.lost));
    all.Set(count++, object);
  }
  return all;
}

Napi::Value RepairRecordingFile(Engine&, const Napi::CallbackInfo& info) {
  auto* worker = new RepairWorker(info.Env(), info[0].ToString().Utf8Value(),
                                  ToFormat(info[1].ToString().Utf8Value()));  // frees itself
  Napi::Promise promise = worker->promise();
  worker->Queue();
  return promise;
}

Napi::Object FromRecord(Napi::Env env, const Event& event) {
  const RecordFacts& facts = *event.record;
  Napi::Object object = Napi::Object::New(env);
  Fill fill(env, object);
  fill.Text("type", TypeName(event.type)).Key(event.key).Number("recording", AsNumber(facts.recording));
  if (event.type == Event::Type::kRecordGap) fill.Number("bytes", AsNumber(facts.bytes));
  if (event.type == Event::Type::kRecordFile) {
    fill.Number("bytes", AsNumber(facts.bytes)).Number("duration", static_cast<double>(facts.duration));
  }
  if (event.type == Event::Type::kRecordFile || event.type == Event::Type::kRecordEnd) {
    fill.Text("file", facts.path).Text("error", ErrorName(facts.error));
  }
  return object;
}

}  // namespace weir::binding
