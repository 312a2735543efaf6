// Every step of a login, of the way back and of giving up, with its time.
#include "protocol/peer/attachment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "protocol/peer/test_network.h"

namespace sfa::peer {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Observer final : AttachmentObserver {
  explicit Observer(stream::TestWorld& new_world) : world(new_world) {}
  void OnState(LoginState state, const std::string& why) override {
    states.push_back(static_cast<int>(state));
    reason = why;
    at = world.Now();
  }
  void OnNetworkMessage(const wire::Message&) override {}
  void OnSupernodeLost() override { ++lost; }
  stream::TestWorld& world;
  std::vector<int> states;
  std::string reason;
  MonotonicTime at;
  int lost = 0;
};

class AttachmentTest : public testing::Test {
 protected:
  static constexpr Endpoint kLoginServer{Ipv4Address::Of(198, 51, 100, 100), 33033};

  AttachmentTest() { Build(3); }

  void Build(int nodes, bool udp = true) {
    attachment_ = nullptr;
    login_server_ = nullptr;
    settings_ = {};
    nodes_.clear();
    login_server_ =
        std::make_unique<TestNode>(world_, kLoginServer, wire::NODE_LOGIN_SERVER, story_);
    settings_.user = "james_bond";
    settings_.password = "shaken";
    settings_.network.root_key = stream::SigningKeyOf(kTestSeed).public_key;
    wire::NetworkReply network;
    *network.mutable_login_server() = ToWire(kLoginServer);
    for (int i = 1; i <= nodes; ++i) {
      const Endpoint address{Ipv4Address::Of(198, 51, 100, static_cast<uint8_t>(i)), 33033};
      *network.add_supernodes() = ToWire(address);
      if (i <= 7) settings_.network.bootstrap_nodes.push_back(address);
      nodes_.push_back(std::make_unique<TestNode>(world_, address, wire::NODE_SUPERNODE, story_));
    }
    for (auto& node : nodes_) node->network = network;
    port_ = std::make_unique<TestPort>(runtime_, udp);
    settings_.share = std::make_shared<PortShare>(runtime_, *port_);
    attachment_ = std::make_unique<Attachment>(runtime_, *port_, settings_, observer_);
  }

  // How long until logged in.
  Duration LogIn(Duration limit = minutes(5)) {
    const MonotonicTime begin = world_.Now();
    attachment_->Start();
    while (attachment_->state() != LoginState::kLoggedIn && world_.Now() - begin < limit) {
      world_.RunFor(milliseconds(1));
    }
    EXPECT_EQ(attachment_->state(), LoginState::kLoggedIn) << observer_.reason;
    return world_.Now() - begin;
  }
  TestNode& Home() {
    for (auto& node : nodes_) {
      if (node->asked.find('r') != std::string::npos) return *node;
    }
    ADD_FAILURE() << "nobody is home";
    return *nodes_[0];
  }
  std::string AskedOf(const std::vector<std::unique_ptr<TestNode>>& nodes) const {
    std::string all;
    for (const auto& node : nodes) all += node->asked;
    return all;
  }
  void ForgetWhatWasAsked() {
    for (auto& node : nodes_) node->asked.clear();
    login_server_->asked.clear();
    port_->asked.clear();
    observer_.states.clear();
    story_.clear();
  }
  // Bytes on established connections get lost, without a word.
  void CutStreams() {
    world_.on_the_way = [](bool, std::vector<uint8_t>& bytes) { bytes.clear(); };
  }

