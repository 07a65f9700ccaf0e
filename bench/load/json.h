// Json: writes one JSON document into a string, member by member; the result files of weir-load are made with it.
// Lifetime: plain value. Thread rule: one thread.
#ifndef WEIR_BENCH_LOAD_JSON_H_
#define WEIR_BENCH_LOAD_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::load {

class Json {
 public:
  Json() { Begin('{'); }

  Json& Text(std::string_view name, std::string_view value);
  Json& Number(std::string_view name, double value);
  Json& Count(std::string_view name, uint64_t value);
  Json& Flag(std::string_view name, bool value);
  Json& Open(std::string_view name);  // a nested object, until Close
  Json& Close();

  // Ends the document and gives it away.
  std::string Finish();

 private:
  void Begin(char bracket);
  void Name(std::string_view name);
  void Quote(std::string_view text);

  std::string out_;
  bool first_ = true;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_JSON_H_
