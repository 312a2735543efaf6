#include "protocol/path/path_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "protocol/path/candidate.h"
#include "protocol/path/check_list.h"
#include "protocol/path/test_world.h"
#include "protocol/stun/builder.h"
#include "protocol/stun/server.h"
#include "protocol/stun/transaction.h"

namespace sfa::path {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Endpoint kServer = *Endpoint::Parse("198.51.100.1:33033");

class StunServerNode final : private UdpReceiver {
 public:
  explicit StunServerNode(Runtime& runtime) : socket_(runtime.OpenUdp(kServer, *this).value()) {}

 private:
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
    const auto answer = stun::AnswerBinding(*stun::Message::Parse(bytes), from);
    ASSERT_TRUE(socket_->Send(from, answer->bytes()).ok());
  }
  std::unique_ptr<UdpSocket> socket_;
};

// One end of a call.
class End final : public PathObserver {
 public:
  End(Runtime& runtime, MediaPort& port, PathRole role)
      : runtime_(runtime), agent_(NewPathAgent(runtime, port, role, *this)) {}

  void OnPathOpen(const Endpoint& remote) override {
    ++opened_;
    opened_at_ = runtime_.Now();
    EXPECT_EQ(remote, agent_->remote_endpoint());
    if (hang_up_when_open) agent_.reset();
  }
  void OnPathFailed() override {
    ++failed_;
    failed_at_ = runtime_.Now();
    agent_.reset();  // an observer may always do that
  }

  PathAgent& agent() { return *agent_; }
  bool open() const { return opened_ > 0; }
  int opened() const { return opened_; }
  int failed() const { return failed_; }
  MonotonicTime opened_at() const { return opened_at_; }
  MonotonicTime failed_at() const { return failed_at_; }
  bool gone() const { return !agent_; }
  bool hang_up_when_open = false;

 private:
  Runtime& runtime_;
  int opened_ = 0;
  int failed_ = 0;
  MonotonicTime opened_at_{}, failed_at_{};
  std::unique_ptr<PathAgent> agent_;
};

// Two hosts with a media port each that know their mappings; `NewCall` makes the two ends.
class PathTest : public ::testing::Test {
 protected:
  void Build(TestHost& alice, TestHost& bob) {
    server_.emplace(world.AddHost("198.51.100.1"));
    alice_host = &alice;
    bob_host = &bob;
    alice_port = NewMediaPort(alice, {{}, 5000}).value();
    bob_port = NewMediaPort(bob, {{}, 5000}).value();
    alice_port->UseStunServer(kServer, {});
    bob_port->UseStunServer(kServer, {});
    world.RunFor(milliseconds(20));
    caller.emplace(alice, *alice_port, PathRole::kControlling);
    callee.emplace(bob, *bob_port, PathRole::kControlled);
  }
  void Exchange() {
    callee->agent().SetRemote(caller->agent().local());
    caller->agent().SetRemote(callee->agent().local());
  }
  bool RunUntilOpen(Duration limit) {
    return world.RunUntil([this] { return caller->open() && callee->open(); }, limit);
  }

  TestWorld world;
  std::optional<StunServerNode> server_;
  TestHost* alice_host = nullptr;
  TestHost* bob_host = nullptr;
  std::unique_ptr<MediaPort> alice_port, bob_port;
  std::optional<End> caller, callee;
};

TEST_F(PathTest, PublicToPublic) {
  Build(world.AddHost("192.0.2.1"), world.AddHost("192.0.2.2"));
  EXPECT_EQ(caller->agent().local().candidates.size(), 1u);  // the mapping is the host itself
  Exchange();
  ASSERT_TRUE(RunUntilOpen(milliseconds(150)));
  EXPECT_EQ(caller->agent().local_kind(), CandidateKind::kHost);
  EXPECT_EQ(caller->agent().remote_endpoint(), *Endpoint::Parse("192.0.2.2:5000"));
  EXPECT_EQ(callee->agent().remote_endpoint(), *Endpoint::Parse("192.0.2.1:5000"));
  EXPECT_EQ(caller->agent().local_endpoint(), *Endpoint::Parse("192.0.2.1:5000"));
  EXPECT_EQ(caller->agent().round_trip(), milliseconds(20));
}

