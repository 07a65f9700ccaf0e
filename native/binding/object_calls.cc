#include "binding/object_calls.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "binding/convert.h"
#include "proto/http/content_type.h"
#include "sys/regular_file.h"

namespace weir::binding {
namespace {

uint64_t ToNumber(Napi::Value value) {
  double number = value.ToNumber().DoubleValue();
  return number > 0 ? static_cast<uint64_t>(number) : 0;
}

Millis ToMillis(Napi::Object object, const char* name) { return static_cast<Millis>(ToNumber(object.Get(name))); }

// Optional: 0 when absent.
uint64_t ToView(Napi::Object object) {
  Napi::Value view = object.Get("view");
  return view.IsUndefined() ? 0 : ToNumber(view);
}

// Optional: a list when absent.
bool IsPiece(Napi::Object object) { return object.Get("role").ToString().Utf8Value() == "piece"; }

Buffer ToBytes(Napi::Value value) {
  auto bytes = value.As<Napi::Uint8Array>();
  return {bytes.Data(), bytes.Data() + bytes.ByteLength()};
}

StoredFile OpenFile(Napi::Env env, const std::string& path) {
  StoredFile file;
  int error = 0;
  file.fd = OpenRegularFile(path, file.size, error);
  if (error != 0) throw SystemError(env, "open", error);
  return file;
}

void ReadBody(Engine& engine, Napi::Value body, StoredObject& object) {
  if (body.IsTypedArray()) {
    object.body = ToBytes(body);
    return;
  }
  auto source = body.As<Napi::Object>();
  if (source.Has("file")) {
    object.body = OpenFile(body.Env(), source.Get("file").ToString().Utf8Value());
    return;
  }
  std::shared_ptr<const HeldRange> range = engine.ranges().Find(ToNumber(source.Get("range")));
  if (!range) throw Napi::Error::New(body.Env(), "the range is gone");
  object.body = std::move(range);
}

LiveList ToLiveList(Napi::Object object) {
  LiveList list;
  list.end.msn = ToNumber(object.Get("msn"));
  list.end.part = static_cast<int64_t>(object.Get("part").ToNumber().DoubleValue());
  list.end.previous_parts = ToNumber(object.Get("previousParts"));
  list.end.part_limit = ToNumber(object.Get("partLimit"));
  list.end.has_ended = object.Get("ended").ToBoolean();
  list.hold = ToMillis(object, "hold");
  Napi::Value delta = object.Get("delta");
  if (delta.IsTypedArray()) list.delta = ToBytes(delta);
  return list;
}

[[noreturn]] void ThrowViewGone(Napi::Env env) { throw Napi::Error::New(env, "the view is gone"); }

}  // namespace

Napi::Value PutObject(Engine& engine, const Napi::CallbackInfo& info) {
  auto from = info[1].As<Napi::Object>();
  auto object = std::make_shared<StoredObject>();
  ReadBody(engine, from.Get("body"), *object);
  std::string key = info[0].ToString().Utf8Value();
  object->content_type = from.Get("contentType").ToString().Utf8Value();
  if (object->content_type.empty()) object->content_type = http::ContentType(key);
  if (from.Has("location")) object->location = from.Get("location").ToString().Utf8Value();
  object->cache_control = from.Get("cacheControl").ToString().Utf8Value();
  object->etag = from.Get("etag").ToString().Utf8Value();
  object->view = ToView(from);
  object->is_piece = IsPiece(from);
  Napi::Value live = from.Get("live");
  if (live.IsObject()) object->live = ToLiveList(live.As<Napi::Object>());
  if (!engine.store().Put(std::move(key), std::move(object))) ThrowViewGone(info.Env());
  return info.Env().Undefined();
}

Napi::Value RemoveObject(Engine& engine, const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), engine.store().Remove(info[0].ToString().Utf8Value()));
}

Napi::Value PromiseObject(Engine& engine, const Napi::CallbackInfo& info) {
  auto options = info[1].As<Napi::Object>();
  ObjectStore::Promised promised{
      .view = ToView(options), .hold = ToMillis(options, "hold"), .is_piece = IsPiece(options)};
  bool is_promised = engine.store().Promise(info[0].ToString().Utf8Value(), promised);
  if (!is_promised) ThrowViewGone(info.Env());
  return info.Env().Undefined();
}

Napi::Value SetVhosts(Engine& engine, const Napi::CallbackInfo& info) {
  auto list = info[0].As<Napi::Array>();
  std::vector<std::string> names;
  for (uint32_t i = 0; i < list.Length(); ++i) names.push_back(list.Get(i).ToString().Utf8Value());
  std::optional<std::string> fallback;
  if (info[1].IsString()) fallback = info[1].ToString().Utf8Value();
  engine.store().SetVhosts(std::move(names), std::move(fallback));
  return info.Env().Undefined();
}

Napi::Value OpenView(Engine& engine, const Napi::CallbackInfo& info) {
  auto from = info[1].As<Napi::Object>();
  ViewOptions options{.ask = from.Get("ask").ToBoolean(), .grant = ToMillis(from, "grant")};
  options.idle = from.Get("idle").IsUndefined() ? options.grant : ToMillis(from, "idle");
  uint64_t view = engine.store().OpenView(ToStreamKey(info[0].As<Napi::Object>()), options);
  return Napi::Number::New(info.Env(), static_cast<double>(view));
}

Napi::Value FollowView(Engine& engine, const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), engine.store().FollowView(ToNumber(info[0]), ToNumber(info[1])));
}

Napi::Value CloseView(Engine& engine, const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), engine.store().CloseView(ToNumber(info[0])));
}

Napi::Value AcceptView(Engine& engine, const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), engine.AcceptView(ToNumber(info[0])));
}

}  // namespace weir::binding
