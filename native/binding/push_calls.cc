#include "binding/push_calls.h"

#include <string>
#include <utility>

#include "binding/convert.h"
#include "binding/fill.h"

namespace weir::binding {

Napi::Value StartPush(Engine& engine, const Napi::CallbackInfo& info) {
  auto from = info[1].As<Napi::Object>();
  auto text = [&](const char* name) { return from.Get(name).ToString().Utf8Value(); };
  auto number = [&](const char* name) { return from.Get(name).ToNumber().Int64Value(); };
  Push push;
  FillStreamGrant(info[0].As<Napi::Object>(), push.grant);
  push.target = {text("host"), static_cast<uint16_t>(number("port"))};
  push.tc_url = text("tcUrl");
  push.app = text("app");
  push.stream = text("stream");
  push.relay_path = text("relayPath");
  push.connect_timeout = number("connectTimeout");
  push.answer_timeout = number("answerTimeout");
  return Napi::Number::New(info.Env(), AsNumber(engine.StartPush(std::move(push))));
}

}  // namespace weir::binding
