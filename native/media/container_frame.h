// ContainerFrame: what a publisher's message is for a container (MPEG-TS, fragmented MP4), told before it is written.
// Lifetime: a value. Thread rule: plain value.
#ifndef WEIR_MEDIA_CONTAINER_FRAME_H_
#define WEIR_MEDIA_CONTAINER_FRAME_H_

#include "base/reason.h"
#include "media/frame.h"

namespace weir {

struct ContainerFrame {
  FrameKind kind = FrameKind::kOther;  // kVideo or kAudio: a frame, which is to be written; kOther: nothing is
  bool is_key = false;                 // video: decoding can begin with it
  // Decoders of its track must be set up anew: another codec, configuration or picture size than its last frame had,
  // whoever published that. Also at a key frame, if the next frame of the other track will say so.
  bool is_new_setup = false;
  // The newest init segment does not fit any more: with this frame tracks have come, gone or changed.
  bool is_new_init = false;
  Reason reason = Reason::kNone;  // why the message is left out; kCodecUnsupported once for each change of codec
};

}  // namespace weir

#endif  // WEIR_MEDIA_CONTAINER_FRAME_H_
