#include "binding/cut_event.h"

#include <algorithm>

#include "binding/fill.h"

namespace weir::binding {
namespace {

const char* TypeName(Event::Type type) {
  if (type == Event::Type::kHlsInit) return "hlsInit";
  return type == Event::Type::kPart ? "part" : "fragment";
}

}  // namespace

Napi::Object FromCut(Napi::Env env, const Event& event) {
  Napi::Object object = Napi::Object::New(env);
  Fill fill(env, object);
  fill.Text("type", TypeName(event.type)).Key(event.key);
  const CutFacts& cut = *event.cut;
  if (event.type == Event::Type::kHlsInit) {
    auto bytes = Napi::Uint8Array::New(env, cut.init.size());
    std::copy(cut.init.begin(), cut.init.end(), bytes.Data());
    fill.Number("version", cut.init_version).Text("codecs", cut.codecs).Set("bytes", bytes);
    return object;
  }
  fill.Number("range", AsNumber(cut.range)).Number("publish", AsNumber(cut.publish));
  fill.Number("start", static_cast<double>(cut.piece.start));
  fill.Number("duration", static_cast<double>(cut.piece.duration)).Number("bytes", AsNumber(cut.bytes));
  fill.Flag("independent", cut.piece.independent).Flag("discontinuity", cut.piece.discontinuity);
  fill.Number("initVersion", cut.init_version);
  if (event.type == Event::Type::kPart) {
    fill.Number("index", cut.piece.index);
  } else {
    fill.Flag("hasVideo", cut.piece.has_video).Flag("hasAudio", cut.piece.has_audio).Flag("last", cut.piece.last);
    fill.Number("logBytes", static_cast<double>(cut.log_bytes));
  }
  return object;
}

}  // namespace weir::binding
