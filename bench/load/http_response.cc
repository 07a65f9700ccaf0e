#include "bench/load/http_response.h"

#include <algorithm>
#include <charconv>

namespace weir::load {
namespace {

constexpr size_t kMaxLine = 1024;
constexpr std::string_view kEndOfHead = "\r\n\r\n";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string_view Trim(std::string_view text) {
  size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool ParseNumber(std::string_view text, int base, uint64_t& number) {
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return problem == std::errc() && end == text.data() + text.size() && number <= INT64_MAX;
}

}  // namespace

ResponseReader::Step ResponseReader::Break(const char* problem) {
  state_ = State::kBroken;
  problem_ = problem;
  return Step::kBroken;
}

ResponseReader::Step ResponseReader::Finish() {
  state_ = State::kHead;
  return Step::kEnd;
}

ResponseReader::Step ResponseReader::Next(ByteView& in) {
  switch (state_) {
    case State::kHead:
      return ReadHead(in);
    case State::kCounted:
      return ReadCounted(in);
    case State::kUntilClose:
      if (in.empty()) return Step::kMore;
      body_ = in;
      in = {};
      return Step::kBody;
    case State::kBroken:
      return Step::kBroken;
    default:
      return ReadChunked(in);
  }
}

ResponseReader::Step ResponseReader::ReadHead(ByteView& in) {
  if (head_.ends_with(kEndOfHead)) head_.clear();  // of the response before
  size_t before = head_.size();
  head_ += AsText(in.first(std::min(in.size(), kMaxHead + 1 - before)));
  size_t from = before < kEndOfHead.size() ? 0 : before - kEndOfHead.size() + 1;
  size_t end = head_.find(kEndOfHead, from);
  if (end == std::string::npos) {
    in = {};
    return head_.size() > kMaxHead ? Break("a head without an end") : Step::kMore;
  }
  end += kEndOfHead.size();
  head_.resize(end);
  in = in.subspan(end - before);
  if (!ParseHead()) return Break("no HTTP");
  if (!ChooseBody()) return Break("a body of unknown length");
  return Step::kHead;
}

bool ResponseReader::ParseHead() {
  std::string_view line = std::string_view(head_).substr(0, head_.find("\r\n"));
  bool is_old = line.starts_with("HTTP/1.0 ");
  if (!is_old && !line.starts_with("HTTP/1.1 ")) return false;
  constexpr size_t kVersion = sizeof("HTTP/1.1 ") - 1;
  uint64_t status = 0;
  if (line.size() < kVersion + 3 || !ParseNumber(line.substr(kVersion, 3), 10, status)) return false;
  status_ = static_cast<int>(status);
  std::string_view connection = Header("connection");
  keeps_alive_ = is_old ? EqualsIgnoringCase(connection, "keep-alive") : !EqualsIgnoringCase(connection, "close");
  return status >= 100;
}

// RFC 9112, 6.3, for the answers to a GET.
bool ResponseReader::ChooseBody() {
  left_ = 0;
  state_ = State::kCounted;
  if (status_ < 200 || status_ == 204 || status_ == 304) return true;
  if (std::string_view coding = Header("transfer-encoding"); !coding.empty()) {
    state_ = State::kChunkSize;
    line_.clear();
    return EqualsIgnoringCase(coding, "chunked");
  }
  std::string_view length = Header("content-length");
  if (!length.empty()) return ParseNumber(length, 10, left_);
  state_ = State::kUntilClose;
  keeps_alive_ = false;
  return true;
}

std::string_view ResponseReader::Header(std::string_view name) const {
  std::string_view rest = head_;
  for (size_t end; (end = rest.find("\r\n")) != rest.npos; rest.remove_prefix(end + 2)) {
    std::string_view line = rest.substr(0, end);
    size_t colon = line.find(':');
    if (colon != line.npos && EqualsIgnoringCase(line.substr(0, colon), name)) return Trim(line.substr(colon + 1));
  }
  return {};
}

ResponseReader::Step ResponseReader::ReadCounted(ByteView& in) {
  if (left_ == 0) return Finish();
  if (in.empty()) return Step::kMore;
  body_ = in.first(std::min<uint64_t>(in.size(), left_));
  in = in.subspan(body_.size());
  left_ -= body_.size();
  return Step::kBody;
}

// Moves a line without its CRLF into line_. False: there is no whole one yet, or it is too long.
bool ResponseReader::TakeLine(ByteView& in) {
  while (!in.empty() && line_.size() <= kMaxLine) {
    line_ += static_cast<char>(in[0]);
    in = in.subspan(1);
    if (!line_.ends_with("\r\n")) continue;
    line_.resize(line_.size() - 2);
    return true;
  }
  return false;
}

bool ResponseReader::OpenChunk() {
  bool is_number = ParseNumber(Trim(line_.substr(0, line_.find(';'))), 16, left_);
  line_.clear();
  state_ = left_ > 0 ? State::kChunk : State::kTrailer;
  return is_number;
}

ResponseReader::Step ResponseReader::ReadChunked(ByteView& in) {
  for (;;) {
    if (state_ == State::kChunk) {
      if (in.empty()) return Step::kMore;
      body_ = in.first(std::min<uint64_t>(in.size(), left_));
      in = in.subspan(body_.size());
      left_ -= body_.size();
      if (left_ == 0) state_ = State::kChunkEnd;
      return Step::kBody;
    }
    if (!TakeLine(in)) return line_.size() > kMaxLine ? Break("a line without an end") : Step::kMore;
    bool is_empty = line_.empty();
    if (state_ == State::kChunkSize && !OpenChunk()) return Break("a chunk without a size");
    if (state_ == State::kChunk) continue;
    line_.clear();
    if (state_ == State::kChunkEnd) {
      if (!is_empty) return Break("a chunk longer than it said");
      state_ = State::kChunkSize;
    } else if (state_ == State::kTrailer && is_empty) {
      return Finish();
    }
  }
}

}  // namespace weir::load
