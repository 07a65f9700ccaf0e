// RecordingFormat: frames of a stream in, bytes of a file out: what a recording is written as. Adding a format adds one
// subclass and touches no other. Lifetime: that of one file. Thread rule: one thread at a time, which may wait for a
// disk where a file is given.
#ifndef WEIR_LIVE_RECORDING_FORMAT_H_
#define WEIR_LIVE_RECORDING_FORMAT_H_

#include <memory>

#include "base/bytes.h"
#include "live/format_log.h"
#include "live/headers.h"
#include "sys/record_file.h"

namespace weir {

enum class RecordAs : uint8_t { kFlv, kTs, kMp4 };

class RecordingFormat {
 public:
  RecordingFormat() = default;
  virtual ~RecordingFormat() = default;
  RecordingFormat(const RecordingFormat&) = delete;
  RecordingFormat& operator=(const RecordingFormat&) = delete;

  // A new file begins with these headers.
  virtual void Begin(const StreamHeaders& headers, Buffer& out) = 0;
  // Goes on with a file of before; cuts off what is incomplete at its end. Its last time in `newest`. 0, or an errno;
  // EINVAL: the file is none of ours.
  [[nodiscard]] virtual int Resume(RecordFile& file, int64_t& newest) = 0;
  // Other headers hold from now on.
  virtual void Change(const StreamHeaders& headers, int64_t now, Buffer& out) = 0;
  // Whether the frame has no place in this file. Asked once before each Write.
  [[nodiscard]] virtual bool NeedsNewFile(const MediaFrame& frame) = 0;
  virtual void Write(const MediaFrame& frame, Buffer& out) = 0;
  // What waits.
  virtual void Flush(Buffer& out) = 0;
  // All is written: what could be known only now. 0, or an errno; the file can be played without it.
  [[nodiscard]] virtual int Finish(RecordFile& file, int64_t duration) = 0;
};

// `expected` is the length of a file, 0 where nobody knows.
std::unique_ptr<RecordingFormat> MakeRecordingFormat(RecordAs as, Millis expected);

}  // namespace weir

#endif  // WEIR_LIVE_RECORDING_FORMAT_H_
