#include "bench/load/http_client.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "base/base64.h"
#include "bench/load/http_request.h"
#include "proto/ws/handshake.h"
#include "sys/entropy.h"

namespace weir::load {
namespace {

std::string RandomKey() {
  uint8_t bytes[16];
  FillRandom(bytes, sizeof bytes);
  return Base64Encode(bytes);
}

}  // namespace

HttpClient::HttpClient(UniqueFd fd, const Url& url, Listener& listener)
    : StreamClient(std::move(fd), listener), parsers_(std::make_unique<Parsers>()) {
  parsers_->body = MakeBodyReader(url.protocol);
  if (url.protocol != Protocol::kWsFlv) {
    AppendGet(out_, url.authority, url.target);
    return;
  }
  std::string key = RandomKey();
  parsers_->accept = ws::AcceptKey(key);
  AppendUpgrade(out_, url.authority, url.target, key);
}

bool HttpClient::Receive(std::span<uint8_t> scratch) {
  for (;;) {
    ssize_t size = recv(fd(), scratch.data(), scratch.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return Flush();
    if (!CountRead(size) || !Feed({scratch.data(), static_cast<size_t>(size)})) return false;
    if (static_cast<size_t>(size) < scratch.size()) return Flush();
  }
}

bool HttpClient::Discard() {
  parsers_.reset();
  ssize_t size = DrainSocket(fd());
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  return CountRead(size);
}

bool HttpClient::Start() {
  const ResponseReader& response = parsers_->response;
  bool is_ws = !parsers_->accept.empty();
  if (response.status() != (is_ws ? 101 : 200)) return Fail("refused: " + std::to_string(response.status()));
  if (is_ws && response.Header("sec-websocket-accept") != parsers_->accept) return Fail("websocket: a wrong answer");
  parsers_->is_started = true;
  listener_.OnStarted();
  return true;
}

bool HttpClient::Feed(ByteView in) {
  Parsers& parsers = *parsers_;
  auto read = [&](ByteView bytes) {
    return parsers.body->Read(bytes, listener_, out_) || Fail(parsers.body->problem());
  };
  bool is_ws = !parsers.accept.empty();
  if (is_ws && parsers.is_started) return read(in);
  for (;;) {
    switch (parsers.response.Next(in)) {
      case ResponseReader::Step::kHead:
        if (!Start()) return false;
        if (is_ws) return read(in);
        break;
      case ResponseReader::Step::kBody:
        if (!read(parsers.response.body())) return false;
        break;
      case ResponseReader::Step::kMore:
        return true;
      case ResponseReader::Step::kEnd:
        return Fail("ended by the server");
      case ResponseReader::Step::kBroken:
        return Fail(std::string("http: ") + parsers.response.problem());
    }
  }
}

}  // namespace weir::load
