#include "protocol/path/outgoing_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/path/pairing.h"
#include "protocol/path/test_world.h"
#include "protocol/stun/transaction.h"

namespace sfa::path {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

// Checks into a void that notes when each message left.
class OutgoingChecksTest : public ::testing::Test, private CheckResults {
 protected:
  class Void final : public CheckPort, public CheckUser {
   public:
    bool AddUser(const std::string&, CheckUser*, bool) override { return true; }
    void RemoveUser(const std::string&) override {}
    void Expect(const stun::TransactionId& id, CheckUser*) override { expected.insert(id); }
    void Forget(const stun::TransactionId& id) override { expected.erase(id); }
    std::vector<LocalCandidate> LocalCandidates() const override { return {}; }
    WayKind KindOf(WayId) const override { return WayKind::kUdp; }
    void SendStun(const Route& to, stun::Bytes message) override {
      sent.emplace_back(world->Now(), to);
      messages.emplace_back(message.begin(), message.end());
    }
    std::optional<WayId> ConnectTcp(const Endpoint&) override { return std::nullopt; }
    void CloseWay(WayId) override {}
    void Suspect() override {}
    void OnRequest(const Route&, const stun::Message&) override {}
    void OnAnswer(const Route&, const stun::Message&) override {}
    void OnLocalCandidates() override {}
    void OnWayClosed(WayId) override {}
    std::vector<int64_t> TimesTo(const Route& route) const {
      std::vector<int64_t> times;
      for (const auto& [when, to] : sent) {
        if (to == route) times.push_back(when.time_since_epoch() / milliseconds(1));
      }
      return times;
    }
    TestWorld* world = nullptr;
    std::set<stun::TransactionId> expected;
    std::vector<std::pair<MonotonicTime, Route>> sent;
    std::vector<std::vector<uint8_t>> messages;
  };

  OutgoingChecksTest() {
    port.world = &world;
    identity.NewFragment();
    EXPECT_TRUE(identity.SetRemote("them", std::string(22, 'p')));
  }
  Pair& Add(uint32_t number, WayKind kind = WayKind::kUdp) {
    Candidate remote;
    remote.endpoint = {{number}, 1};
    remote.priority = number;
    const WayId way = kind == WayKind::kUdp ? kUdpWay : number;
    Pair& pair = *list.Add({way, remote.endpoint}, kind, remote, PairState::kWaiting);
    list.SetPriorities(PathRole::kControlling);
    return pair;
  }
  // The other end answers the last message.
  void Answer(const Route& from, const Endpoint& mapped) {
    stun::Builder answer(stun::MessageClass::kSuccess, stun::kBinding,
                         stun::Message::Parse(port.messages.back())->id());
    answer.AddXorMappedAddress(mapped);
    EXPECT_TRUE(checks.OnAnswer(from, *stun::Message::Parse(answer.bytes())));
  }

  TestWorld world;
  TestHost& host = world.AddHost("192.0.2.1");
  Void port;
  CheckIdentity identity{host.random(), PathRole::kControlling};
  CheckList list;
  OutgoingChecks checks{host, port, port, identity, list, *this};
  int valid = 0, failed = 0;
  bool moved = false;

