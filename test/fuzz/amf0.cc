// Any bytes as AMF0: reading and skipping agree, what was read can be written and read again, metadata is rewritten or
// refused.
#include "media/amf0.h"

#include <cstdlib>

#include "media/metadata.h"

namespace {

using weir::Buffer;
using weir::ByteView;
using weir::Reason;

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Buffer input(data, data + size);
  weir::amf0::Reader reading(input);
  weir::amf0::Reader skipping(input);
  while (!reading.empty()) {
    weir::amf0::Value value;
    const Reason reason = reading.Read(value);
    Check(skipping.Skip() == reason);
    if (reason != Reason::kNone) break;
    Check(reading.rest().size() == skipping.rest().size());

    // The second writing is the first: what is written is in its final form.
    Buffer once;
    weir::amf0::AppendValue(once, value);
    weir::amf0::Value again;
    weir::amf0::Reader rereading(once);
    Check(rereading.Read(again) == Reason::kNone && rereading.empty());
    Buffer twice;
    weir::amf0::AppendValue(twice, again);
    Check(once == twice);
  }

  const weir::DataMessage message = weir::ClassifyData(input);
  if (message.kind != weir::DataKind::kMetadata) return 0;
  Buffer out;
  weir::MetadataFacts facts;
  if (weir::RewriteMetadata(input, "weir/0", out, facts) != Reason::kNone) return 0;
  Check(weir::ClassifyData(out).kind == weir::DataKind::kMetadata);
  Buffer again;
  Check(weir::RewriteMetadata(out, "weir/0", again, facts) == Reason::kNone && again == out);
  return 0;
}
