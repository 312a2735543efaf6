#include "protocol/path/test_ends.h"

#include <algorithm>
#include <array>

namespace sfa::path {
namespace {

constexpr Duration kPacketTime = std::chrono::milliseconds(20);
constexpr Duration kSignalling = std::chrono::milliseconds(20);

}  // namespace

TestEnd::TestEnd(TestWorld& world, TestHost& host, TestPort& port, PathRole role, uint8_t ssrc,
                 uint8_t their_ssrc)
    : world_(world), port_(port), ssrc_(ssrc), their_ssrc_(their_ssrc) {
  talk_ = host.NewTimer([this] {
    if (!agent_) return;
    const std::array<uint8_t, 12> packet = {0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ssrc_};
    agent_->SendMedia(packet);
    talk_->Start(kPacketTime);
  });
  port_.AddReceiver(their_ssrc_, this);
  agent_ = NewPathAgent(host, port, role, *this);
}

TestEnd::~TestEnd() { port_.RemoveReceiver(their_ssrc_); }

void TestEnd::OnPathOpen(const PathInfo& path) {
  if (opened_++ == 0) opened_at_ = world_.Now();
  paths_.push_back(path.name());
  EXPECT_TRUE(agent_->is_open());
  EXPECT_EQ(path.remote, agent_->path().remote);
  if (hang_up_when_open) agent_.reset();
}

void TestEnd::OnLocalCandidates() {
  if (on_candidates) on_candidates();
}

void TestEnd::OnPathSilent() {
  ++silent_;
  if (on_silent) on_silent();
}

void TestEnd::OnPathFailed() {
  ++failed_;
  failed_at_ = world_.Now();
  agent_.reset();  // an observer may always do that
}

void TestEnd::OnMedia(const Route& from, std::span<const uint8_t>) {
  if (heard_at_ != MonotonicTime()) gap_ = std::max(gap_, world_.Now() - heard_at_);
  heard_at_ = world_.Now();
  if (agent_) agent_->OnMediaHeard(from);
}

void TestEnd::Talk(bool on) {
  if (on) {
    talk_->Start(Duration::zero());
  } else {
    talk_->Cancel();
  }
}

int64_t TestEnd::TakeGap() {
  if (heard_at_ != MonotonicTime()) gap_ = std::max(gap_, world_.Now() - heard_at_);
  const auto gap = std::chrono::duration_cast<std::chrono::milliseconds>(gap_);
  gap_ = Duration::zero();
  return gap.count();
}

TestSide PathTest::Public(const std::string& address) {
  TestSide side;
  side.address = address;
  return side;
}

TestSide PathTest::Behind(TestMapping mapping, TestFiltering filtering) {
  TestSide side;
  side.nat = TestNatKind{mapping, filtering};
  return side;
}

TestSide PathTest::PortRestricted() {
  return Behind(TestMapping::kEndpointIndependent, TestFiltering::kAddressAndPort);
}
TestSide PathTest::Symmetric() {
  return Behind(TestMapping::kUnpredictable, TestFiltering::kAddressAndPort);
}
TestSide PathTest::Sequential() {
  return Behind(TestMapping::kSequential, TestFiltering::kAddressAndPort);
}
TestSide PathTest::FullCone() {
  return Behind(TestMapping::kEndpointIndependent, TestFiltering::kNone);
}
TestSide PathTest::UdpBlocked() {
  TestSide side = PortRestricted();
  side.nat->lets_udp_out = false;
  return side;
}

void PathTest::Build(TestSide alice, TestSide bob) {
  stun = std::make_unique<TestStunServer>(world.AddHost("198.51.100.1"), uint16_t{33033});
  fresh = std::make_unique<TestStunServer>(world.AddHost("198.51.100.2"), uint16_t{33033});
  alice_relay = std::make_unique<TestRelay>(world.AddHost("198.51.100.11"));
  bob_relay = std::make_unique<TestRelay>(world.AddHost("198.51.100.12"));
  const auto prepare = [this](TestSide& side, const char* external, TestRelay& relay, TestNat*& nat,
                              TestHost*& host) {
    if (side.nat) nat = &world.AddNat(external, *side.nat);
    host = &world.AddHost(side.address, nat);
    side.port.stun_server = stun->endpoint();
    if (nat && side.nat->mapping == TestMapping::kSequential) {
      side.port.fresh_server = fresh->endpoint();
    }
    if (side.relay) side.port.relay = &relay;
    auto port = std::make_unique<TestPort>(*host, tcp, side.port);
    if (nat && !side.nat->lets_udp_out) port->SetMapping(Mapping::kBlocked);
    return port;
  };
  alice_port = prepare(alice, "203.0.113.1", *alice_relay, alice_nat, alice_host);
  bob_port = prepare(bob, "203.0.113.2", *bob_relay, bob_nat, bob_host);
  world.RunFor(std::chrono::milliseconds(20));
  caller.emplace(world, *alice_host, *alice_port, PathRole::kControlling, uint8_t{1}, uint8_t{2});
  callee.emplace(world, *bob_host, *bob_port, PathRole::kControlled, uint8_t{2}, uint8_t{1});
}

void PathTest::Exchange() {
  exchanged_at = world.Now();
  callee->agent().SetRemote(caller->agent().local());
  caller->agent().SetRemote(callee->agent().local());
  caller->on_candidates = [this] { Update(caller, callee); };
  callee->on_candidates = [this] { Update(callee, caller); };
}

void PathTest::Update(std::optional<TestEnd>& from, std::optional<TestEnd>& to) {
  if (!signalling_works_ || !from || from->gone()) return;
  world.After(kSignalling, [&to, candidates = from->agent().local().candidates] {
    if (to && !to->gone()) to->agent().UpdateRemote(candidates);
  });
}

void PathTest::MendSignalling() {
  signalling_works_ = true;
  Update(caller, callee);
  Update(callee, caller);
}

void PathTest::Call(const TestSide& alice, const TestSide& bob) {
  Build(alice, bob);
  Exchange();
  caller->Talk(true);
  callee->Talk(true);
}

void PathTest::EndCall() {
  caller.reset();
  callee.reset();
  alice_port.reset();
  bob_port.reset();
  alice_nat = bob_nat = nullptr;
}

bool PathTest::RunUntilOpen(Duration limit) {
  return world.RunUntil([this] { return caller->open() && callee->open(); }, limit);
}

testing::AssertionResult PathTest::Agree() {
  if (!caller->agent().is_open() || !callee->agent().is_open()) {
    return testing::AssertionFailure() << "not both are open";
  }
  const PathInfo& one = caller->agent().path();
  const PathInfo& other = callee->agent().path();
  if (one.local == other.remote && one.remote == other.local) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << one.local.ToString() << " to " << one.remote.ToString() << ", but "
         << other.local.ToString() << " to " << other.remote.ToString();
}

int64_t PathTest::Since(MonotonicTime start) const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(world.Now() - start).count();
}

}  // namespace sfa::path
