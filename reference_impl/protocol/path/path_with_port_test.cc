// The agent over the media port that is deployed: that the two fit together.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "protocol/path/media_port.h"
#include "protocol/path/path_agent.h"
#include "protocol/path/test_port.h"
#include "protocol/path/test_world.h"

namespace sfa::path {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class End final : public PathObserver {
 public:
  End(TestHost& host, MediaPort& port, PathRole role)
      : agent(NewPathAgent(host, port, role, *this)) {}
  void OnPathOpen(const PathInfo&) override { ++opened; }
  void OnLocalCandidates() override {
    if (other) other->agent->UpdateRemote(agent->local().candidates);
  }
  void OnPathSilent() override { ++silent; }
  void OnPathFailed() override { ++failed; }
  int opened = 0, silent = 0, failed = 0;
  End* other = nullptr;
  std::unique_ptr<PathAgent> agent;
};

TEST(PathWithPort, BehindNatsThatReboot) {
  TestWorld world;
  TestStunServer server(world.AddHost("198.51.100.1"), 33033);
  TestNat& nat = world.AddNat("203.0.113.1");
  TestHost& alice = world.AddHost("192.168.1.10", &nat);
  TestHost& bob = world.AddHost("192.168.1.10", &world.AddNat("203.0.113.2"));
  PortSettings settings;
  settings.listen_tcp = settings.tcp_auto = false;
  const auto alice_port = NewMediaPort(alice, settings).value();
  const auto bob_port = NewMediaPort(bob, settings).value();
  alice_port->UseStunServer(server.endpoint());
  bob_port->UseStunServer(server.endpoint());
  world.RunFor(seconds(1));
  End caller(alice, *alice_port, PathRole::kControlling);
  End callee(bob, *bob_port, PathRole::kControlled);
  caller.other = &callee;
  callee.other = &caller;
  callee.agent->SetRemote(caller.agent->local());
  caller.agent->SetRemote(callee.agent->local());
  ASSERT_TRUE(world.RunUntil([&] { return caller.opened > 0 && callee.opened > 0; }, seconds(1)));
  EXPECT_STREQ(caller.agent->path().name(), "direct");
  EXPECT_EQ(caller.agent->path().local, callee.agent->path().remote);
  world.RunFor(seconds(100));
  EXPECT_EQ(caller.silent + callee.silent, 0);

  nat.Reboot();
  world.RunFor(seconds(29));
  EXPECT_EQ(caller.failed + callee.failed, 0);
  EXPECT_TRUE(caller.agent->is_open() && callee.agent->is_open());
  EXPECT_EQ(caller.agent->path().local, callee.agent->path().remote);
  EXPECT_EQ(caller.agent->path().remote, callee.agent->path().local);
  world.RunFor(seconds(100));
  EXPECT_EQ(caller.failed + callee.failed, 0);
}

TEST(PathWithPort, TwoCallsShareAPort) {
  TestWorld world;
  TestHost& host = world.AddHost("192.0.2.1");
  PortSettings settings;
  settings.listen_tcp = settings.tcp_auto = false;
  const auto port = NewMediaPort(host, settings).value();
  End caller(host, *port, PathRole::kControlling);
  End callee(host, *port, PathRole::kControlled);
  callee.agent->SetRemote(caller.agent->local());
  caller.agent->SetRemote(callee.agent->local());
  ASSERT_TRUE(world.RunUntil([&] { return caller.opened > 0 && callee.opened > 0; }, seconds(1)));
  world.RunFor(seconds(100));
  EXPECT_EQ(caller.failed + callee.failed, 0);
}

}  // namespace
}  // namespace sfa::path