  stream::TestWorld world_;
  std::vector<std::string> story_;
  stream::TestRuntime runtime_{world_, Ipv4Address::Of(192, 0, 2, 1), 1};
  Observer observer_{world_};
  PeerSettings settings_;
  std::unique_ptr<TestNode> login_server_;
  std::vector<std::unique_ptr<TestNode>> nodes_;
  std::unique_ptr<TestPort> port_;
  std::unique_ptr<Attachment> attachment_;
};

TEST_F(AttachmentTest, FirstLoginTakesEveryStepOnce) {
  LogIn();
  EXPECT_THAT(observer_.states, ElementsAre(3, 4, 5, 6, 7));
  const std::string home = Home().address().ToString();
  EXPECT_THAT(story_, ElementsAre(home + " n", kLoginServer.ToString() + " l", home + " r"));
  // One contact, then the survey of all three.
  ASSERT_EQ(port_->asked.size(), 4u);
  EXPECT_EQ(port_->asked[0], Home().address());
  EXPECT_EQ(std::set<Endpoint>(port_->asked.begin() + 1, port_->asked.end()).size(), 3u);
  EXPECT_THAT(port_->stun_servers, ElementsAre(Home().address()));
  EXPECT_EQ(port_->relays.name, "relay name");
  EXPECT_EQ(port_->relays.nodes.size(), 2u) << "all but the home";
}

// Baset and Schulzrinne: 3 to 7 s; 30 to 35 s when UDP is blocked.
TEST_F(AttachmentTest, PublishedLoginTimesComeOutOfTheRules) {
  Build(24);
  const Duration open = LogIn();
  EXPECT_GE(open, seconds(3));
  EXPECT_LE(open, seconds(7));
  EXPECT_EQ(port_->asked.size(), 21u);
  Build(24);
  port_->answers = false;
  const Duration blocked = LogIn();
  EXPECT_GE(blocked, seconds(30));
  EXPECT_LE(blocked, seconds(35));
}

TEST_F(AttachmentTest, WithUdpDisabledNothingIsAskedByUdp) {
  Build(24, false);
  EXPECT_LT(LogIn(), seconds(1));
  EXPECT_THAT(port_->asked, IsEmpty());
}

TEST_F(AttachmentTest, ThroughAFirewallTheWebsPortsAreTriedInTurn) {
  for (const uint16_t open : {80, 443}) {
    Build(3, false);
    for (auto& node : nodes_) node->Listen({80, 443, 33033});
    login_server_->Listen({80, 443, 33033});
    world_.tcp_answers = [open](const Endpoint&, const Endpoint& to) { return to.port == open; };
    const Duration taken = LogIn();
    // 5 s for each closed port, at the supernode and at the login server.
    const Duration expected = open == 80 ? seconds(10) : seconds(20);
    EXPECT_GE(taken, expected);
    EXPECT_LT(taken, expected + milliseconds(500));
  }
}

TEST_F(AttachmentTest, ARefusedPortCostsNoTime) {
  Build(3, false);
  for (auto& node : nodes_) node->Listen({443});
  EXPECT_LT(LogIn(), milliseconds(500));
}

TEST_F(AttachmentTest, EachRoundTriesAnotherNode) {
  Build(7);
  for (int i = 0; i < 6; ++i) nodes_[static_cast<size_t>(i)]->Die();
  const Duration taken = LogIn();
  // Refused at all three ports; a round every 6 s.
  const size_t rounds = static_cast<size_t>(taken / seconds(6)) + 1;
  EXPECT_GT(port_->asked.size(), 3u);
  EXPECT_LE(rounds, 7u + 3u);
  EXPECT_EQ(Home().address(), nodes_[6]->address());
}

TEST_F(AttachmentTest, FiveRoundsThenAReasonThenAgainLater) {
  Build(7);
  port_->answers = false;
  world_.tcp_answers = [](const Endpoint&, const Endpoint&) { return false; };
  const MonotonicTime begin = world_.Now();
  attachment_->Start();
  world_.RunFor(seconds(123));
  EXPECT_THAT(observer_.states, ElementsAre(3));
  world_.RunFor(seconds(2));
  // Five times 5 s by UDP and 5 s at each of three ports, four pauses of 6 s.
  EXPECT_THAT(observer_.states, ElementsAre(3, 1));
  EXPECT_EQ(observer_.at - begin, seconds(124));
  EXPECT_EQ(observer_.reason, "no supernode could be reached: tried 5 nodes by UDP and TCP");
  EXPECT_EQ(std::set<Endpoint>(port_->asked.begin(), port_->asked.end()).size(), 5u);
  // By itself, after 10 to 20 s, then 20 to 40 s.
  world_.RunFor(seconds(21));
  EXPECT_THAT(observer_.states, ElementsAre(3, 1, 3));
  world_.RunFor(seconds(124));
  EXPECT_THAT(observer_.states, ElementsAre(3, 1, 3, 1));
  world_.tcp_answers = [](const Endpoint&, const Endpoint&) { return true; };
  world_.RunFor(seconds(18));
  EXPECT_THAT(observer_.states, ElementsAre(3, 1, 3, 1));
  world_.RunFor(seconds(60));
  EXPECT_EQ(attachment_->state(), LoginState::kLoggedIn);
}

TEST_F(AttachmentTest, WhoeverWantsToLogInNeedNotWait) {
  world_.tcp_answers = [](const Endpoint&, const Endpoint&) { return false; };
  attachment_->Start();
  world_.RunFor(seconds(100));
  ASSERT_EQ(attachment_->state(), LoginState::kLoggedOut);
  world_.tcp_answers = [](const Endpoint&, const Endpoint&) { return true; };
  EXPECT_LT(LogIn(), seconds(2));
}

TEST_F(AttachmentTest, WhoeverLogsOutIsLeftAlone) {
  world_.tcp_answers = [](const Endpoint&, const Endpoint&) { return false; };
  attachment_->Start();
  world_.RunFor(seconds(100));
  attachment_->Stop();
  observer_.states.clear();
  attachment_->Hasten();
  world_.RunFor(hours(1));
  EXPECT_THAT(observer_.states, IsEmpty());
}

TEST_F(AttachmentTest, DeadLoginServerIsTheReasonAndDisturbsNobodyElse) {
  LogIn();
  ForgetWhatWasAsked();
  login_server_->Die();
  world_.RunFor(hours(2));
  EXPECT_THAT(observer_.states, IsEmpty());
  Observer newcomer(world_);
  Attachment other(runtime_, *port_, settings_, newcomer);
  other.Start();
  world_.RunFor(seconds(25));
  EXPECT_EQ(newcomer.states.back(), 1);
  EXPECT_THAT(newcomer.reason, HasSubstr("login server"));
  login_server_->Listen({33033});
  world_.RunFor(seconds(21));
  EXPECT_EQ(newcomer.states.back(), 7);
}

TEST_F(AttachmentTest, RefusedAccountsStayOut) {
  login_server_->refuses_logins = wire::REFUSAL_INCORRECT_PASSWORD;
  attachment_->Start();
  world_.RunFor(hours(1));
  EXPECT_THAT(observer_.states, ElementsAre(3, 4, 5, 1));
  EXPECT_EQ(observer_.reason, "incorrect password");
}

// Manual 3, Important Notes.
TEST_F(AttachmentTest, AccountsThatAnAsteriskMayNotUseSaySo) {
  login_server_->refuses_logins = wire::REFUSAL_INVITED_ACCOUNT;
  attachment_->Start();
  world_.RunFor(hours(1));
  EXPECT_THAT(observer_.states, ElementsAre(3, 4, 5, 1));
  EXPECT_THAT(observer_.reason, testing::HasSubstr("invited into the Business Control Panel"));
  login_server_->refuses_logins = wire::REFUSAL_ADMINISTRATOR_ACCOUNT;
  attachment_->Start();
  world_.RunFor(hours(1));
  EXPECT_THAT(observer_.reason,
              testing::HasSubstr("the administrator of the Business Control Panel"));
}

// Somebody else may have tried passwords.
TEST_F(AttachmentTest, TooManyAttemptsAreForgottenAfterAPause) {
  login_server_->refuses_logins = wire::REFUSAL_TOO_MANY_ATTEMPTS;
  attachment_->Start();
  world_.RunFor(seconds(9));
  EXPECT_THAT(observer_.states, ElementsAre(3, 4, 5, 1));
  EXPECT_EQ(observer_.reason, "too many login attempts");
  EXPECT_EQ(login_server_->asked, "l");
  login_server_->refuses_logins = wire::REFUSAL_UNSPECIFIED;
  world_.RunFor(seconds(60));
  EXPECT_EQ(observer_.states.back(), 7);
}

TEST_F(AttachmentTest, LostHomeIsRegisteredWithAnewAtOnce) {
  LogIn();
  ForgetWhatWasAsked();
  const Endpoint home = port_->stun_servers.back();
  for (auto& node : nodes_) {
    if (node->address() == home) node->HangUp();
  }
  world_.RunFor(milliseconds(100));
  // Neither UDP nor the login server nor a survey; the home first.
  EXPECT_THAT(observer_.states, ElementsAre(3, 6, 7));
  EXPECT_THAT(story_, ElementsAre(home.ToString() + " r"));
  EXPECT_THAT(port_->asked, IsEmpty());
  EXPECT_EQ(observer_.lost, 1);
}

TEST_F(AttachmentTest, DeadHomeIsReplacedByAnother) {
  LogIn();
  TestNode& home = Home();
  ForgetWhatWasAsked();
  home.Die();
  world_.RunFor(milliseconds(200));
  EXPECT_EQ(attachment_->state(), LoginState::kLoggedIn);
  EXPECT_EQ(AskedOf(nodes_), "r");
  EXPECT_EQ(port_->stun_servers.size(), 2u);
}

TEST_F(AttachmentTest, BlackHoleIsGivenUpAfterASecond) {
  LogIn();
  TestNode& home = Home();
  ForgetWhatWasAsked();
  home.HangUp();
  world_.tcp_answers = [&home](const Endpoint&, const Endpoint& to) {
    return to != home.address();
  };
  world_.RunFor(milliseconds(1000));
  EXPECT_EQ(attachment_->state(), LoginState::kConnectingToP2p);
  world_.RunFor(milliseconds(200));
  EXPECT_EQ(attachment_->state(), LoginState::kLoggedIn);
}

TEST_F(AttachmentTest, SuspicionIsAnsweredOrLeadsHomeAnew) {
  LogIn();
  ForgetWhatWasAsked();
  attachment_->Suspect();
  attachment_->Suspect();
  world_.RunFor(seconds(5));
  EXPECT_EQ(AskedOf(nodes_), "k");
  EXPECT_THAT(observer_.states, IsEmpty());
  CutStreams();
  attachment_->Suspect();
  world_.RunFor(milliseconds(590));
  EXPECT_THAT(observer_.states, IsEmpty());
  world_.on_the_way = [](bool, std::vector<uint8_t>&) {};
  world_.RunFor(milliseconds(100));
  EXPECT_THAT(observer_.states, ElementsAre(3, 6, 7));
}

TEST_F(AttachmentTest, LinkThatIsBackAfterAMinuteHasItsUserBackWithinSeconds) {
  LogIn();
  CutStreams();
  world_.tcp_answers = [](const Endpoint&, const Endpoint&) { return false; };
  attachment_->Suspect();
  world_.RunFor(minutes(1));
  EXPECT_EQ(attachment_->state(), LoginState::kConnectingToP2p);
  world_.on_the_way = [](bool, std::vector<uint8_t>&) {};
  world_.tcp_answers = [](const Endpoint&, const Endpoint&) { return true; };
  // An attempt of 5 s may just have begun, or a pause of 6 s; here no SYN is repeated.
  world_.RunFor(seconds(12));
  EXPECT_EQ(attachment_->state(), LoginState::kLoggedIn);
}

TEST_F(AttachmentTest, PeersOfOneProcessShareSurveyAndStunServer) {
  LogIn();
  ForgetWhatWasAsked();
  auto moneypenny_settings = settings_;
  moneypenny_settings.user = "moneypenny";
  Observer second(world_);
  auto moneypenny = std::make_unique<Attachment>(runtime_, *port_, moneypenny_settings, second);
  moneypenny->Start();
  world_.RunFor(milliseconds(500));
  EXPECT_THAT(second.states, ElementsAre(3, 4, 5, 6, 7));
  EXPECT_THAT(port_->asked, IsEmpty());
  EXPECT_EQ(port_->stun_servers.size(), 1u) << "the first one's home";
  attachment_->Stop();
  world_.RunFor(seconds(1));
  EXPECT_LE(port_->stun_servers.size(), 2u);
  moneypenny = nullptr;
}

TEST_F(AttachmentTest, WhoHasLoggedOutSurveysAnew) {
  LogIn();
  attachment_->Stop();
  world_.RunFor(seconds(1));
  ForgetWhatWasAsked();
  LogIn();
  EXPECT_THAT(port_->asked, Not(IsEmpty()));
}

TEST_F(AttachmentTest, TwoWhoLogInAtOnceSurveyOnce) {
  Build(24);
  auto moneypenny_settings = settings_;
  moneypenny_settings.user = "moneypenny";
  Observer second(world_);
  Attachment moneypenny(runtime_, *port_, moneypenny_settings, second);
  moneypenny.Start();
  LogIn();
  world_.RunFor(milliseconds(1));
  EXPECT_EQ(second.states.back(), 7);
  EXPECT_EQ(port_->asked.size(), 2u + 20u);
}

TEST_F(AttachmentTest, CredentialIsRenewedBeforeItEnds) {
  LogIn();
  ForgetWhatWasAsked();
  const int64_t before = attachment_->credential().expires_unix_seconds();
  login_server_->Die();
  world_.RunFor(hours(37));
  EXPECT_EQ(attachment_->credential().expires_unix_seconds(), before);
  login_server_->Listen({33033});
  world_.RunFor(minutes(11));
  EXPECT_GT(attachment_->credential().expires_unix_seconds(), before);
  EXPECT_EQ(login_server_->asked, "l");
  EXPECT_THAT(observer_.states, IsEmpty()) << "nobody notices";
}

TEST_F(AttachmentTest, StopIsHeardAndSilent) {
  LogIn();
  ForgetWhatWasAsked();
  attachment_->Stop();
  world_.RunFor(hours(80));
  EXPECT_EQ(AskedOf(nodes_), "u");
  EXPECT_THAT(observer_.states, ElementsAre(8, 1));
}

}  // namespace
}  // namespace sfa::peer
