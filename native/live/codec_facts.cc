#include "live/codec_facts.h"

#include <utility>

#include "media/frame_body.h"
#include "proto/fmp4/track_config.h"

namespace weir {

void CodecFacts::Clear() {
  std::lock_guard lock(mutex_);
  values_ = {};
}

void CodecFacts::Take(const FrameInfo& header) {
  FrameBody body;
  fmp4::TrackConfig config;
  if (!ReadFrameBody(header, body) || !fmp4::ReadTrackConfig(body.codec, body.data, config)) config = {};
  std::lock_guard lock(mutex_);
  if (header.kind == FrameKind::kAudio) {
    values_.audio = std::move(config.text);
    return;
  }
  values_.video = std::move(config.text);
  values_.width = config.width;
  values_.height = config.height;
}

CodecFacts::Values CodecFacts::values() const {
  std::lock_guard lock(mutex_);
  return values_;
}

}  // namespace weir
