// Any query as the directives of a request for a playlist, against any list: nothing that is listed is waited for, what
// is waited for comes within two fragments, and what tells viewers apart has no directive left.
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "proto/hls/reload.h"

namespace {

using weir::hls::ListEnd;
using weir::hls::Readiness;
using weir::hls::Reload;

void Check(bool holds) {
  if (!holds) std::abort();
}

// The list grows as a stream would make it; a request that is held must be answered after two whole fragments.
void CheckGrowth(ListEnd list, const Reload& reload) {
  Readiness readiness = weir::hls::Check(list, reload);
  for (int fragment = 0; fragment < 3 && readiness == Readiness::kNotYet; ++fragment) {
    list.previous_parts = static_cast<uint64_t>(list.part + 1);
    list.part = -1;
    ++list.msn;
    readiness = weir::hls::Check(list, reload);
    for (int part = 0; part < 8 && readiness == Readiness::kNotYet; ++part) {
      ++list.part;
      readiness = weir::hls::Check(list, reload);
    }
  }
  Check(readiness != Readiness::kNotYet);
  list.has_ended = true;
  Check(weir::hls::Check(list, reload) == Readiness::kReady);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  const ListEnd list{
      .msn = data[0], .part = data[1] % 8 - 1, .previous_parts = data[2] % 9u, .part_limit = data[3] % 8u};
  const std::string_view query(reinterpret_cast<const char*>(data) + 4, size - 4);
  const Reload reload = weir::hls::ParseReload(query);
  if (reload.is_valid) Check(reload.msn || !reload.part);
  CheckGrowth(list, reload);

  const std::string rest = weir::hls::WithoutDirectives(query);
  Check(rest.size() <= query.size());
  Check(!rest.starts_with("_HLS_") && rest.find("&_HLS_") == std::string::npos);
  Check(weir::hls::WithoutDirectives(rest) == rest);
  return 0;
}
