// A supernode, told anything by strangers, users and other nodes.
#include "fuzz/community_bench.h"

namespace sfa::fuzz {
namespace {

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  CommunityBench(CommunityBench::Subject::kSupernode).Run(input);
}

}  // namespace

const Target kSupernode = {"supernode", Run, CommunitySeeds};

}  // namespace sfa::fuzz
