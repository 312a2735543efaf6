// For the tests of the path agent: the two ends of a call, their NATs, relays and signalling.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_TEST_ENDS_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_TEST_ENDS_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/path/path_agent.h"
#include "protocol/path/test_port.h"
#include "protocol/path/test_world.h"

namespace sfa::path {

// One end of a call. Talks at 50 packets a second once it is told to.
class TestEnd final : public PathObserver, private MediaReceiver {
 public:
  // `ssrc` is what this end sends under, `their_ssrc` what it hears.
  TestEnd(TestWorld& world, TestHost& host, TestPort& port, PathRole role, uint8_t ssrc,
          uint8_t their_ssrc);
  ~TestEnd();

  PathAgent& agent() { return *agent_; }
  bool gone() const { return !agent_; }
  bool open() const { return opened_ > 0; }
  int opened() const { return opened_; }
  int silent() const { return silent_; }
  int failed() const { return failed_; }
  MonotonicTime opened_at() const { return opened_at_; }
  MonotonicTime failed_at() const { return failed_at_; }
  const std::vector<std::string>& paths() const { return paths_; }  // names, in order

  void Talk(bool on);
  // The longest pause between two packets heard, since the last call, in whole milliseconds.
  int64_t TakeGap();

  std::function<void()> on_candidates, on_silent;
  bool hang_up_when_open = false;

 private:
  void OnPathOpen(const PathInfo& path) override;
  void OnLocalCandidates() override;
  void OnPathSilent() override;
  void OnPathFailed() override;
  void OnMedia(const Route& from, std::span<const uint8_t> packet) override;

  TestWorld& world_;
  TestPort& port_;
  const uint8_t ssrc_, their_ssrc_;
  int opened_ = 0, silent_ = 0, failed_ = 0;
  MonotonicTime opened_at_{}, failed_at_{}, heard_at_{};
  Duration gap_{};
  std::vector<std::string> paths_;
  std::unique_ptr<Timer> talk_;
  std::unique_ptr<PathAgent> agent_;
};

struct TestSide {
  std::string address = "192.168.1.10";
  std::optional<TestNatKind> nat;
  TestPortSettings port;
  bool relay = true;
};

// A call between two sides through a signalling service that takes 20 ms, with a relay for each.
class PathTest : public ::testing::Test {
 protected:
  explicit PathTest(uint64_t seed = 1) : world(seed) {}

  static TestSide Public(const std::string& address);
  // Behind 203.0.113.1 or .2; both with the same private address, as at home so often.
  static TestSide Behind(TestMapping mapping, TestFiltering filtering);
  static TestSide PortRestricted();
  static TestSide Symmetric();
  static TestSide Sequential();
  static TestSide FullCone();
  static TestSide UdpBlocked();

  // Ports that know their mappings, and ends that have not heard of each other.
  void Build(TestSide alice, TestSide bob);
  // Each end gets the other one's description at this moment, and its candidates from then on.
  void Exchange();
  // Build and Exchange, and both talk.
  void Call(const TestSide& alice, const TestSide& bob);
  void EndCall();
  bool RunUntilOpen(Duration limit);
  // Whether both mean the same path.
  testing::AssertionResult Agree();
  // Signalling for one end is broken until it is mended.
  void BreakSignalling() { signalling_works_ = false; }
  void MendSignalling();
  int64_t Since(MonotonicTime start) const;

  TestWorld world;
  TestTcp tcp{world};
  std::unique_ptr<TestStunServer> stun, fresh;
  std::unique_ptr<TestRelay> alice_relay, bob_relay;
  TestNat* alice_nat = nullptr;
  TestNat* bob_nat = nullptr;
  TestHost* alice_host = nullptr;
  TestHost* bob_host = nullptr;
  std::unique_ptr<TestPort> alice_port, bob_port;
  std::optional<TestEnd> caller, callee;
  MonotonicTime exchanged_at{};

 private:
  void Update(std::optional<TestEnd>& from, std::optional<TestEnd>& to);
  bool signalling_works_ = true;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_TEST_ENDS_H_
