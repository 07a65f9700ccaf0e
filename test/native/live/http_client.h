// A blocking HTTP client. Each read has a limit of ten seconds, so that a test that waits in vain ends. Lifetime: of a
// test. Thread rule: the test's thread.
#ifndef WEIR_TEST_NATIVE_LIVE_HTTP_CLIENT_H_
#define WEIR_TEST_NATIVE_LIVE_HTTP_CLIENT_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <map>
#include <string>
#include <utility>

#include "sys/tcp.h"

namespace weir::test {

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> fields;
  std::string body;
};

class HttpClient {
 public:
  // `receive_buffer`: so little is taken ahead of the test's reads.
  explicit HttpClient(const SocketAddress& server, int receive_buffer = 0) {
    int error = 0;
    fd_ = ConnectTcp(server, error);
    EXPECT_EQ(error, 0);
    if (receive_buffer > 0) setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    fcntl(fd_.get(), F_SETFL, fcntl(fd_.get(), F_GETFL) & ~O_NONBLOCK);
    timeval limit{10, 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }

  void Send(std::string_view bytes) {
    EXPECT_EQ(send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  void Ask(std::string_view target, std::string_view fields = "", std::string_view method = "GET") {
    Send(std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n");
  }
  // Reads one answer; status 0 when the connection ends or fails before.
  HttpAnswer Read(bool has_body = true) {
    HttpAnswer answer;
    size_t end;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
      if (!Receive()) return answer;
    }
    std::string head = in_.substr(0, end + 2);
    in_.erase(0, end + 4);
    answer.status = std::atoi(head.c_str() + 9);
    for (size_t at = head.find("\r\n") + 2; at < head.size();) {
      size_t colon = head.find(": ", at);
      size_t line = head.find("\r\n", at);
      answer.fields[head.substr(at, colon - at)] = head.substr(colon + 2, line - colon - 2);
      at = line + 2;
    }
    size_t size =
        has_body && answer.status != 304 ? std::strtoull(answer.fields["Content-Length"].c_str(), nullptr, 10) : 0;
    while (in_.size() < size) {
      if (!Receive()) return {};
    }
    answer.body = in_.substr(0, size);
    in_.erase(0, size);
    return answer;
  }
  HttpAnswer Get(std::string_view target, std::string_view fields = "") {
    Ask(target, fields);
    return Read();
  }
  // The server ends the connection, and nothing else comes.
  bool IsClosed() {
    while (Receive()) {
    }
    return in_.empty() && has_ended_;
  }
  // What comes until then.
  std::string ReadToEnd() {
    while (Receive()) {
    }
    EXPECT_TRUE(has_ended_);
    return std::exchange(in_, {});
  }
  bool Receive() {
    char bytes[65536];
    ssize_t n = recv(fd_.get(), bytes, sizeof bytes, 0);
    has_ended_ = n == 0 || (n < 0 && errno == ECONNRESET);
    if (n > 0) in_.append(bytes, static_cast<size_t>(n));
    return n > 0;
  }
  void Close() { fd_.Reset(); }
  int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
  std::string in_;
  bool has_ended_ = false;
};

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_LIVE_HTTP_CLIENT_H_
