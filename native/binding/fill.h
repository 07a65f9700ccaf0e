// Fill: sets properties of a JavaScript object one after the other. Lifetime: of a call. Thread rule: the JavaScript
// thread.
#ifndef WEIR_BINDING_FILL_H_
#define WEIR_BINDING_FILL_H_

#include <napi.h>

#include <cstdint>
#include <string_view>

#include "live/grant.h"
#include "live/stats.h"

namespace weir::binding {

inline double AsNumber(uint64_t value) { return static_cast<double>(value); }

class Fill {
 public:
  Fill(Napi::Env env, Napi::Object object) : env_(env), object_(object) {}

  Fill& Number(const char* key, double value) { return Set(key, Napi::Number::New(env_, value)); }
  Fill& Flag(const char* key, bool value) { return Set(key, Napi::Boolean::New(env_, value)); }
  Fill& Text(const char* key, std::string_view value) {
    return Set(key, Napi::String::New(env_, value.data(), value.size()));
  }
  Fill& Set(const char* key, Napi::Value value) {
    object_.Set(key, value);
    return *this;
  }
  Fill& Key(const StreamKey& key) { return Text("vhost", key.vhost).Text("app", key.app).Text("stream", key.stream); }
  Fill& In(const Rates& rates) { return Number("inRate3", rates.over3).Number("inRate30", rates.over30); }
  Fill& Out(const Rates& rates) { return Number("outRate3", rates.over3).Number("outRate30", rates.over30); }

 private:
  Napi::Env env_;
  Napi::Object object_;
};

}  // namespace weir::binding

#endif  // WEIR_BINDING_FILL_H_
