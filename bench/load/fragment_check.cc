#include "bench/load/fragment_check.h"

#include "proto/ts/format.h"

namespace weir::load {

void FragmentCheck::Begin(bool is_new) {
  format_ = Format::kUnknown;
  problem_.clear();
  boxes_.Restart();
  if (!is_new && !is_first_) return;
  is_first_ = false;
  ts_.Restart();
  stream_.Restart(StreamClock::kStream);
}

void FragmentCheck::Read(ByteView in, Micros now, Micros latency_from, CheckTotals& totals) {
  if (in.empty() || !problem_.empty()) return;
  now_ = now;
  latency_from_ = latency_from;
  totals_ = &totals;
  if (format_ == Format::kUnknown) format_ = in[0] == ts::kSync ? Format::kTs : Format::kFmp4;
  Notice(format_ == Format::kTs ? ts_.Read(in, *this) : boxes_.Read(in));
}

bool FragmentCheck::End(Micros now, Micros latency_from, CheckTotals& totals) {
  now_ = now;
  latency_from_ = latency_from;
  totals_ = &totals;
  if (problem_.empty() && format_ == Format::kUnknown) problem_ = "empty";
  if (problem_.empty()) Notice(format_ == Format::kTs ? ts_.EndPiece(*this) : boxes_.End());
  // What comes next may be whole again.
  if (!problem_.empty()) is_first_ = true;
  return problem_.empty();
}

void FragmentCheck::Notice(bool is_good) {
  if (is_good) return;
  problem_ = format_ == Format::kTs ? std::string("ts: ") + ts_.problem() : std::string("fmp4: ") + boxes_.problem();
}

void FragmentCheck::OnMedia(const rtmp::Message& message) { stream_.OnMedia(message, now_, latency_from_, *totals_); }

void FragmentCheck::OnContinuityFault() { ++totals_->continuity; }

}  // namespace weir::load