TEST_F(PathTest, BothBehindNats) {
  // The same private addresses on both sides, as at home so often.
  Build(world.AddHost("192.168.1.10", &world.AddNat("203.0.113.1")),
        world.AddHost("192.168.1.10", &world.AddNat("203.0.113.2")));
  Exchange();
  ASSERT_TRUE(RunUntilOpen(seconds(2)));
  EXPECT_EQ(caller->agent().local_kind(), CandidateKind::kServerReflexive);
  EXPECT_EQ(caller->agent().local_endpoint(), *Endpoint::Parse("203.0.113.1:20000"));
  EXPECT_EQ(caller->agent().remote_endpoint(), *Endpoint::Parse("203.0.113.2:20000"));
  EXPECT_EQ(callee->agent().remote_endpoint(), *Endpoint::Parse("203.0.113.1:20000"));
}

TEST_F(PathTest, SymmetricNatIsLearntFromItsChecks) {
  Build(world.AddHost("192.168.1.10", &world.AddNat("203.0.113.1", /*symmetric=*/true)),
        world.AddHost("192.0.2.2"));
  Exchange();
  ASSERT_TRUE(RunUntilOpen(seconds(2)));
  EXPECT_EQ(caller->agent().local_kind(), CandidateKind::kPeerReflexive);
  EXPECT_EQ(callee->agent().remote_endpoint(), caller->agent().local_endpoint());
}

TEST_F(PathTest, SymmetricToPortRestrictedCannotBePunched) {
  Build(world.AddHost("192.168.1.10", &world.AddNat("203.0.113.1", /*symmetric=*/true)),
        world.AddHost("192.168.2.10", &world.AddNat("203.0.113.2")));
  Exchange();
  EXPECT_FALSE(RunUntilOpen(seconds(45)));
  EXPECT_EQ(caller->failed(), 1);
  EXPECT_EQ(callee->failed(), 1);
  EXPECT_GE(caller->failed_at() - MonotonicTime(), stun::kTransactionTimeout);
}

TEST_F(PathTest, SameLanPrefersTheDirectWay) {
  TestNat& nat = world.AddNat("203.0.113.1");
  Build(world.AddHost("192.168.1.10", &nat), world.AddHost("192.168.1.11", &nat));
  Exchange();
  ASSERT_TRUE(RunUntilOpen(milliseconds(300)));
  EXPECT_EQ(caller->agent().local_kind(), CandidateKind::kHost);
  EXPECT_EQ(caller->agent().remote_endpoint(), *Endpoint::Parse("192.168.1.11:5000"));
}

TEST_F(PathTest, TwoAgentsOnOnePort) {
  Build(world.AddHost("192.0.2.1"), world.AddHost("192.0.2.2"));
  End first(*alice_host, *alice_port, PathRole::kControlling);
  End second(*alice_host, *alice_port, PathRole::kControlled);
  first.agent().SetRemote(second.agent().local());
  second.agent().SetRemote(first.agent().local());
  ASSERT_TRUE(world.RunUntil([&] { return first.open() && second.open(); }, seconds(1)));
  EXPECT_EQ(first.agent().remote_endpoint(), *Endpoint::Parse("192.0.2.1:5000"));
  world.RunFor(seconds(120));
  EXPECT_EQ(first.failed() + second.failed(), 0);
}

TEST_F(PathTest, ChecksThatComeEarlyAreAnsweredAndRemembered) {
  Build(world.AddHost("192.0.2.1"), world.AddHost("192.168.1.10", &world.AddNat("203.0.113.2")));
  // The callee begins; the caller learns of it two seconds later.
  callee->agent().SetRemote(caller->agent().local());
  world.RunFor(seconds(2));
  EXPECT_FALSE(callee->open());
  PathDescription bare = callee->agent().local();
  bare.candidates.clear();  // known from its checks alone
  caller->agent().SetRemote(bare);
  ASSERT_TRUE(RunUntilOpen(seconds(1)));
  EXPECT_EQ(caller->agent().remote_endpoint(), *Endpoint::Parse("203.0.113.2:20000"));
}

