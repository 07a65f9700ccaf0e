#include "bench/load/body_reader.h"

#include "bench/load/flv_reader.h"
#include "bench/load/ts_reader.h"
#include "bench/load/ws_reader.h"

namespace weir::load {
namespace {

class FlvBody : public BodyReader {
 public:
  bool Read(ByteView in, MediaSink& sink, Buffer&) override {
    for (;;) {
      FlvReader::Step step = reader_.Next(in);
      if (step != FlvReader::Step::kTag) return step == FlvReader::Step::kMore;
      sink.OnMedia({.type = reader_.type(), .timestamp = reader_.timestamp(), .payload = reader_.body()});
    }
  }
  std::string problem() const override { return std::string("flv: ") + reader_.problem(); }

 private:
  FlvReader reader_;
};

class WsFlvBody : public BodyReader {
 public:
  bool Read(ByteView in, MediaSink& sink, Buffer& out) override {
    for (;;) {
      switch (frames_.Next(in)) {
        case WsReader::Step::kPayload:
          if (!flv_.Read(frames_.payload(), sink, out)) return Fail(flv_.problem());
          break;
        case WsReader::Step::kPing:
          AppendClientFrame(out, ws::Opcode::kPong, frames_.payload());
          break;
        case WsReader::Step::kClose:
          return Fail("closed by the server, code " + std::to_string(frames_.close_code()));
        case WsReader::Step::kMore:
          return true;
        case WsReader::Step::kBroken:
          return Fail(std::string("websocket: ") + frames_.problem());
      }
    }
  }
  std::string problem() const override { return problem_; }

 private:
  bool Fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  WsReader frames_;
  FlvBody flv_;
  std::string problem_;
};

class TsBody : public BodyReader {
 public:
  bool Read(ByteView in, MediaSink& sink, Buffer&) override { return reader_.Read(in, sink); }
  std::string problem() const override { return std::string("ts: ") + reader_.problem(); }

 private:
  TsReader reader_;
};

}  // namespace

std::unique_ptr<BodyReader> MakeBodyReader(Protocol protocol) {
  if (protocol == Protocol::kTs) return std::make_unique<TsBody>();
  if (protocol == Protocol::kWsFlv) return std::make_unique<WsFlvBody>();
  return std::make_unique<FlvBody>();
}

}  // namespace weir::load
