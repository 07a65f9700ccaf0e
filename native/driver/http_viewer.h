// HttpViewer: plays a stream as FLV over HTTP: reads, stalls, leaves, comes back. Lifetime: its crew's. Thread rule:
// its crew's thread.
#ifndef WEIR_DRIVER_HTTP_VIEWER_H_
#define WEIR_DRIVER_HTTP_VIEWER_H_

#include <memory>
#include <string>

#include "driver/crew.h"
#include "driver/player_check.h"
#include "proto/flv/reader.h"
#include "sys/fd.h"

namespace weir::driver {

class HttpViewer : public Actor, private IoHandler {
 public:
  // `index`: of its gap record, as a player's.
  HttpViewer(World& world, Crew& crew, int index, Random random);
  ~HttpViewer() override { Leave(); }

  void Act(Micros now) override;

 private:
  void Connect();
  void Leave();
  void OnIo(uint32_t events) override;
  void Read();
  bool ReadHead(ByteView& in);
  void ReadTags(ByteView in);
  void PublishGaps();

  World& world_;
  Crew& crew_;
  const int index_;
  Random random_;
  PlayerCheck check_;
  UniqueFd fd_;
  std::string head_;  // of the response, until it is whole
  bool has_head_ = false;
  bool is_sent_ = false;  // the request
  bool is_stalled_ = false;
  std::unique_ptr<flv::Reader> reader_;
  uint32_t life_ = 0;
  uint32_t stream_ = 0;
};

}  // namespace weir::driver

#endif  // WEIR_DRIVER_HTTP_VIEWER_H_