class RoleConflict : public PathTest, public ::testing::WithParamInterface<PathRole> {};

TEST_P(RoleConflict, IsSettled) {
  Build(world.AddHost("192.168.1.10", &world.AddNat("203.0.113.1")),
        world.AddHost("192.168.1.10", &world.AddNat("203.0.113.2")));
  caller.emplace(*alice_host, *alice_port, GetParam());
  callee.emplace(*bob_host, *bob_port, GetParam());
  Exchange();
  ASSERT_TRUE(RunUntilOpen(seconds(3)));
  world.RunFor(seconds(60));
  EXPECT_EQ(caller->failed() + callee->failed(), 0);
}
INSTANTIATE_TEST_SUITE_P(Both, RoleConflict,
                         ::testing::Values(PathRole::kControlling, PathRole::kControlled));

TEST_F(PathTest, TenPercentLoss) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    caller.reset();
    callee.reset();
    alice_port.reset();
    bob_port.reset();
    server_.reset();
    world = TestWorld(seed);
    world.SetLoss(10);
    Build(world.AddHost("192.168.1.10", &world.AddNat("203.0.113.1")),
          world.AddHost("192.168.1.10", &world.AddNat("203.0.113.2")));
    world.RunFor(seconds(10));  // until both mappings are known
    caller.emplace(*alice_host, *alice_port, PathRole::kControlling);
    callee.emplace(*bob_host, *bob_port, PathRole::kControlled);
    Exchange();
    ASSERT_TRUE(RunUntilOpen(seconds(10))) << "seed " << seed;
    world.RunFor(seconds(300));
    ASSERT_EQ(caller->failed() + callee->failed(), 0) << "seed " << seed;
  }
}

TEST_F(PathTest, ConsentEndsThirtySecondsAfterTheLastAnswer) {
  Build(world.AddHost("192.0.2.1"), world.AddHost("192.0.2.2"));
  Exchange();
  ASSERT_TRUE(RunUntilOpen(seconds(1)));
  world.RunFor(seconds(300));
  EXPECT_EQ(caller->failed(), 0);
  EXPECT_EQ(caller->opened(), 1);
  bob_host->Unplug();
  const MonotonicTime unplugged = world.Now();
  world.RunFor(seconds(60));
  EXPECT_EQ(caller->failed(), 1);
  EXPECT_LE(caller->failed_at() - unplugged, seconds(30) + milliseconds(10));  // one was under way
  EXPECT_GE(caller->failed_at() - unplugged, seconds(24));  // the last answer is 6 s old at most
}

TEST_F(PathTest, ConsentChecksComeEveryFiveSecondsMoreOrLess) {
  Build(world.AddHost("192.0.2.1"), world.AddHost("192.0.2.2"));
  Exchange();
  ASSERT_TRUE(RunUntilOpen(seconds(1)));
  alice_port->UseStunServer({}, {});
  bob_port->UseStunServer({}, {});
  world.RunFor(seconds(100));
  const uint64_t before = world.sent();
  world.RunFor(seconds(600));
  const uint64_t stun_servers = 2 * 7 * (600 / 39);  // about: both still look for their servers
  const double consents = static_cast<double>(world.sent() - before - stun_servers) / 4;
  EXPECT_NEAR(consents, 120, 10);
}

TEST_F(PathTest, NobodyThereFailsAfterTheTransactions) {
  Build(world.AddHost("192.0.2.1"), world.AddHost("192.0.2.2"));
  PathDescription nobody = callee->agent().local();
  nobody.candidates[0].endpoint = *Endpoint::Parse("192.0.2.77:5000");
  const MonotonicTime start = world.Now();
  caller->agent().SetRemote(nobody);
  world.RunFor(seconds(100));
  EXPECT_EQ(caller->failed(), 1);
  EXPECT_GE(caller->failed_at() - start, stun::kTransactionTimeout);
  EXPECT_LE(caller->failed_at() - start, stun::kTransactionTimeout + milliseconds(100));
}

