// The login server, told anything by strangers, users and supernodes.
#include "fuzz/community_bench.h"

namespace sfa::fuzz {
namespace {

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  CommunityBench(CommunityBench::Subject::kLoginServer).Run(input);
}

}  // namespace

const Target kLoginServer = {"login_server", Run, CommunitySeeds};

}  // namespace sfa::fuzz
