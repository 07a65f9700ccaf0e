// AMF0: the commands and metadata that come with every connection.
#include <memory>

#include "base/bytes.h"
#include "bench/native/harness.h"
#include "media/amf0.h"

namespace weir::micro {
namespace {

// connect as ffmpeg's player sends it.
Buffer MakeConnect() {
  Buffer out;
  amf0::AppendString(out, "connect");
  amf0::AppendNumber(out, 1);
  amf0::BeginObject(out);
  amf0::AppendField(out, "app", "live");
  amf0::AppendField(out, "flashVer", "LNX 9,0,124,2");
  amf0::AppendField(out, "tcUrl", "rtmp://127.0.0.1:1935/live");
  amf0::AppendField(out, "capabilities", 15);
  amf0::AppendField(out, "audioCodecs", 4071);
  amf0::AppendField(out, "videoCodecs", 252);
  amf0::AppendField(out, "videoFunction", 1);
  amf0::EndObject(out);
  return out;
}

// onMetaData with as many members as OBS sends.
Buffer MakeMetadata() {
  Buffer out;
  amf0::AppendString(out, "onMetaData");
  amf0::BeginEcmaArray(out, 20);
  for (const char* key : {"duration", "fileSize", "width", "height", "videocodecid", "videodatarate", "framerate",
                          "audiocodecid", "audiodatarate", "audiosamplerate", "audiosamplesize", "audiochannels"}) {
    amf0::AppendField(out, key, 1280);
  }
  amf0::AppendField(out, "encoder", "obs-output module (libobs version 30.2.3)");
  amf0::EndObject(out);
  return out;
}

void AddReading(const std::string& name, Buffer bytes, Cases& cases) {
  auto body = std::make_shared<Buffer>(std::move(bytes));
  cases.push_back({"amf0 read tree, " + name, [body] {
                     amf0::Reader reader(*body);
                     amf0::Value value;
                     while (!reader.empty() && reader.Read(value) == Reason::kNone) Keep(value);
                     return Work{1, body->size()};
                   }});
  cases.push_back({"amf0 skip, " + name, [body] {
                     amf0::Reader reader(*body);
                     while (!reader.empty() && reader.Skip() == Reason::kNone) Keep(reader);
                     return Work{1, body->size()};
                   }});
}

}  // namespace

void AddAmfCases(Cases& cases) {
  AddReading("connect", MakeConnect(), cases);
  AddReading("onMetaData", MakeMetadata(), cases);
  cases.push_back({"amf0 write, connect", [] {
                     Buffer out = MakeConnect();
                     Keep(out);
                     return Work{1, out.size()};
                   }});
}

}  // namespace weir::micro