TEST_F(PathTest, AControllingEndThatNeverNominatesIsGivenUp) {
  Build(world.AddHost("192.0.2.1"), world.AddHost("192.0.2.2"));
  callee->agent().SetRemote(caller->agent().local());  // answered, but the caller never starts
  world.RunFor(seconds(120));
  EXPECT_EQ(callee->failed(), 1);
  EXPECT_EQ(callee->opened(), 0);
}

TEST_F(PathTest, HostileDescriptions) {
  Build(world.AddHost("192.0.2.1"), world.AddHost("192.0.2.2"));
  PathDescription hostile = callee->agent().local();
  hostile.candidates.clear();
  for (const char* text : {"224.0.0.1:5000", "255.255.255.255:5000", "0.0.0.0:5000",
                           "127.0.0.1:5038", "192.0.2.9:0"}) {
    hostile.candidates.push_back({CandidateKind::kHost, *Endpoint::Parse(text), 1, "x"});
  }
  const uint64_t before = world.sent();
  caller->agent().SetRemote(hostile);
  world.RunFor(seconds(10));
  EXPECT_EQ(world.sent(), before);

  // A thousand victims: no more than the limit are ever sent to.
  End flooder(*alice_host, *alice_port, PathRole::kControlling);
  hostile.candidates.clear();
  for (uint16_t i = 0; i < 1000; ++i) {
    hostile.candidates.push_back({CandidateKind::kHost,
                                  {Ipv4Address::Of(203, 0, 113, 9), static_cast<uint16_t>(i + 1)},
                                  i,
                                  "x"});
  }
  const uint64_t start = world.sent();
  flooder.agent().SetRemote(hostile);
  world.RunFor(seconds(4));
  EXPECT_LE(world.sent() - start, 16u * 4);

  End short_password(*alice_host, *alice_port, PathRole::kControlling);
  short_password.agent().SetRemote({"abcd", "short", {}});
  EXPECT_EQ(short_password.failed(), 0);  // never from inside
  world.RunFor(seconds(1));
  EXPECT_EQ(short_password.failed(), 1);
}

TEST_F(PathTest, DestroyedFromInsideTheObserver) {
  Build(world.AddHost("192.0.2.1"), world.AddHost("192.0.2.2"));
  caller->hang_up_when_open = true;
  callee->hang_up_when_open = true;
  Exchange();
  world.RunFor(seconds(60));
  EXPECT_TRUE(caller->open() && caller->gone());
}

// What a stranger sends to an agent, and what comes back.
class StrangerTest : public PathTest, private UdpReceiver {
 protected:
  void Connect() {
    Build(world.AddHost("192.0.2.1"), world.AddHost("192.0.2.2"));
    socket_ = world.AddHost("192.0.2.66").OpenUdp({{}, 666}, *this).value();
  }
  stun::Builder Request(const std::string& user) {
    stun::Builder request(stun::MessageClass::kRequest, stun::kBinding, {7});
    request.AddText(stun::AttributeType::kUsername, user);
    return request;
  }
  // The answer's error code, 0 for a success, -1 for silence.
  int Ask(const stun::Builder& request) {
    code_ = -1;
    EXPECT_TRUE(socket_->Send(*Endpoint::Parse("192.0.2.1:5000"), request.bytes()).ok());
    world.RunFor(milliseconds(30));
    return code_;
  }
  std::string user() { return caller->agent().local().ufrag + ":them"; }
  stun::Bytes key() { return stun::ShortTermKey(caller->agent().local().password); }

 private:
  void OnDatagram(const Endpoint&, std::span<const uint8_t> bytes) override {
    const auto answer = stun::Message::Parse(bytes);
    if (answer->message_class() == stun::MessageClass::kRequest) return;
    code_ = answer->ErrorCode() ? answer->ErrorCode()->code : 0;
  }
  std::unique_ptr<UdpSocket> socket_;
  int code_ = -1;
};

