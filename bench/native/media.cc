// What is done with each frame of a publisher, and with each connection's handshake.
#include <memory>

#include "base/bytes.h"
#include "bench/native/harness.h"
#include "media/frame.h"
#include "proto/rtmp/handshake.h"
#include "proto/rtmp/message.h"
#include "sys/entropy.h"

namespace weir::micro {
namespace {

constexpr int kFrames = 1000;

void AddClassify(const std::string& name, uint8_t type, Buffer head, Cases& cases) {
  head.resize(4000, 0x55);
  auto frame = std::make_shared<Buffer>(std::move(head));
  cases.push_back({"classify " + name, [=] {
                     for (int i = 0; i < kFrames; ++i) {
                       Keep(*frame);
                       Keep(ClassifyFrame(type, *frame));
                     }
                     return Work{kFrames, kFrames * frame->size()};
                   }});
}

// Both ends of one handshake, the server's cost being about half.
void AddHandshake(const std::string& name, bool has_digest, Cases& cases) {
  cases.push_back({name, [has_digest] {
                     rtmp::ClientHandshake client(FillRandom, 0, has_digest);
                     rtmp::ServerHandshake server(FillRandom, 0);
                     Buffer to_server;
                     Buffer to_client;
                     client.Start(to_server);
                     ByteView in = to_server;
                     Keep(server.Next(in, to_client));
                     size_t bytes = to_server.size() + to_client.size();
                     to_server.clear();
                     in = to_client;
                     Keep(client.Next(in, to_server));
                     return Work{1, bytes + to_server.size()};
                   }});
}

}  // namespace

void AddMediaCases(Cases& cases) {
  AddClassify("avc", rtmp::kTypeVideo, {0x27, 1, 0, 0, 0}, cases);
  AddClassify("aac", rtmp::kTypeAudio, {0xaf, 1}, cases);
  AddClassify("enhanced hevc", rtmp::kTypeVideo, {0xa1, 'h', 'v', 'c', '1', 0, 0, 0}, cases);
  AddHandshake("handshake, simple, both ends", false, cases);
  AddHandshake("handshake, digest, both ends", true, cases);
}

}  // namespace weir::micro
