// What is told of a stream that is cut for HLS, as src/native/hls.ts has it. Lifetime: values. Thread rule: the
// JavaScript thread.
#ifndef WEIR_BINDING_CUT_EVENT_H_
#define WEIR_BINDING_CUT_EVENT_H_

#include <napi.h>

#include "live/event.h"

namespace weir::binding {

// A fragment, a part or an init segment. REQUIRES: event.cut.
Napi::Object FromCut(Napi::Env env, const Event& event);

}  // namespace weir::binding

#endif  // WEIR_BINDING_CUT_EVENT_H_
