#include "driver/vandal.h"

#include "media/amf0.h"

namespace weir::driver {
namespace {

constexpr Micros kMilli = 1'000;
constexpr int kLittleBuffer = 4'096;

}  // namespace

Vandal::Vandal(World& world, Crew& crew, Random random)
    : world_(world), random_(random), wire_(crew.reactor(), *this) {}

void Vandal::Act(Micros now) {
  if (is_done_) return Begin(now);
  if (now >= until_) return End(now);
  GoOn();
  ActAt(now + 50 * kMilli);
}

void Vandal::Begin(Micros now) {
  world_.verdict.Count(Tally::kVandals);
  is_done_ = false;
  until_ = now + random_.Between(10, 3'500) * kMilli;
  deed_ = static_cast<Deed>(random_.Below(static_cast<uint64_t>(Deed::kCount)));
  ActAt(now + 20 * kMilli);
  int error = 0;
  switch (deed_) {
    case Deed::kGarbage:
    case Deed::kHalfHandshake:
    case Deed::kSlowBytes:
      fd_ = ConnectTcp(world_.address, error);
      break;
    case Deed::kHttpFlood:
      fd_ = ConnectTcp(world_.http_address, error);
      requests_ = static_cast<int>(random_.Below(400));
      break;
    default: {
      rtmp::ClientRequest request;
      request.app = "live";
      request.tc_url = "rtmp://127.0.0.1/live";
      request.stream = StreamName(static_cast<uint32_t>(random_.Below(world_.plans.size())));
      wire_.Open(world_.address, request, kLittleBuffer);
    }
  }
}

Buffer Vandal::Garbage(size_t size) {
  Buffer bytes(size);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random_.Next());
  return bytes;
}

void Vandal::GoOn() {
  bool knows_rtmp = wire_.is_open() && wire_.handshaken();
  switch (deed_) {
    case Deed::kGarbage:
      (void)Send(fd_.get(), Garbage(1 + random_.Below(5'000)), false);
      break;
    case Deed::kHalfHandshake: {
      Buffer begin = Garbage(700);
      begin[0] = 3;
      (void)Send(fd_.get(), begin, false);
      deed_ = Deed::kSlowBytes;
      break;
    }
    case Deed::kSlowBytes:
      (void)Send(fd_.get(), Garbage(1), false);
      break;
    case Deed::kHttpFlood: {
      // Questions in any number whose answers are not read, then a stream.
      std::string requests;
      for (; requests_ > 0; --requests_) requests += "OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n";
      requests += "GET /live/" + StreamName(0) + ".flv HTTP/1.1\r\nHost: a\r\n\r\n";
      (void)Send(fd_.get(), AsBytes(requests), false);
      break;
    }
    case Deed::kHugeMessage: {
      // The length field's largest value, again and again on other chunk streams; then nothing.
      if (!knows_rtmp) break;
      for (uint8_t csid = 10; csid < 60; ++csid) {
        const uint8_t header[] = {csid, 0, 0, 0, 0xFF, 0xFF, 0xFF, 9, 1, 0, 0, 0, 1, 2, 3};
        wire_.Raw(ByteView(header));
      }
      wire_.Flush();
      break;
    }
    case Deed::kGarbageInside:
      if (knows_rtmp) wire_.Raw(Garbage(1 + random_.Below(300)));
      wire_.Flush();
      break;
    default:
      if (!knows_rtmp) break;
      // The answers are not read, so the server's outbox fills; a play in between must not find it full and fall over.
      wire_.SetReading(false);
      if (wire_.unsent() > 0) return wire_.Flush();
      for (int i = 0; i < 3'000; ++i) wire_.Ping(1);
      Buffer name;
      amf0::AppendString(name, StreamName(0));
      wire_.Call(1, random_.OneIn(2) ? "play" : "closeStream", name);
      wire_.Flush();
  }
}

void Vandal::End(Micros now) {
  if (random_.OneIn(2)) wire_.Abort();
  wire_.Close();
  fd_.Reset();
  is_done_ = true;
  ActAt(now + random_.Between(1, 300) * kMilli);
}

}  // namespace weir::driver
