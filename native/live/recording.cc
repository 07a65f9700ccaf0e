#include "live/recording.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "live/chunk_payload.h"
#include "live/flv_recording.h"
#include "live/mp4_recording.h"
#include "live/ts_recording.h"

namespace weir {
namespace {

// Read at once, and written.
constexpr size_t kBatch = 256 << 10;
// In one Step; then others of the lane have their turn.
constexpr int kBatches = 8;
// How far a track may be behind the frame that a file begins with.
constexpr int64_t kMaxLead = 500;
// A step of the time line that is none of the media.
constexpr int64_t kStepBack = 1'000;
constexpr int64_t kStepAhead = 10'000;
constexpr int64_t kUsualStep = 40;
constexpr int64_t kLongestStep = 1'000;

}  // namespace

Recording::Recording(std::shared_ptr<Stream> stream, const RecordingRules& rules, EventQueue& events)
    : stream_(std::move(stream)),
      rules_(rules),
      events_(events),
      format_log_(*stream_->LogOf(Format::kRtmp)),
      log_(format_log_.log()),
      begin_(stream_->publish_offset()),
      holder_(log_),
      waits_for_key_(rules.wait_keyframe) {
  if (rules_.from_publish) {
    holder_.EnterAt(cursor_, begin_);
  } else {
    holder_.Enter(cursor_, SegmentHolder::Where::kNewestKey);
  }
  holder_.NoteProgress(cursor_);
  holder_.set_backlog(rules_.backlog);
}

void Recording::RecordTo(std::string path) {
  std::lock_guard lock(mutex_);
  ordered_path_ = std::move(path);
}

void Recording::Stop(bool at_once) {
  std::lock_guard lock(mutex_);
  is_told_to_stop_ = true;
  is_told_to_stop_at_once_ |= at_once;
}

RecordingStats Recording::Snapshot() const {
  RecordingStats stats;
  stats.recording = id_;
  stats.key = stream_->key();
  stats.bytes = bytes_.get();
  stats.duration = millis_.load(std::memory_order_relaxed);
  stats.waiting = log_.tail() - std::min(log_.tail(), holder_.progress());
  stats.gaps = gaps_.get();
  stats.lost = lost_.get();
  std::lock_guard lock(mutex_);
  stats.path = open_path_;
  return stats;
}

Recording::Progress Recording::Step() {
  TakeOrders();
  SkipIfBehind();
  Progress progress = Progress::kMore;
  for (int i = 0; i < kBatches && progress == Progress::kMore && !is_over_; ++i) {
    progress = ReadSome();
    holder_.NoteProgress(cursor_);
    if (!Flush()) break;
    if (progress == Progress::kOver) {
      CloseFile();
      is_over_ = true;
      Tell(Event::Type::kRecordEnd, {});
    }
  }
  if (!is_over_) return progress;
  holder_.Leave(cursor_);
  return Progress::kOver;
}

void Recording::TakeOrders() {
  std::lock_guard lock(mutex_);
  if (!ordered_path_.empty()) path_ = std::exchange(ordered_path_, {});
  ends_at_once_ = is_told_to_stop_at_once_;
  if (!is_told_to_stop_ || end_ != UINT64_MAX) return;
  // Who published next is another recording's.
  const uint64_t next = stream_->publish_offset();
  end_ = next > begin_ ? next : log_.tail();
}

// The disk is too slow, or memory is short and the disk is slow.
void Recording::SkipIfBehind() {
  const uint64_t waiting = log_.tail() - std::min(log_.tail(), cursor_.offset);
  const bool is_in_the_way = cursor_.offset < log_.floor() && waiting > rules_.backlog / 4;
  if (waiting > rules_.backlog || is_in_the_way) Gap(cursor_.offset);
}

// Goes on at the newest key frame, or at what comes next until there is one.
void Recording::Gap(uint64_t from) {
  const uint64_t key = log_.newest_key();
  const bool is_key_ahead = key != StreamLog::kNone && key > from;
  holder_.Leave(cursor_);
  holder_.Enter(cursor_, is_key_ahead ? SegmentHolder::Where::kNewestKey : SegmentHolder::Where::kTail);
  holder_.NoteProgress(cursor_);
  waits_for_key_ = true;
  gaps_.Add(1);
  lost_.Add(cursor_.offset - from);
  RecordFacts facts;
  facts.bytes = cursor_.offset - from;
  Tell(Event::Type::kRecordGap, std::move(facts));
}

// What can be read of the cursor's segment, up to a batch.
Recording::Progress Recording::ReadSome() {
  const uint64_t limit = std::min(log_.tail(), end_);  // before the count: it is no further than the last entry counted
  if (cursor_.offset >= limit) return end_ <= cursor_.offset ? Progress::kOver : Progress::kNothing;
  if (ends_at_once_ && !file_.is_open()) return Progress::kOver;
  if (!Advance()) return Progress::kNothing;
  const Segment& segment = *cursor_.segment;
  const uint32_t count = segment.count();
  const uint32_t first = segment.IndexAt(cursor_.offset);
  auto end_of = [&](uint32_t i) {
    return i + 1 < count ? segment.entry(i + 1).offset : std::min(segment.end(), limit);
  };
  uint32_t last = first;
  while (last + 1 < count && segment.entry(last + 1).offset < limit && end_of(last + 1) - cursor_.offset <= kBatch) {
    ++last;
  }
  read_.resize(end_of(last) - cursor_.offset);
  const uint64_t from = cursor_.offset;
  if (!segment.Read(from, read_.data(), read_.size())) return Progress::kNothing;
  for (uint32_t i = first; i <= last; ++i) {
    const Entry& entry = segment.entry(i);
    const std::span<uint8_t> bytes(read_.data() + (entry.offset - from), end_of(i) - entry.offset);
    if (!Take(entry, bytes)) return Progress::kNothing;
    cursor_.offset = end_of(i);
  }
  return Progress::kMore;
}

// To the segment with the cursor's bytes. False: there is none yet, or the cursor has jumped.
bool Recording::Advance() {
  while (cursor_.segment == nullptr || cursor_.offset >= cursor_.segment->end()) {
    const uint64_t from = cursor_.offset;
    if (!holder_.Advance(cursor_)) return false;
    // Segments were let go while the disk stood still.
    if (cursor_.segment->base() > from && from > begin_) {
      Gap(from);
      return false;
    }
    cursor_.offset = std::max(from, cursor_.segment->base());
  }
  return true;
}

// False: the entry has to wait.
bool Recording::Take(const Entry& entry, std::span<uint8_t> bytes) {
  if (entry.is(Entry::kControl) || bytes.size() < rtmp::kLogHeaderSize) return true;
  if (!headers_ || entry.is(Entry::kRebase)) {
    headers_ = format_log_.HeadersAt(entry.offset);
    are_headers_new_ = true;
  }
  if (!headers_) return true;
  const uint8_t type = TypeOfEntry(bytes);
  MediaFrame frame{entry.track(), type, Unchunk(bytes, headers_->chunk_size), entry.is(Entry::kKey), 0};
  if (frame.track == kVideoTrack) {
    if (waits_for_key_ && !frame.is_key) return true;
    waits_for_key_ = false;
  }
  if (file_.is_open()) EndFileBefore(entry, frame);
  if (is_over_) return false;
  if (!file_.is_open()) {
    if (!MayBegin(entry)) return true;
    if (path_.empty()) {
      Ask();
      return false;
    }
    if (!OpenFile(entry)) return false;
    frame.dts = Place(entry);
    (void)format_->NeedsNewFile(frame);
  }
  Write(frame);
  return true;
}

// Closes the file if the frame does not belong into it.
void Recording::EndFileBefore(const Entry& entry, MediaFrame& frame) {
  frame.dts = Place(entry);
  const bool is_long = rules_.segment > 0 && frame.dts - first_ >= rules_.segment;
  if (is_long && MayBegin(entry) && (frame.track == kVideoTrack || !HasVideo())) return CloseFile();
  if (std::exchange(are_headers_new_, false)) format_->Change(*headers_, frame.dts, out_);
  if (!format_->NeedsNewFile(frame)) return;
  begins_anyway_ = true;
  CloseFile();
}

bool Recording::HasVideo() const {
  return headers_->active[kVideoTrack] ||
         std::any_of(headers_->configs.begin(), headers_->configs.end(),
                     [](const StreamHeaders::Config& config) { return config.track == kVideoTrack; });
}

bool Recording::MayBegin(const Entry& entry) const {
  if (entry.track() == kDataTrack) return false;
  if (begins_anyway_ || !HasVideo()) return true;
  // Sound that comes before the first picture of a publish is not lost.
  if (entry.track() == kAudioTrack && rules_.from_publish && files_ == 0) return true;
  if (!rules_.wait_keyframe) return true;
  return entry.track() == kVideoTrack && entry.is(Entry::kKey);
}

void Recording::Ask() {
  if (std::exchange(has_asked_, true)) return;
  Tell(Event::Type::kRecordNext, {});
}

bool Recording::OpenFile(const Entry& entry) {
  const std::string path = std::exchange(path_, {});
  has_asked_ = begins_anyway_ = are_headers_new_ = false;
  ++files_;
  format_ = MakeRecordingFormat(rules_.format, rules_.segment);
  newest_ = 0;
  out_.clear();
  bool goes_on = rules_.appends;
  int error = goes_on ? file_.Reopen(path) : ENOENT;
  if (error == ENOENT) {
    goes_on = false;
    error = file_.Create(path);
  }
  if (error == 0 && goes_on) error = format_->Resume(file_, newest_);
  if (error != 0) {
    Fail(error);
    return false;
  }
  // The tracks are not in step to the millisecond: what comes behind this frame may be a little before it.
  int64_t lead = 0;
  for (Track track : {kVideoTrack, kAudioTrack}) {
    if (headers_->active[track]) lead = std::clamp<int64_t>(entry.back[track], lead, kMaxLead);
  }
  first_ = rules_.time_jitter == TimeJitter::kOff ? entry.dts : lead + (goes_on ? newest_ + kUsualStep : 0);
  origin_ = entry.dts - first_;
  written_ = newest_ = std::max(newest_, first_);
  frames_ = 0;
  if (goes_on) {
    format_->Change(*headers_, first_, out_);
  } else {
    format_->Begin(*headers_, out_);
  }
  std::lock_guard lock(mutex_);
  open_path_ = path;
  return true;
}

// The entry's time in the file.
int64_t Recording::Place(const Entry& entry) {
  int64_t at = entry.dts - origin_;
  const bool is_step = at < newest_ - kStepBack || (frames_ > 0 && at > newest_ + kStepAhead);
  const bool is_corrected =
      rules_.time_jitter == TimeJitter::kFull || (rules_.time_jitter == TimeJitter::kZero && at < 0);
  if (is_step && is_corrected) {
    at = newest_ + kUsualStep;
    origin_ = entry.dts - at;
  }
  return std::max<int64_t>(0, at);
}

void Recording::Write(const MediaFrame& frame) {
  format_->Write(frame, out_);
  ++frames_;
  const int64_t since = frame.dts - last_[frame.track];
  if (since > 0 && since <= kLongestStep && (frame.track == kVideoTrack || !HasVideo())) step_ = since;
  last_[frame.track] = frame.dts;
  newest_ = std::max(newest_, frame.dts);
}

bool Recording::Flush() {
  if (out_.empty() || !file_.is_open()) return true;
  const int error = file_.Append(out_);
  out_.clear();
  if (error != 0) {
    Fail(error);
    return false;
  }
  written_ = newest_;
  bytes_.Raise(file_.size());
  millis_.store(written_ - std::min(first_, written_), std::memory_order_relaxed);
  return true;
}

void Recording::CloseFile() {
  if (!file_.is_open()) return;
  format_->Flush(out_);
  if (Flush()) EndFile();
}

// What is written of it gets its name.
void Recording::EndFile() {
  RecordFacts facts;
  facts.path = file_.path();
  facts.duration = written_ + (step_ > 0 ? step_ : kUsualStep);
  if (rules_.time_jitter == TimeJitter::kOff) facts.duration -= first_;
  // Without this the file can be played all the same.
  (void)format_->Finish(file_, facts.duration);
  facts.bytes = file_.size();
  if (facts.bytes == 0) {
    file_.Discard();
  } else {
    facts.error = file_.Finish();
    Tell(Event::Type::kRecordFile, std::move(facts));
  }
  format_.reset();
  bytes_.Take();
  std::lock_guard lock(mutex_);
  open_path_.clear();
}

void Recording::Fail(int error) {
  RecordFacts facts;
  facts.path = file_.path();
  facts.error = error;
  if (file_.is_open()) EndFile();
  is_over_ = true;
  Tell(Event::Type::kRecordEnd, std::move(facts));
}

void Recording::Tell(Event::Type type, RecordFacts facts) {
  facts.recording = id_;
  Event event(type);
  event.key = stream_->key();
  event.record = std::make_shared<const RecordFacts>(std::move(facts));
  events_.Push(std::move(event));
}

std::unique_ptr<RecordingFormat> MakeRecordingFormat(RecordAs as, Millis expected) {
  switch (as) {
    case RecordAs::kTs:
      return std::make_unique<TsRecording>();
    case RecordAs::kMp4:
      return std::make_unique<Mp4Recording>();
    default:
      return std::make_unique<FlvRecording>(expected);
  }
}

int RepairRecording(RecordAs as, const std::string& path, RecordFacts& facts) {
  RecordFile file;
  facts.path = path;
  if (int error = file.Adopt(path)) return error;
  const auto format = MakeRecordingFormat(as, 0);
  const uint64_t before = file.size();
  if (int error = format->Resume(file, facts.duration)) return error;
  facts.cut = before - file.size();
  if (int error = format->Finish(file, facts.duration)) return error;
  facts.bytes = file.size();
  return file.Finish();
}

}  // namespace weir
