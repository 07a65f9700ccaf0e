#include "driver/audience_process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>

#include "driver/crew.h"
#include "driver/stamp.h"
#include "driver/wire.h"

namespace weir::driver {
namespace {

constexpr Micros kFrameInterval = 100'000;
constexpr uint32_t kFramesPerGop = 10;
// Connections begin a few at a time, so that no backlog fills.
constexpr int kJoinsPerTurn = 20;
constexpr Micros kTurn = 10'000;

struct Order {
  uint32_t port;
  uint32_t players;
};

rtmp::ClientRequest RequestOf(bool publish) {
  rtmp::ClientRequest request;
  request.app = "live";
  request.tc_url = "rtmp://127.0.0.1/live";
  request.stream = "s0";
  request.publish = publish;
  return request;
}

// A publisher of ten small frames a second.
class Source : public Actor, private Wire::Owner {
 public:
  Source(Crew& crew, const SocketAddress& address) : wire_(crew.reactor(), *this), address_(address) {}

  void Act(Micros now) override {
    ActAt(now + kFrameInterval);
    if (!wire_.is_open()) {
      (void)wire_.Open(address_, RequestOf(true), 0);
    } else if (is_publishing_) {
      SendFrame();
    }
  }

 private:
  void SendFrame() {
    Buffer payload;
    stamp_.is_key = stamp_.number % kFramesPerGop == 0;
    AppendFrame(payload, stamp_, 500);
    wire_.Media(rtmp::kTypeVideo, stamp_.number * 100, payload);
    wire_.Flush();
    ++stamp_.number;
  }
  void OnStatus(std::string_view code) override {
    if (code != "NetStream.Publish.Start") return;
    is_publishing_ = true;
    Buffer payload;
    AppendConfig(payload, stamp_, kVideoTrack, 1);
    wire_.Media(rtmp::kTypeVideo, 0, payload);
  }
  void OnFrame(const rtmp::Message&) override {}
  void OnPong(uint32_t) override {}
  void OnGone(const std::string&, bool) override { is_publishing_ = false; }

  Wire wire_;
  const SocketAddress address_;
  Stamp stamp_;
  bool is_publishing_ = false;
};

class Viewer : private Wire::Owner {
 public:
  Viewer(Crew& crew, const SocketAddress& address, std::atomic<uint32_t>& served)
      : wire_(crew.reactor(), *this), served_(served) {
    (void)wire_.Open(address, RequestOf(false), 0);
  }

 private:
  void OnStatus(std::string_view) override {}
  void OnFrame(const rtmp::Message& message) override {
    if (is_served_ || message.type != rtmp::kTypeVideo || IsConfig(message.payload)) return;
    is_served_ = true;
    ++served_;
  }
  void OnPong(uint32_t) override {}
  void OnGone(const std::string&, bool) override {}

  Wire wire_;
  std::atomic<uint32_t>& served_;
  bool is_served_ = false;
};

// All the players.
class Crowd : public Actor {
 public:
  Crowd(Crew& crew, const SocketAddress& address) : crew_(crew), address_(address) {}

  void Act(Micros now) override {
    ActAt(now + kTurn);
    for (int i = 0; i < kJoinsPerTurn && viewers_.size() < wanted_.load(); ++i) {
      viewers_.push_back(std::make_unique<Viewer>(crew_, address_, served_));
    }
  }
  void Want(uint32_t players) { wanted_ = players; }
  bool HasAll() const { return served_.load() >= wanted_.load(); }

 private:
  Crew& crew_;
  const SocketAddress address_;
  std::atomic<uint32_t> wanted_{0};
  std::atomic<uint32_t> served_{0};
  std::vector<std::unique_ptr<Viewer>> viewers_;
};

// The child: does what it is told until nobody tells it any more.
void Serve(int orders, int reports) {
  Crew crew;
  Crowd* crowd = nullptr;
  Order order;
  while (read(orders, &order, sizeof order) == sizeof order) {
    if (crowd == nullptr) {
      SocketAddress address{"127.0.0.1", static_cast<uint16_t>(order.port)};
      auto owned = std::make_unique<Crowd>(crew, address);
      crowd = owned.get();
      crew.Add(std::make_unique<Source>(crew, address));
      crew.Add(std::move(owned));
      if (!crew.Start()) return;
    }
    crowd->Want(order.players);
    uint8_t has_all = 0;
    for (int i = 0; i < 600 && has_all == 0; ++i) {
      usleep(100'000);
      has_all = crowd->HasAll() ? 1 : 0;
    }
    if (write(reports, &has_all, 1) != 1) return;
  }
}

}  // namespace

AudienceProcess::AudienceProcess() {
  int down[2];
  int up[2];
  if (pipe(down) != 0 || pipe(up) != 0) std::abort();
  child_ = fork();
  if (child_ == 0) {
    close(down[1]);
    close(up[0]);
    Serve(down[0], up[1]);
    _exit(0);
  }
  close(down[0]);
  close(up[1]);
  orders_ = UniqueFd(down[1]);
  reports_ = UniqueFd(up[0]);
}

AudienceProcess::~AudienceProcess() {
  orders_.Reset();
  if (child_ > 0) waitpid(child_, nullptr, 0);
}

bool AudienceProcess::Grow(uint16_t port, uint32_t players) {
  Order order{port, players};
  uint8_t has_all = 0;
  if (write(orders_.get(), &order, sizeof order) != sizeof order) return false;
  return read(reports_.get(), &has_all, 1) == 1 && has_all == 1;
}

}  // namespace weir::driver
