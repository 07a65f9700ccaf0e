#include "binding/relay_calls.h"

#include <string>
#include <utility>

#include "binding/convert.h"
#include "binding/fill.h"

namespace weir::binding {
namespace {

std::string Text(Napi::Object from, const char* name) { return from.Get(name).ToString().Utf8Value(); }
int64_t Number(Napi::Object from, const char* name) { return from.Get(name).ToNumber().Int64Value(); }

RelayPeer ToPeer(Napi::Object from) {
  return {
      .address = {Text(from, "host"), static_cast<uint16_t>(Number(from, "port"))},
      .tc_url = Text(from, "tcUrl"),
      .app = Text(from, "app"),
      .stream = Text(from, "stream"),
      .relay_path = Text(from, "relayPath"),
      .connect_timeout = Number(from, "connectTimeout"),
      .answer_timeout = Number(from, "answerTimeout"),
  };
}

}  // namespace

Napi::Value StartPush(Engine& engine, const Napi::CallbackInfo& info) {
  Push push;
  FillStreamGrant(info[0].As<Napi::Object>(), push.grant);
  push.peer = ToPeer(info[1].As<Napi::Object>());
  return Napi::Number::New(info.Env(), AsNumber(engine.StartRelay(std::move(push))));
}

Napi::Value StartPull(Engine& engine, const Napi::CallbackInfo& info) {
  auto here = info[1].As<Napi::Object>();
  Pull pull{
      .peer = ToPeer(info[0].As<Napi::Object>()),
      .media_timeout = Number(here, "mediaTimeout"),
      .tc_url = Text(here, "tcUrl"),
      .app = Text(here, "app"),
      .stream = Text(here, "name"),
  };
  return Napi::Number::New(info.Env(), AsNumber(engine.StartRelay(std::move(pull))));
}

}  // namespace weir::binding
