#include "proto/hls/reload.h"

#include <algorithm>

#include "proto/http/query.h"
#include "proto/http/tokens.h"

namespace weir::hls {
namespace {

constexpr std::string_view kPrefix = "_HLS_";

// Absent is fine, what is no number is not.
bool ReadNumber(std::string_view query, std::string_view name, std::optional<uint64_t>& value) {
  const std::optional<std::string> text = http::FindParam(query, name);
  if (!text) return true;
  uint64_t number = 0;
  if (!http::ParseNumber(*text, number) || number > INT64_MAX) return false;
  value = number;
  return true;
}

}  // namespace

Reload ParseReload(std::string_view query) {
  Reload reload;
  if (query.find(kPrefix) == std::string_view::npos) return reload;
  reload.is_valid = ReadNumber(query, "_HLS_msn", reload.msn) && ReadNumber(query, "_HLS_part", reload.part) &&
                    (reload.msn || !reload.part);
  const std::string skip = http::FindParam(query, "_HLS_skip").value_or("");
  reload.skip = skip == "YES" || skip == "v2";
  return reload;
}

std::string WithoutDirectives(std::string_view query) {
  std::string rest;
  std::string_view param;
  while (http::TakeParam(query, param)) {
    if (param.empty() || param.starts_with(kPrefix)) continue;
    if (!rest.empty()) rest += '&';
    rest += param;
  }
  return rest;
}

Readiness Check(const ListEnd& list, const Reload& reload) {
  if (list.has_ended) return Readiness::kReady;
  if (!reload.is_valid) return Readiness::kInvalid;
  if (!reload.msn) return Readiness::kReady;
  uint64_t msn = *reload.msn;
  uint64_t part = reload.part.value_or(0);
  const uint64_t listed = static_cast<uint64_t>(list.part + 1);
  // A part behind the last one of its fragment is the first one of the next.
  if (reload.part && msn + 1 == list.msn && part >= list.previous_parts) {
    msn = list.msn;
    part = 0;
  }
  if (msn < list.msn) return Readiness::kReady;
  // The last fragment that is listed whole is msn - 1; two beyond that are as far as a client may look.
  if (msn > list.msn + 1) return Readiness::kInvalid;
  const uint64_t ahead = msn == list.msn ? part - std::min(part, listed) : part;
  if (ahead >= list.part_limit && part > 0) return Readiness::kInvalid;
  return reload.part && msn == list.msn && part < listed ? Readiness::kReady : Readiness::kNotYet;
}

}  // namespace weir::hls
