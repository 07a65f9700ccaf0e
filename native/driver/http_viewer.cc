#include "driver/http_viewer.h"

#include "proto/rtmp/message.h"

namespace weir::driver {
namespace {

constexpr Micros kMilli = 1'000;
constexpr size_t kMaxHead = 8'192;

}  // namespace

HttpViewer::HttpViewer(World& world, Crew& crew, int index, Random random)
    : world_(world),
      crew_(crew),
      index_(index),
      random_(random),
      check_(world, "viewer " + std::to_string(index), PlayerCheck::Clock::kStream) {}

void HttpViewer::Act(Micros now) {
  ActAt(now + random_.Between(20, 1'500) * kMilli);
  if (!fd_.valid()) return Connect();
  if (is_stalled_) {
    is_stalled_ = false;
    return Read();
  }
  if (random_.OneIn(6)) {
    world_.verdict.Count(Tally::kLeavings);
    return Leave();
  }
  if (random_.OneIn(4)) {
    world_.verdict.Count(Tally::kStalls);
    is_stalled_ = true;
    ActAt(now + random_.Between(300, 5'000) * kMilli);
  }
}

void HttpViewer::Connect() {
  ++life_;
  check_.ForgetGaps();
  PublishGaps();
  has_head_ = is_sent_ = is_stalled_ = false;
  head_.clear();
  reader_ = std::make_unique<flv::Reader>();
  stream_ = static_cast<uint32_t>(random_.Below(world_.plans.size()));
  int error = 0;
  fd_ = ConnectTcp(world_.http_address, error);
  if (fd_.valid() && !crew_.reactor().Watch(fd_.get(), *this)) Leave();
}

void HttpViewer::Leave() {
  if (fd_.valid()) crew_.reactor().Unwatch(fd_.get());
  fd_.Reset();
}

void HttpViewer::OnIo(uint32_t events) {
  if (!fd_.valid()) return;
  if (!is_sent_ && (events & kWritable) != 0) {
    std::string request = "GET /live/" + StreamName(stream_) + ".flv?who=" + std::to_string(index_) + "." +
                          std::to_string(life_) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    is_sent_ = Send(fd_.get(), AsBytes(request), false).kind == IoResult::Kind::kMoved;
  }
  if ((events & (kReadable | kHungUp)) != 0 && !is_stalled_) Read();
}

void HttpViewer::Read() {
  while (fd_.valid()) {
    IoResult result = Receive(fd_.get(), crew_.reactor().scratch(), Reactor::kScratchSize);
    if (result.kind == IoResult::Kind::kBlocked) return;
    if (result.kind != IoResult::Kind::kMoved) return Leave();
    ByteView in(crew_.reactor().scratch(), result.size);
    if (!has_head_ && !ReadHead(in)) continue;
    ReadTags(in);
  }
}

// False until the head is whole and says that a stream follows.
bool HttpViewer::ReadHead(ByteView& in) {
  size_t before = head_.size();
  head_ += AsText(in);
  size_t end = head_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (head_.size() > kMaxHead) world_.verdict.Fail("a response head without an end");
    return false;
  }
  in = in.subspan(end + 4 - before);
  has_head_ = true;
  if (!head_.starts_with("HTTP/1.1 200")) {
    Leave();
    return false;
  }
  world_.verdict.Count(Tally::kPlays);
  check_.Begin(stream_);
  return true;
}

void HttpViewer::ReadTags(ByteView in) {
  uint32_t before = check_.gaps();
  flv::Reader::Step step;
  while ((step = reader_->Next(in)) == flv::Reader::Step::kTag) {
    const flv::Tag& tag = reader_->tag();
    check_.OnMedia({.type = tag.type, .csid = 0, .stream_id = 0, .timestamp = tag.timestamp, .payload = tag.body});
  }
  if (check_.gaps() != before) PublishGaps();
  if (step != flv::Reader::Step::kBroken) return;
  world_.verdict.Fail("viewer " + std::to_string(index_) + ": " + ReasonName(reader_->reason()));
  Leave();
}

void HttpViewer::PublishGaps() {
  world_.gaps[static_cast<size_t>(index_)]->store(uint64_t{life_} << 32 | check_.gaps());
}

}  // namespace weir::driver