 private:
  void OnPairValid(Pair&, bool has_moved) override {
    ++valid;
    moved = has_moved;
  }
  void OnPairFailed(Pair&) override { ++failed; }
  void OnRoleChanged() override {}
};

TEST_F(OutgoingChecksTest, LeaveOneByOneAndAreRepeated) {
  const Pair& second = Add(1);
  const Pair& first = Add(2);
  checks.Schedule();
  world.RunFor(seconds(100));
  EXPECT_THAT(port.TimesTo(first.route), ElementsAre(0, 500, 1500, 3500, 7500, 15500, 31500));
  EXPECT_THAT(port.TimesTo(second.route), ElementsAre(20, 520, 1520, 3520, 7520, 15520, 31520));
  EXPECT_EQ(failed, 2);
  EXPECT_EQ(first.state, PairState::kFailed);
  EXPECT_TRUE(port.expected.empty());
}

TEST_F(OutgoingChecksTest, ByTcpNothingIsRepeated) {
  const Pair& pair = Add(1, WayKind::kTcp);
  checks.Schedule();
  world.RunFor(milliseconds(39400));
  EXPECT_THAT(port.TimesTo(pair.route), ElementsAre(0));
  EXPECT_EQ(failed, 0);
  world.RunFor(milliseconds(100));
  EXPECT_EQ(failed, 1);
}

TEST_F(OutgoingChecksTest, AnAnswerMustComeFromWhereTheCheckWent) {
  Pair& pair = Add(1);
  checks.Schedule();
  world.RunFor(milliseconds(20));
  Answer({kUdpWay, {{9}, 1}}, {{5}, 5});
  EXPECT_EQ(valid, 0);
  EXPECT_EQ(failed, 1);
  checks.Trigger(pair);
  world.RunFor(milliseconds(20));
  Answer({7, pair.route.remote}, {{5}, 5});
  EXPECT_EQ(failed, 2);
  checks.Trigger(pair);
  world.RunFor(milliseconds(20));
  Answer(pair.route, {{5}, 5});
  EXPECT_EQ(valid, 1);
  EXPECT_EQ(pair.state, PairState::kSucceeded);
  EXPECT_TRUE(port.expected.empty());
}

TEST_F(OutgoingChecksTest, TellWhenTheOtherEndSeesUsElsewhere) {
  Pair& pair = Add(1);
  for (const auto& [mapped, expected] :
       {std::make_pair(5, false), std::make_pair(5, false), std::make_pair(6, true)}) {
    checks.CheckNow(pair);
    Answer(pair.route, {{static_cast<uint32_t>(mapped)}, 5});
    EXPECT_EQ(moved, expected);
  }
}

TEST_F(OutgoingChecksTest, ANominationOutlivesTheAnswerToAnEarlierCheck) {
  Pair& pair = Add(1);
  checks.Schedule();
  world.RunFor(milliseconds(10));
  const std::vector<uint8_t> plain = port.messages.back();
  checks.Nominate(&pair, 3);
  checks.CheckNow(pair);
  const auto nomination = stun::Message::Parse(port.messages.back());
  EXPECT_TRUE(nomination->Find(stun::AttributeType::kUseCandidate));
  EXPECT_EQ(nomination->Find32(stun::AttributeType::kNomination), 3u);
  EXPECT_FALSE(stun::Message::Parse(plain)->Find(stun::AttributeType::kUseCandidate));
  port.messages.push_back(plain);
  Answer(pair.route, {{5}, 5});
  EXPECT_EQ(valid, 1);
  EXPECT_EQ(pair.round_trip, milliseconds(10));
  world.RunFor(seconds(1));
  EXPECT_THAT(port.TimesTo(pair.route), ElementsAre(0, 10, 510));
}

TEST_F(OutgoingChecksTest, WhatIsLearntFromACheckSaysWhetherItComesFromARelay) {
  Pairing pairing(port, list, checks);
  const auto learn = [&](uint16_t from, WayKind way_kind) {
    const stun::Builder check = identity.NewRequest(way_kind, 0);
    const auto priority =
        stun::Message::Parse(check.bytes())->Find32(stun::AttributeType::kPriority);
    return pairing.Learn({kUdpWay, {{1}, from}}, *priority)->remote.kind;
  };
  EXPECT_EQ(learn(1, WayKind::kUdp), CandidateKind::kPeerReflexive);
  EXPECT_EQ(learn(2, WayKind::kRelay), CandidateKind::kRelayed);
}

TEST(Transaction, SendsAsTheRfcSays) {
  TestWorld world;
  TestHost& host = world.AddHost("192.0.2.1");
  std::vector<int64_t> sent;
  std::optional<int64_t> gave_up;
  const auto now = [&] { return world.Now().time_since_epoch() / milliseconds(1); };
  const stun::Builder request(stun::MessageClass::kRequest, stun::kBinding, {1});
  stun::Transaction transaction(
      host, request.bytes(), [&](stun::Bytes) { sent.push_back(now()); }, [&] { gave_up = now(); });
  world.RunFor(seconds(100));
  EXPECT_THAT(sent, ElementsAre(0, 500, 1500, 3500, 7500, 15500, 31500));
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
