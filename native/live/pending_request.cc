#include "live/pending_request.h"

namespace weir {
namespace {

// Those that an answer or a question depends on.
constexpr std::string_view http::RequestFields::*kKept[] = {
    &http::RequestFields::path,       &http::RequestFields::query,    &http::RequestFields::host,
    &http::RequestFields::accept,     &http::RequestFields::referer,  &http::RequestFields::range,
    &http::RequestFields::user_agent, &http::RequestFields::if_range, &http::RequestFields::if_none_match};

}  // namespace

PendingRequest::PendingRequest(const http::RequestFields& request, ObjectStore& store, Shard& shard,
                               uint64_t connection)
    : store_(store), waiter_(shard, connection) {
  fields_.method = request.method;
  fields_.keep_alive = request.keep_alive;
  size_t size = 0;
  for (auto field : kKept) size += (request.*field).size();
  text_.reserve(size);  // so that it does not move under the views
  for (auto field : kKept) {
    size_t at = text_.size();
    text_.append(request.*field);
    fields_.*field = std::string_view(text_).substr(at);
  }
}

}  // namespace weir
