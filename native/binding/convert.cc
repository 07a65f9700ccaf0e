#include "binding/convert.h"

#include <cstring>
#include <string_view>

#include "binding/codec_name.h"
#include "binding/cut_event.h"
#include "binding/fill.h"
#include "binding/record_calls.h"

namespace weir::binding {
namespace {

std::string Text(Napi::Object object, const char* key) { return object.Get(key).ToString().Utf8Value(); }
double Number(Napi::Object object, const char* key) { return object.Get(key).ToNumber().DoubleValue(); }
bool Flag(Napi::Object object, const char* key) { return object.Get(key).ToBoolean().Value(); }
int64_t Integer(Napi::Object object, const char* key) { return static_cast<int64_t>(Number(object, key)); }

}  // namespace

void FillStreamGrant(Napi::Object object, StreamGrant& grant) {
  grant.key = ToStreamKey(object);
  grant.chunk_size = static_cast<uint32_t>(Integer(object, "chunkSize"));
  grant.gop_cache = Flag(object, "gopCache");
  grant.min_latency = Flag(object, "minLatency");
  grant.tcp_nodelay = Flag(object, "tcpNodelay");
  grant.atc = Flag(object, "atc");
  grant.atc_auto = Flag(object, "atcAuto");
  std::string jitter = Text(object, "timeJitter");
  grant.time_jitter = jitter == "zero" ? TimeJitter::kZero : jitter == "off" ? TimeJitter::kOff : TimeJitter::kFull;
  grant.queue_length = Integer(object, "queueLength");
  grant.mw_latency = Integer(object, "mwLatency");
  grant.send_timeout = Integer(object, "sendTimeout");
  grant.log_memory = Integer(object, "logMemory");
}

namespace {

HlsGrant ToHlsGrant(Napi::Object object) {
  HlsGrant grant;
  grant.container = Text(object, "container") == "fmp4" ? Container::kFmp4 : Container::kTs;
  grant.fragment = Integer(object, "fragment");
  grant.longest = Integer(object, "longest");
  grant.wait_keyframe = Flag(object, "waitKeyframe");
  grant.part = Integer(object, "part");
  return grant;
}

const char* TypeName(Event::Type type) {
  static constexpr const char* kNames[] = {"connect", "publish",     "play",       "published", "unpublished",
                                           "playing", "stopped",     "refused",    "closed",    "turnedAway",
                                           "notice",  "connections", "viewerLeft", "fragment",  "part",
                                           "hlsInit", "streamEnded", "pushing",    "pushEnded", "pullEnded"};
  return kNames[static_cast<int>(type)];
}

const char* NoticeName(Event::Notice notice) {
  static constexpr const char* kNames[] = {"skipped", "gopDropped", "dataDropped", "codecUnsupported"};
  return kNames[static_cast<int>(notice)];
}

template <class List, class Convert>
Napi::Array FromList(Napi::Env env, const List& list, Convert convert) {
  Napi::Array array = Napi::Array::New(env, list.size());
  uint32_t i = 0;
  for (const auto& item : list) array.Set(i++, convert(env, item));
  return array;
}

Napi::Value FromCount(Napi::Env env, uint64_t count) { return Napi::Number::New(env, AsNumber(count)); }

Napi::Object FromReactor(Napi::Env env, const ReactorStats& stats) {
  Napi::Object object = Napi::Object::New(env);
  Fill(env, object)
      .Number("connections", AsNumber(stats.connections))
      .Number("players", AsNumber(stats.players))
      .Number("rounds", AsNumber(stats.rounds))
      .Number("roundTime", static_cast<double>(stats.round_time))
      .Number("roundMax", static_cast<double>(stats.round_max))
      .Number("roundIntervals", static_cast<double>(stats.round_intervals))
      .Number("startDelay", static_cast<double>(stats.start_delay))
      .Number("startDelayMax", static_cast<double>(stats.start_delay_max))
      .Set("startDelays", FromList(env, stats.start_delays, FromCount));
  return object;
}

Napi::Object FromStream(Napi::Env env, const StreamStats& stats) {
  Napi::Object object = Napi::Object::New(env);
  Napi::Object by_protocol = Napi::Object::New(env);
  for (size_t i = 0; i < kPlayProtocols; ++i)
    Fill(env, by_protocol).Number(kPlayProtocolNames[i], AsNumber(stats.players_by_protocol[i]));
  Fill(env, object)
      .Key(stats.key)
      .Number("publisher", AsNumber(stats.publisher))
      .Text("publisherIp", stats.publisher_ip)
      .Number("players", AsNumber(stats.players))
      .Number("hlsViewers", AsNumber(stats.hls_viewers))
      .Number("forwards", AsNumber(stats.forwards))
      .Set("playersByProtocol", by_protocol)
      .Number("bytesIn", AsNumber(stats.bytes_in))
      .Number("bytesOut", AsNumber(stats.bytes_out))
      .Number("videoFrames", AsNumber(stats.video_frames))
      .Number("audioFrames", AsNumber(stats.audio_frames))
      .In(stats.in)
      .Out(stats.out)
      .Number("skips", AsNumber(stats.skips))
      .Number("drops", AsNumber(stats.drops))
      .Text("videoCodec", stats.has_video ? VideoCodecName(stats.video_codec) : "")
      .Text("audioCodec", stats.has_audio ? AudioCodecName(stats.audio_codec) : "")
      .Text("codecs", stats.codecs)
      .Number("width", stats.width)
      .Number("height", stats.height)
      .Number("logBytes", static_cast<double>(stats.log_bytes))
      .Number("uptime", static_cast<double>(stats.uptime));
  return object;
}

Napi::Object FromReasons(Napi::Env env, const std::array<uint64_t, kReasonCount>& counts) {
  Napi::Object object = Napi::Object::New(env);
  for (size_t i = 0; i < counts.size(); ++i) object.Set(kReasonNames[i], Napi::Number::New(env, AsNumber(counts[i])));
  return object;
}

}  // namespace

EngineTuning ToEngineTuning(Napi::Object object) {
  return {
      .max_connections = Integer(object, "maxConnections"),
      .memory_limit = Integer(object, "memoryLimit"),
      .cross_domain = Flag(object, "crossDomain"),
      .chunk_size = static_cast<uint32_t>(Integer(object, "chunkSize")),
  };
}

ConnectionQuery ToConnectionQuery(Napi::Object object) {
  auto number = [&object](const char* key) { return object.Has(key) ? static_cast<size_t>(Integer(object, key)) : 0; };
  auto text = [&object](const char* key) {
    Napi::Value value = object.Get(key);
    return value.IsString() ? value.ToString().Utf8Value() : std::string();
  };
  return {
      .start = number("start"),
      .limit = number("limit"),
      .relays = object.Get("relays").ToBoolean(),
      .connection = number("conn"),
      .vhost = text("vhost"),
      .app = text("app"),
      .stream = text("stream"),
      .protocol = text("protocol"),
      .role = text("role"),
      .ip = text("ip"),
  };
}

StreamKey ToStreamKey(Napi::Object object) {
  return {Text(object, "vhost"), Text(object, "app"), Text(object, "stream")};
}

EngineOptions ToEngineOptions(Napi::Object object) {
  EngineOptions options{ToEngineTuning(object)};
  options.threads = static_cast<int>(Integer(object, "threads"));
  options.server = Text(object, "server");
  options.handshake_timeout = Integer(object, "handshakeTimeout");
  options.identify_timeout = Integer(object, "identifyTimeout");
  options.decision_timeout = Integer(object, "decisionTimeout");
  options.keep_alive_timeout = Integer(object, "keepAliveTimeout");
  options.object_timeout = Integer(object, "objectTimeout");
  return options;
}

PublishGrant ToPublishGrant(Napi::Object object) {
  PublishGrant grant;
  FillStreamGrant(object, grant);
  grant.takeover = Flag(object, "takeover");
  grant.first_packet_timeout = Integer(object, "firstPacketTimeout");
  grant.normal_timeout = Integer(object, "normalTimeout");
  grant.republish_wait = Integer(object, "republishWait");
  grant.close_after_wait = Text(object, "republishEnd") == "close";
  Napi::Value hls = object.Get("hls");
  if (hls.IsObject()) grant.hls = ToHlsGrant(hls.As<Napi::Object>());
  return grant;
}

PlayGrant ToPlayGrant(Napi::Object object) {
  PlayGrant grant;
  FillStreamGrant(object, grant);
  grant.refuse_missing = Text(object, "whenMissing") == "refuse";
  std::string tracks = Text(object, "tracks");
  if (tracks == "audio") grant.tracks = WantedTracks::kAudio;
  if (tracks == "video") grant.tracks = WantedTracks::kVideo;
  return grant;
}

Napi::Error SystemError(Napi::Env env, const char* what, int error) {
  Napi::Error thrown = Napi::Error::New(env, std::string(what) + ": " + strerror(error));
  thrown.Set("code", Napi::String::New(env, strerrorname_np(error)));
  return thrown;
}

Reason ToReason(const std::string& name) {
  for (int i = 0; i < kReasonCount; ++i) {
    if (name == kReasonNames[i]) return static_cast<Reason>(i);
  }
  return Reason::kRejected;
}

Napi::Object FromEvent(Napi::Env env, const Event& event) {
  if (event.cut) return FromCut(env, event);
  if (event.record) return FromRecord(env, event);
  Napi::Object object = Napi::Object::New(env);
  Fill fill(env, object);
  fill.Text("type", TypeName(event.type)).Number("conn", AsNumber(event.connection));
  switch (event.type) {
    case Event::Type::kConnect:
    case Event::Type::kPublish:
    case Event::Type::kPlay:
      fill.Text("ip", event.ip).Number("port", event.port).Text("name", event.name).Text("tcUrl", event.tc_url);
      fill.Text("app", event.app).Text("pageUrl", event.page_url).Text("swfUrl", event.swf_url);
      fill.Text("flashVer", event.flash_version).Text("protocol", event.protocol).Text("query", event.query);
      fill.Text("host", event.host).Text("relayPath", event.relay_path);
      if (event.view != 0) fill.Key(event.key).Number("view", AsNumber(event.view)).Flag("again", event.again);
      break;
    case Event::Type::kPushEnded:
    case Event::Type::kPullEnded:
      fill.Key(event.key).Text("message", event.name);
      [[fallthrough]];
    case Event::Type::kClosed:
      fill.Text("ip", event.ip).Number("bytesIn", AsNumber(event.bytes_in));
      fill.Number("bytesOut", AsNumber(event.bytes_out)).Number("duration", static_cast<double>(event.duration));
      break;
    case Event::Type::kTurnedAway:
      fill.Text("ip", event.ip).Number("missed", AsNumber(event.count));
      break;
    case Event::Type::kNotice:
      fill.Key(event.key).Text("what", NoticeName(event.notice)).Number("count", AsNumber(event.count));
      break;
    case Event::Type::kViewerLeft:
      fill.Key(event.key).Number("view", AsNumber(event.view)).Text("ip", event.ip).Text("query", event.query);
      break;
    default:
      fill.Key(event.key);
      if (!event.protocol.empty()) fill.Text("protocol", event.protocol);
      if (event.type != Event::Type::kPublished) break;
      fill.Text("ip", event.ip).Text("tcUrl", event.tc_url).Text("relayPath", event.relay_path);
  }
  if (event.reason != Reason::kNone) fill.Text("reason", ReasonName(event.reason));
  return object;
}

Napi::Object FromStats(Napi::Env env, const EngineStats& stats) {
  Napi::Object object = Napi::Object::New(env);
  Napi::Object responses = Napi::Object::New(env);
  for (const auto& [status, count] : stats.responses) responses.Set(status, Napi::Number::New(env, AsNumber(count)));
  auto vhost = [](Napi::Env env_of, const std::pair<const std::string, VhostStats>& item) {
    Napi::Object of = Napi::Object::New(env_of);
    Fill(env_of, of).Text("vhost", item.first).Number("bytesIn", AsNumber(item.second.bytes_in));
    Fill(env_of, of).Number("bytesOut", AsNumber(item.second.bytes_out));
    Fill(env_of, of).Number("skips", AsNumber(item.second.skips)).Number("drops", AsNumber(item.second.drops));
    return of;
  };
  Fill(env, object)
      .Number("uptime", static_cast<double>(stats.uptime))
      .Number("connections", AsNumber(stats.connections))
      .Number("publishers", AsNumber(stats.publishers))
      .Number("players", AsNumber(stats.players))
      .Number("accepted", AsNumber(stats.accepted))
      .Number("bytesIn", AsNumber(stats.bytes_in))
      .Number("bytesOut", AsNumber(stats.bytes_out))
      .In(stats.in)
      .Out(stats.out)
      .Number("skips", AsNumber(stats.skips))
      .Number("drops", AsNumber(stats.drops))
      .Number("logBytes", static_cast<double>(stats.log_bytes))
      .Number("memoryLimit", static_cast<double>(stats.memory_limit))
      .Number("heapBytes", AsNumber(stats.heap_bytes))
      .Number("eventsMissed", AsNumber(stats.events_missed))
      .Set("ended", FromReasons(env, stats.ended))
      .Set("refused", FromReasons(env, stats.refused))
      .Set("responses", responses)
      .Number("objects", AsNumber(stats.objects))
      .Number("objectBytes", AsNumber(stats.object_bytes))
      .Set("reactors", FromList(env, stats.reactors, FromReactor))
      .Set("streams", FromList(env, stats.streams, FromStream))
      .Set("vhosts", FromList(env, stats.vhosts, vhost));
  return object;
}

namespace {

Napi::Object FromConnectionStats(Napi::Env env, const ConnectionStats& stats) {
  Napi::Object object = Napi::Object::New(env);
  Napi::Object tcp = Napi::Object::New(env);
  Fill(env, tcp)
      .Number("rtt", stats.tcp_rtt_us)
      .Number("retransmits", stats.tcp_retransmits)
      .Number("unacked", stats.tcp_unacked)
      .Flag("nodelay", stats.tcp_nodelay)
      .Number("deliveryRate", AsNumber(stats.tcp_delivery_rate));
  Fill fill(env, object);
  fill.Number("conn", AsNumber(stats.connection))
      .Key(stats.key)
      .Text("ip", stats.ip)
      .Text("protocol", stats.protocol)
      .Text("role", stats.is_publisher ? "publisher" : "player")
      .Number("uptime", static_cast<double>(stats.uptime))
      .Number("bytesIn", AsNumber(stats.bytes_in))
      .Number("bytesOut", AsNumber(stats.bytes_out))
      .In(stats.is_publisher ? stats.rates : Rates{})
      .Out(stats.is_publisher ? Rates{} : stats.rates)
      .Number("frames", AsNumber(stats.frames))
      .Number("lagBytes", AsNumber(stats.lag_bytes))
      .Number("lag", static_cast<double>(stats.lag))
      .Number("skips", AsNumber(stats.skips))
      .Set("tcp", tcp);
  return object;
}

}  // namespace

Napi::Object FromConnectionPage(Napi::Env env, const Event& event) {
  Napi::Object page = Napi::Object::New(env);
  page.Set("total", Napi::Number::New(env, AsNumber(event.total)));
  page.Set("items", FromList(env, event.connections, FromConnectionStats));
  return page;
}

}  // namespace weir::binding
