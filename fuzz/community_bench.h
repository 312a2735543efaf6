// A login server and a supernode in virtual time, and streams of whoever the input wants to be.
#ifndef FUZZ_COMMUNITY_BENCH_H_
#define FUZZ_COMMUNITY_BENCH_H_

#include <memory>
#include <vector>

#include "fake_skype_network/login_server.h"
#include "fake_skype_network/supernode.h"
#include "fake_skype_network/test_disk.h"
#include "fuzz/hostile_stream.h"
#include "fuzz/target.h"
#include "protocol/stream/test_world.h"

namespace sfa::fuzz {

class CommunityBench {
 public:
  enum class Subject { kLoginServer, kSupernode };
  explicit CommunityBench(Subject subject);

  // The messages of one run: raw frames, and frames of users and nodes that have introduced
  // themselves as they should.
  void Run(Input& input);

 private:
  class DiskRuntime final : public stream::TestRuntime {
   public:
    using TestRuntime::TestRuntime;
    FileSystem& files() override { return disk; }
    community::TestDisk disk;
  };

  void Connect();
  void Introduce(Input& input, HostileStream& stream);

  const Endpoint subject_;
  const wire::NodeRole role_;
  stream::TestWorld world_;
  DiskRuntime login_runtime_;
  stream::TestRuntime node_runtime_, stranger_runtime_;
  const stream::NodeIdentity node_identity_;
  const stream::SigningKey user_key_;
  std::unique_ptr<community::LoginServer> login_server_;
  std::unique_ptr<community::Supernode> supernode_;
  std::vector<std::unique_ptr<HostileStream>> streams_;
};

// Messages that nodes know, as the blocks of a Script.
Seeds CommunitySeeds();

}  // namespace sfa::fuzz

#endif  // FUZZ_COMMUNITY_BENCH_H_
