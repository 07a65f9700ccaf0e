// A stream that is published frame by frame and cut for HLS: what is told of it, and the bytes that are held. Lifetime:
// of a test. Thread rule: one thread.
#ifndef WEIR_TEST_NATIVE_LIVE_CUT_STREAM_H_
#define WEIR_TEST_NATIVE_LIVE_CUT_STREAM_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "live/fragmenter.h"
#include "live/stream_writer.h"
#include "test/native/support/hex.h"

namespace weir::test {

struct Told {
  enum class What : uint8_t { kPart, kFragment, kInit };
  What what;
  FragmentSink::Facts facts = {};
  HeldRange range = {};
  Buffer init = {};
  std::string codecs = {};

  const Cutter::Piece& piece() const { return facts.piece; }
};

inline Buffer BytesOf(const HeldRange& range) {
  Buffer bytes(range.size());
  size_t at = 0;
  for (const auto& piece : range.pieces) {
    EXPECT_TRUE(piece.segment->Read(piece.from, bytes.data() + at, piece.to - piece.from));
    at += piece.to - piece.from;
  }
  return bytes;
}

class CutStream : public FragmentSink {
 public:
  static constexpr const char* kAvcHeader =
      "17 00 000000 0142c00bffe100176742c00bda0c3fef011000000300100000030320f142aa01000468ce0fc8";
  static constexpr const char* kOtherAvcHeader =
      "17 00 000000 0142c00bffe100176742c00bda0c3fef011000000300100000030320f142aa01000468ce0fc9";
  static constexpr const char* kAacHeader = "af 00 1210";
  static constexpr const char* kOtherAacHeader = "af 00 1190";  // 48 kHz

  CutStream() { grant_.hls.emplace(HlsGrant{.fragment = 2'000, .longest = 4'000}); }

  // REQUIRES: before the first Publish. `Log` is that of the container.
  template <class Log>
  void Open() {
    FragmentSink& sink = *this;
    log_ = std::make_unique<Log>(budget_, sink);
    writer_.AddLog(*log_);
  }
  void Publish() { writer_.Begin(grant_); }
  void End() { writer_.End(); }
  void Regrant() { writer_.Regrant(grant_); }
  bool Send(uint8_t type, int64_t dts, const Buffer& payload) {
    return writer_.Write(
        {.type = type, .csid = 4, .stream_id = 1, .timestamp = static_cast<uint32_t>(dts), .payload = payload}, dts);
  }
  void Headers(int64_t dts) {
    Send(9, dts, Hex(kAvcHeader));
    Send(8, dts, Hex(kAacHeader));
  }
  // `size`: of the picture's slice.
  void Video(int64_t dts, bool is_key, size_t size = 100) {
    Buffer payload = Hex(is_key ? "17 01 000000" : "27 01 000000");
    AppendBe32(payload, static_cast<uint32_t>(size));
    payload.push_back(is_key ? 0x65 : 0x41);
    payload.resize(payload.size() + size - 1, 0x5A);
    Send(9, dts, payload);
  }
  void Audio(int64_t dts) { Send(8, dts, Hex("af 01 2122232425")); }
  // 25 pictures a second and AAC.
  void Both(int64_t from, int64_t to, int64_t gop) {
    int64_t audio = from;
    for (int64_t dts = from; dts < to; dts += 40) {
      Video(dts, (dts - from) % gop == 0);
      for (; audio < dts + 40; audio += 23) Audio(audio);
    }
  }

  FormatLog& log() { return *log_; }
  PublishGrant& grant() { return grant_; }
  MemoryBudget& budget() { return budget_; }
  const std::vector<Told>& told() const { return told_; }
  std::vector<Told> Of(Told::What what) const {
    std::vector<Told> found;
    for (const Told& told : told_) {
      if (told.what == what) found.push_back(told);
    }
    return found;
  }
  std::vector<Told> Fragments() const { return Of(Told::What::kFragment); }
  void Release() { told_.clear(); }

 private:
  void OnPart(const Facts& facts, HeldRange range) override {
    told_.push_back({Told::What::kPart, facts, std::move(range)});
  }
  void OnFragment(const Facts& facts, HeldRange range) override {
    told_.push_back({Told::What::kFragment, facts, std::move(range)});
  }
  void OnInit(uint32_t version, ByteView bytes, const std::string& codecs) override {
    told_.push_back({.what = Told::What::kInit,
                     .facts = {.piece = {}, .init_version = version, .log_bytes = 0},
                     .init = Buffer(bytes.begin(), bytes.end()),
                     .codecs = codecs});
  }

  MemoryBudget budget_{int64_t{1} << 40};
  PublishGrant grant_;
  StreamWriter writer_{"weir/test"};
  std::unique_ptr<FormatLog> log_;
  std::vector<Told> told_;
};

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_LIVE_CUT_STREAM_H_
