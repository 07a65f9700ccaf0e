// weir-load: plays, publishes, attacks, and measures the floor, thousands of connections per thread.
#include <signal.h>

#include <cstdio>
#include <string_view>

#include "bench/load/commands.h"

namespace {

constexpr char kHelp[] =
    "weir-load COMMAND ...\n"
    "\n"
    "  play URL      plays a stream with many viewers (rtmp, http .flv .ts .m3u8, ws) and checks what they receive\n"
    "  publish URL   publishes synthetic streams or an FLV file in a loop\n"
    "  floor         what a bare loop of send() costs: the same bytes to as many sockets at the same interval\n"
    "  attack URL    hostile clients: garbage, half handshakes, huge messages\n"
    "\n"
    "weir-load COMMAND --help lists the flags. {i} in a URL is the connection's number.\n"
    "Exit codes: 0 all was as asked, 1 the run found faults, 2 it could not run.\n";

}  // namespace

int main(int argc, char** argv) {
  // Neither sendfile nor a write to a closed terminal may end us.
  signal(SIGPIPE, SIG_IGN);
  std::string_view command = argc > 1 ? argv[1] : "";
  std::span<char* const> arguments(argv + (argc > 1 ? 2 : 1), argv + argc);
  if (command == "play") return weir::load::RunPlay(arguments);
  if (command == "publish") return weir::load::RunPublish(arguments);
  if (command == "floor") return weir::load::RunFloor(arguments);
  if (command == "attack") return weir::load::RunAttack(arguments);
  bool is_help = command == "--help" || command == "-h" || command == "help";
  std::fputs(kHelp, is_help ? stdout : stderr);
  return is_help ? weir::load::kExitGood : weir::load::kExitUsage;
}
