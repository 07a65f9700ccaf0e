#include "proto/http/content_type.h"

#include <array>

#include "proto/http/tokens.h"

namespace weir::http {
namespace {

struct Type {
  std::string_view ending;
  std::string_view name;
};

constexpr Type kTypes[] = {
    {"html", "text/html; charset=utf-8"},
    {"htm", "text/html; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"json", "application/json; charset=utf-8"},
    {"map", "application/json; charset=utf-8"},
    {"webmanifest", "application/manifest+json; charset=utf-8"},
    {"txt", "text/plain; charset=utf-8"},
    {"md", "text/plain; charset=utf-8"},
    {"log", "text/plain; charset=utf-8"},
    {"xml", "text/xml; charset=utf-8"},
    {"vtt", "text/vtt; charset=utf-8"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"avif", "image/avif"},
    {"ico", "image/x-icon"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"ttf", "font/ttf"},
    {"wasm", "application/wasm"},
    {"pdf", "application/pdf"},
    {"zip", "application/zip"},
    // RFC 8216, 4: Safari wants exactly this one or its older `audio/mpegurl`.
    {"m3u8", "application/vnd.apple.mpegurl"},
    {"m3u", "application/vnd.apple.mpegurl"},
    {"mpd", "application/dash+xml"},
    {"ts", "video/mp2t"},
    {"flv", "video/x-flv"},
    {"mp4", "video/mp4"},
    {"m4v", "video/mp4"},
    {"m4s", "video/iso.segment"},
    {"m4a", "audio/mp4"},
    {"webm", "video/webm"},
    {"mkv", "video/x-matroska"},
    {"mp3", "audio/mpeg"},
    {"aac", "audio/aac"},
    {"ogg", "audio/ogg"},
    {"opus", "audio/ogg"},
    {"wav", "audio/wav"},
};

}  // namespace

std::string_view ContentType(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  if (dot != std::string_view::npos) {
    const std::string_view ending = name.substr(dot + 1);
    for (const Type& type : kTypes) {
      if (EqualsIgnoreCase(ending, type.ending)) return type.name;
    }
  }
  return "application/octet-stream";
}

}  // namespace weir::http
