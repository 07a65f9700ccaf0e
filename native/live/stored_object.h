// StoredObject: what the object store serves at one path: bytes, a held slice of a log, or an open file, with what goes
// into the response's head. Lifetime: shared by the store and the answers that it is being sent in. Thread rule:
// immutable once made.
#ifndef WEIR_LIVE_STORED_OBJECT_H_
#define WEIR_LIVE_STORED_OBJECT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/clock.h"
#include "log/held_range.h"
#include "proto/hls/reload.h"
#include "sys/fd.h"

namespace weir {

struct StoredFile {
  UniqueFd fd;
  uint64_t size = 0;  // when it was opened
};

// A playlist that can be waited for.
struct LiveList {
  hls::ListEnd end;
  Millis hold = 0;                   // a request waits so long at most
  std::optional<Buffer> delta = {};  // for those that know the rest
};

struct StoredObject {
  std::variant<Buffer, std::shared_ptr<const HeldRange>, StoredFile> body;
  std::string content_type;
  std::string location = {};  // not empty: what answers is a 301 to there
  std::string cache_control;
  std::string etag;   // with its quotes; empty: none
  uint64_t view = 0;  // of which its readers are viewers; 0: none
  bool is_piece = false;
  std::optional<LiveList> live;

  uint64_t size() const {
    if (const auto* bytes = std::get_if<Buffer>(&body)) return bytes->size();
    if (const auto* range = std::get_if<std::shared_ptr<const HeldRange>>(&body)) return (*range)->size();
    return std::get<StoredFile>(body).size;
  }
  // What it takes of the heap.
  uint64_t memory() const {
    const auto* bytes = std::get_if<Buffer>(&body);
    return (bytes != nullptr ? bytes->size() : 0) + (live && live->delta ? live->delta->size() : 0);
  }
};

}  // namespace weir

#endif  // WEIR_LIVE_STORED_OBJECT_H_
