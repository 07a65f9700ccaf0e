// The stream log: appending an entry, which is a pwritev into a memory file, and trimming as nobody reads.
#include <memory>

#include "base/bytes.h"
#include "bench/native/harness.h"
#include "log/stream_log.h"

namespace weir::micro {
namespace {

constexpr int kFramesPerGop = 50;
constexpr int64_t kBudget = int64_t{1} << 30;

struct Fixture {
  MemoryBudget budget{kBudget};
  StreamLog log{budget};
  uint64_t frames = 0;
};

// An entry of `pieces` chunks, as the writer hands it over: a header byte run and a payload run for each.
void AddAppend(const std::string& name, size_t size, size_t pieces, Cases& cases) {
  auto fixture = std::make_shared<Fixture>();
  auto payload = std::make_shared<Buffer>(size, 0x55);
  cases.push_back({"log append, " + name, [=] {
                     static constexpr size_t kHeader = 8;
                     uint8_t header[kHeader] = {};
                     std::vector<iovec> parts;
                     size_t total = 0;
                     for (size_t i = 0; i < pieces; ++i) {
                       size_t head = i == 0 ? kHeader : 1;
                       parts.push_back({header, head});
                       parts.push_back({payload->data() + i * size / pieces, size / pieces});
                       total += head + size / pieces;
                     }
                     uint64_t number = fixture->frames++;
                     Entry entry{.dts = static_cast<int64_t>(number * 40)};
                     if (number % kFramesPerGop == 0) entry.flags = Entry::kKey;
                     Keep(fixture->log.Append(parts, total, entry));
                     return Work{1, total};
                   }});
}

}  // namespace

void AddLogCases(Cases& cases) {
  AddAppend("200 B", 200, 1, cases);
  AddAppend("4 KB in one chunk", 4000, 1, cases);
  AddAppend("30 KB in one chunk", 30'000, 1, cases);
  AddAppend("30 KB in 8 chunks", 30'000, 8, cases);
  AddAppend("30 KB in 235 chunks of 128", 30'000, 235, cases);
}

}  // namespace weir::micro
