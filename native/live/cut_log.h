// CutLog: a log that HLS is cut from while the publisher's grant asks for its container. Lifetime and thread rule: as
// FormatLog.
#ifndef WEIR_LIVE_CUT_LOG_H_
#define WEIR_LIVE_CUT_LOG_H_

#include <optional>

#include "live/format_log.h"
#include "live/fragmenter.h"
#include "media/container_frame.h"

namespace weir {

class CutLog : public FormatLog {
 public:
  // No container: it is never cut.
  CutLog(MemoryBudget& budget, std::optional<Container> container, FragmentSink& sink)
      : FormatLog(budget), container_(container), fragmenter_(log(), sink) {}

  void BeginPublish(const PublishGrant& grant) override;
  void EndPublish() override;
  void Regrant(const PublishGrant& grant) override;
  bool Write(const MediaFrame& frame, const StreamHeaders& headers, bool changed) override;

 protected:
  using Cut = Cutter::Cut;

  // The muxer. A message, which may be a sequence header.
  virtual ContainerFrame Read(uint8_t type, ByteView payload, int64_t dts) = 0;
  // The frame that was read, behind a cut.
  virtual bool WriteFrame(const ContainerFrame& frame, int64_t dts, Cut cut) = 0;
  // What waits.
  virtual bool Flush() = 0;
  // The publisher took his tracks along.
  virtual void Forget() = 0;
  // What is written next is to stand for itself.
  virtual void BeginAnew() = 0;

  // Tells what ended, when all of it is in the log.
  void Close(Cut cut) { fragmenter_.Close(cut); }
  bool AppendEntry(ByteView bytes, const Entry& entry);
  Fragmenter& fragmenter() { return fragmenter_; }
  bool is_cut() const { return is_cut_; }

 private:
  bool IsWanted(const PublishGrant& grant) const { return grant.hls && grant.hls->container == container_; }
  void BeginCuts(const PublishGrant& grant);
  void EndCuts();
  void ReadHeaders(const StreamHeaders& headers, int64_t dts);
  void Count(Reason reason);

  const std::optional<Container> container_;
  Fragmenter fragmenter_;
  bool has_headers_ = false;
  bool is_cut_ = false;
};

}  // namespace weir

#endif  // WEIR_LIVE_CUT_LOG_H_