TEST_F(StrangerTest, GetsTheRightRefusal) {
  using stun::AttributeType;
  Connect();
  EXPECT_EQ(Ask(Request("nobody:them").AddFingerprint()), -1);
  EXPECT_EQ(Ask(Request(user())), -1);  // without a fingerprint it is not ICE
  EXPECT_EQ(Ask(Request(user()).AddFingerprint()), 400);
  EXPECT_EQ(Ask(Request(user()).AddIntegrity(key()).AddFingerprint()), 400);
  EXPECT_EQ(Ask(Request(user())
                    .Add32(AttributeType::kPriority, 1)
                    .AddIntegrity(stun::ShortTermKey("guess"))
                    .AddFingerprint()),
            401);
  EXPECT_EQ(Ask(Request(user())
                    .Add32(AttributeType::kPriority, 1)
                    .Add32(static_cast<AttributeType>(0x7777), 1)
                    .AddIntegrity(key())
                    .AddFingerprint()),
            420);
  EXPECT_EQ(Ask(Request(user())
                    .Add32(AttributeType::kPriority, 1)
                    .Add64(AttributeType::kIceControlling, 0)
                    .AddIntegrity(key())
                    .AddFingerprint()),
            487);
  EXPECT_EQ(Ask(Request(user())
                    .Add32(AttributeType::kPriority, 1)
                    .Add64(AttributeType::kIceControlled, 0)
                    .AddIntegrity(key())
                    .AddFingerprint()),
            0);
  // Once the other end is known, only it may check.
  caller->agent().SetRemote(callee->agent().local());
  EXPECT_EQ(
      Ask(Request(user()).Add32(AttributeType::kPriority, 1).AddIntegrity(key()).AddFingerprint()),
      401);
}

TEST(CheckList, TriggeredChecksComeFirstThenByPriority) {
  CheckList list;
  for (const uint32_t priority : {10u, 30u, 20u}) {
    list.Add({CandidateKind::kHost, {{priority}, 1}, priority, "x"});
  }
  list.SetPriorities(PathRole::kControlling, 100);
  Pair& low = *list.Find({{10}, 1});
  list.Trigger(low);
  list.Trigger(low);
  EXPECT_EQ(list.Next(), &low);
  low.state = PairState::kInProgress;
  EXPECT_EQ(list.Next()->remote.priority, 30u);
  list.Find({{30}, 1})->state = PairState::kSucceeded;
  EXPECT_FALSE(list.HopesForBetterThan(*list.BestValid()));
  EXPECT_EQ(list.Next()->remote.priority, 20u);
  EXPECT_EQ(list.unfinished(), 2u);
}

TEST(CheckList, IsBounded) {
  CheckList list;
  for (uint32_t i = 0; i < CheckList::kMaxPairs; ++i) {
    EXPECT_NE(list.Add({CandidateKind::kHost, {{i}, 1}, i, "x"}), nullptr);
  }
  EXPECT_EQ(list.Add({}), nullptr);
}

TEST(Transaction, SendsAsTheRfcSays) {
  TestWorld world;
  TestHost& host = world.AddHost("192.0.2.1");
  std::vector<int64_t> sent;
  std::optional<int64_t> gave_up;
  const auto now = [&] {
    return std::chrono::duration_cast<milliseconds>(world.Now().time_since_epoch()).count();
  };
  const stun::Builder request(stun::MessageClass::kRequest, stun::kBinding, {1});
  stun::Transaction transaction(
      host, request.bytes(), [&](stun::Bytes) { sent.push_back(now()); }, [&] { gave_up = now(); });
  world.RunFor(seconds(100));
  EXPECT_THAT(sent, ::testing::ElementsAre(0, 500, 1500, 3500, 7500, 15500, 31500));
  EXPECT_EQ(gave_up, 39500);
}

TEST(Transaction, IsSilentOnceStopped) {
  TestWorld world;
  TestHost& host = world.AddHost("192.0.2.1");
  int sent = 0;
  const stun::Builder request(stun::MessageClass::kRequest, stun::kBinding, {1});
  stun::Transaction transaction(
      host, request.bytes(), [&](stun::Bytes) { ++sent; }, [] { FAIL(); });
  world.RunFor(seconds(1));
  transaction.Stop();
  world.RunFor(seconds(100));
  EXPECT_EQ(sent, 2);
}

}  // namespace
}  // namespace sfa::path
