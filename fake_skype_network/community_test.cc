// The community and its users over plain pipes, without ns-3: logins, calls, and how they end.
#include <gtest/gtest.h>
// After GoogleTest, which it builds on.
#include <rapidcheck/gtest.h>
#include <sodium.h>

#include "fake_skype_network/community_bed.h"
#include "protocol/media/g729_coder.h"
#include "protocol/stream/secure_stream.h"

namespace sfa::community {
namespace {

using std::chrono::seconds;

TEST_F(CommunityTest, LoginGoesThroughTheProductsStates) {
  TestPerson& austin = Austin();
  EXPECT_EQ(austin.diary, (Diary{"login Connecting to P2P Network", "login Connecting to Server",
                                 "login Logging In", "login Initializing", "login Logged In"}));
  EXPECT_EQ(UsersOnline(), 1u);
  austin->LogOut();
  world_.RunFor(seconds(1));
  EXPECT_EQ(austin.diary.back(), "login Logged Out");
  EXPECT_EQ(UsersOnline(), 0u);
}

TEST_F(CommunityTest, WrongPasswordIsSaidSo) {
  TestPerson& person = NewPerson("austin_powers", "wrong");
  person->LogIn();
  world_.RunFor(seconds(5));
  EXPECT_EQ(person.diary.back(), "login Logged Out incorrect password");
  EXPECT_EQ(UsersOnline(), 0u);
}

TEST_F(CommunityTest, UnknownIdentityIsSaidSo) {
  TestPerson& person = NewPerson("nobody", "x");
  person->LogIn();
  world_.RunFor(seconds(5));
  EXPECT_EQ(person.diary.back(), "login Logged Out no such identity");
}

TEST_F(CommunityTest, SomebodyCanLogInAfterARefusal) {
  TestPerson& person = NewPerson("goldmember", "gold");
  person->LogIn();
  world_.RunFor(seconds(5));
  Add({"goldmember", "gold", AccountKind::kRegular, ""});
  person->LogIn();
  world_.RunFor(seconds(5));
  EXPECT_TRUE(person.LoggedIn());
}

TEST_F(CommunityTest, DriverNeedsABusinessAccount) {
  struct Nobody final : peer::PeerObserver {
    void OnLoginState(peer::LoginState state, const std::string& why) override {
      last = state;
      reason = why;
    }
    void OnIncomingCall(std::unique_ptr<peer::Call>) override {}
    peer::LoginState last{};
    std::string reason;
  };
  stream::TestRuntime runtime(world_, Ipv4Address::Of(192, 0, 2, 99), 99);
  auto port = path::NewMediaPort(runtime, {});
  ASSERT_TRUE(port.ok());
  const auto log_in = [&](const std::string& user, const std::string& password) {
    Nobody observer;
    const auto peer = peer::NewPeer(runtime, **port, {user, password, true, network_}, observer);
    peer->LogIn();
    world_.RunFor(seconds(5));
    return std::pair(observer.last, observer.reason);
  };
  EXPECT_EQ(log_in("austin_powers", "shagadelic"),
            std::pair(peer::LoginState::kLoggedOut, std::string("not a business account")));
  EXPECT_EQ(log_in("james_bond", "shaken"), std::pair(peer::LoginState::kLoggedIn, std::string()));
}

TEST_F(CommunityTest, CallCarriesAudioAndDigitsBothWays) {
  TestPerson& bond = Bond(seconds(3));
  TestPerson& austin = Austin();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(2));
  EXPECT_EQ(bond.Calls(), (Diary{"incoming austin_powers Austin Powers"}));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing"}));
  world_.RunFor(seconds(8));
  austin->SendDigits("42#");
  bond->SendDigits("7");
  world_.RunFor(seconds(5));
  austin->HangUp();
  world_.RunFor(seconds(1));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "answered PCMU", "digit 7 100", "ended normal"}));
  EXPECT_EQ(bond.Calls(), (Diary{"incoming austin_powers Austin Powers", "answered PCMU",
                                 "digit 4 100", "digit 2 100", "digit # 100", "ended normal"}));
  EXPECT_GT(austin->audio().sent.size(), 10u * 8000);
  EXPECT_GT(austin->audio().heard.size(), 10u * 8000);
  EXPECT_GE(Heard(austin, bond).correlation, 0.9);
  EXPECT_GE(Heard(bond, austin).correlation, 0.9);
  EXPECT_LT(Heard(austin, austin).correlation, 0.5) << "only what the other one said";
  EXPECT_GT(austin->statistics().packets_received, 500u);
  EXPECT_EQ(austin->statistics().path.name(), std::string("direct"));
}

TEST_F(CommunityTest, G729IsSpokenAndHeard) {
  if (!media::CanCodeG729()) GTEST_SKIP() << "built without bcg729";
  ClientSettings g729;
  g729.codecs = {media::Codec::kG729};
  g729.answer_after = seconds(1);
  g729.voice_seed = 2;
  TestPerson& bond = LogIn("james_bond", "shaken", g729);
  g729.voice_seed = 3;
  TestPerson& austin = LogIn("austin_powers", "shagadelic", g729);
  austin->CallUser("james_bond");
  world_.RunFor(seconds(12));
  austin->HangUp();
  world_.RunFor(seconds(1));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "answered G729", "ended normal"}));
  EXPECT_GE(Heard(austin, bond).correlation, 0.7);
  EXPECT_GE(Heard(bond, austin).correlation, 0.7);
  EXPECT_LT(Heard(austin, austin).correlation, 0.4) << "only what the other one said";
}

TEST_F(CommunityTest, CalleeHangsUp) {
  TestPerson& bond = Bond(seconds(1));
  TestPerson& austin = Austin();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(5));
  bond->HangUp();
  world_.RunFor(seconds(1));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "answered PCMU", "ended normal"}));
  EXPECT_EQ(bond.Calls().back(), "ended normal");
}

TEST_F(CommunityTest, UnknownUserIsToldFromAnOfflineOne) {
  TestPerson& austin = Austin();
  austin->CallUser("nobody");
  world_.RunFor(seconds(2));
  EXPECT_EQ(austin.Calls(), (Diary{"ended unknown user"}));
  austin->CallUser("james_bond");
  world_.RunFor(seconds(2));
  EXPECT_EQ(austin.Calls(), (Diary{"ended unknown user", "ended offline"}));
}

TEST_F(CommunityTest, UserWhoLoggedOutIsOffline) {
  TestPerson& bond = Bond();
  TestPerson& austin = Austin();
  bond->LogOut();
  world_.RunFor(seconds(1));
  austin->CallUser("james_bond");
  world_.RunFor(seconds(2));
  EXPECT_EQ(austin.Calls(), (Diary{"ended offline"}));
}

TEST_F(CommunityTest, BusyIsSaidSo) {
  TestPerson& bond = Bond(seconds(0));
  TestPerson& austin = Austin();
  TestPerson& evil = LogIn("dr_evil", "million");
  austin->CallUser("james_bond");
  world_.RunFor(seconds(2));
  evil->CallUser("james_bond");
  world_.RunFor(seconds(2));
  EXPECT_EQ(evil.Calls(), (Diary{"ended busy"}));
  EXPECT_EQ(bond.Calls().size(), 2u) << "the second call is not even seen";
  EXPECT_EQ(austin.Calls().back(), "answered PCMU");
}

TEST_F(CommunityTest, RejectionIsSaidSo) {
  TestPerson& bond = Bond();
  TestPerson& austin = Austin();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(2));
  bond->Reject();
  world_.RunFor(seconds(1));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "ended rejected"}));
  EXPECT_EQ(bond.Calls().back(), "ended rejected");
}

TEST_F(CommunityTest, CallerGivesUp) {
  TestPerson& bond = Bond();
  TestPerson& austin = Austin();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(2));
  austin->HangUp();
  world_.RunFor(seconds(1));
  EXPECT_EQ(bond.Calls(), (Diary{"incoming austin_powers Austin Powers", "ended cancelled"}));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "ended cancelled"}));
}

TEST_F(CommunityTest, NobodyAnswersForAMinute) {
  TestPerson& bond = Bond();
  TestPerson& austin = Austin();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(59));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing"}));
  world_.RunFor(seconds(3));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "ended no answer"}));
  EXPECT_EQ(bond.Calls().back(), "ended no answer");
}

TEST_F(CommunityTest, CodecsWithoutACommonOne) {
  ClientSettings alaw;
  alaw.codecs = {media::Codec::kPcma};
  TestPerson& bond = LogIn("james_bond", "shaken", alaw);
  ClientSettings ulaw;
  ulaw.codecs = {media::Codec::kPcmu};
  TestPerson& austin = LogIn("austin_powers", "shagadelic", ulaw);
  austin->CallUser("james_bond");
  world_.RunFor(seconds(2));
  EXPECT_EQ(austin.Calls(), (Diary{"ended no common codec"}));
  EXPECT_TRUE(bond.Calls().empty());
}

TEST_F(CommunityTest, CallRingsAtEveryLoginAndOneHasIt) {
  TestPerson& home = Bond();
  TestPerson& office = Bond(seconds(4));
  TestPerson& austin = Austin();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(2));
  EXPECT_EQ(home.Calls().size(), 1u);
  EXPECT_EQ(office.Calls().size(), 1u);
  world_.RunFor(seconds(8));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "answered PCMU"}));
  EXPECT_EQ(home.Calls(),
            (Diary{"incoming austin_powers Austin Powers", "ended answered elsewhere"}));
  EXPECT_EQ(office.Calls().back(), "answered PCMU");
  austin->HangUp();
  world_.RunFor(seconds(1));
  EXPECT_EQ(office.Calls().back(), "ended normal");
  EXPECT_GE(Heard(austin, office).correlation, 0.9);
}

TEST_F(CommunityTest, LoginSurvivesHoursOfSilence) {
  TestPerson& bond = Bond(seconds(0));
  TestPerson& austin = Austin();
  const size_t logins = austin.diary.size();
  world_.RunFor(std::chrono::hours(2));
  EXPECT_EQ(austin.diary.size(), logins);
  austin->CallUser("james_bond");
  world_.RunFor(seconds(2));
  EXPECT_EQ(austin.Calls().back(), "answered PCMU");
  EXPECT_EQ(bond.Calls().back(), "answered PCMU");
}

TEST_F(CommunityTest, LostSupernodeIsReplaced) {
  TestPerson& bond = Bond(seconds(0));
  TestPerson& austin = Austin();
  for (auto& node : nodes_) {
    if (node->users_here() > 0) {
      node = nullptr;
      break;
    }
  }
  world_.RunFor(seconds(120));
  EXPECT_TRUE(bond.LoggedIn());
  EXPECT_TRUE(austin.LoggedIn());
  EXPECT_EQ(UsersOnline(), 2u);
  EXPECT_TRUE(
      bond.Saw("login Connecting to P2P Network supernode: the other end has closed the stream") ||
      austin.Saw("login Connecting to P2P Network supernode: the other end has closed the stream"));
  austin->CallUser("james_bond");
  world_.RunFor(seconds(3));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "answered PCMU"}));
}

TEST_F(CommunityTest, AnsweredCallOutlivesItsSupernodes) {
  TestPerson& bond = Bond(seconds(0));
  TestPerson& austin = Austin();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(5));
  nodes_.clear();
  world_.RunFor(seconds(20));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "answered PCMU"}));
  const size_t heard = bond->audio().heard.size();
  world_.RunFor(seconds(1));
  EXPECT_GE(bond->audio().heard.size(), heard + 7840);
}

TEST_F(CommunityTest, FarEndThatVanishesEndsTheCall) {
  Bond(seconds(0));
  TestPerson& austin = Austin();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(5));
  persons_.front() = nullptr;
  runtimes_.front() = nullptr;
  world_.RunFor(seconds(60));
  EXPECT_TRUE(austin.Saw("ended media lost") || austin.Saw("ended normal"));
}

TEST_F(CommunityTest, NobodyIsCalledThroughANetworkOfStrangers) {
  network_.root_key = stream::SigningKeyOf(stream::Key{8}).public_key;
  TestPerson& austin = NewPerson("austin_powers", "shagadelic");
  austin->LogIn();
  world_.RunFor(seconds(100));
  ASSERT_GE(austin.diary.size(), 2u);
  EXPECT_EQ(austin.diary[0], "login Connecting to P2P Network");
  EXPECT_EQ(austin.diary[1],
            "login Logged Out no supernode could be reached: tried 3 nodes by UDP and TCP");
  EXPECT_FALSE(austin.Saw("login Connecting to Server"));
}

TEST_F(CommunityTest, WithoutUdpLoginWaitsForContactAndSurvey) {
  world_.udp_works = false;
  TestPerson& austin = NewPerson("austin_powers", "shagadelic");
  const MonotonicTime begin = world_.Now();
  austin->LogIn();
  world_.RunFor(seconds(12));
  ASSERT_TRUE(austin.LoggedIn());
  // 5 s each; three nodes are one round of the survey.
  EXPECT_GE(austin.times.back() - begin, seconds(10));
  EXPECT_LT(austin.times.back() - begin, seconds(11));
}

TEST_F(CommunityTest, NobodyHearsOfAnAnswerWithoutAPath) {
  TestPerson& bond = Bond(seconds(1));
  TestPerson& austin = Austin();
  // Neither each other nor a relay can be reached; signalling goes on.
  world_.udp_works = false;
  world_.tcp_answers = [](const Endpoint& from, const Endpoint&) {
    return from.address.value >> 8 != Ipv4Address::Of(192, 0, 2, 0).value >> 8;
  };
  austin->CallUser("james_bond");
  world_.RunFor(seconds(60));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "ended no path"}));
  EXPECT_EQ(bond.Calls(), (Diary{"incoming austin_powers Austin Powers", "ended no path"}));
}

TEST_F(CommunityTest, OpenCallWithoutMediaEnds) {
  TestPerson& bond = Bond(seconds(1));
  TestPerson& austin = Austin();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(5));
  world_.udp_works = false;
  world_.tcp_answers = [](const Endpoint&, const Endpoint&) { return false; };
  // RFC 7675 section 5.1: consent expires after 30 s.
  world_.RunFor(seconds(40));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "answered PCMU", "ended media lost"}));
  EXPECT_EQ(bond.Calls().back(), "ended media lost");
}

TEST_F(CommunityTest, WithoutUdpCallsGoByTcp) {
  TestPerson& bond = Bond(seconds(1));
  TestPerson& austin = Austin();
  world_.udp_works = false;
  austin->CallUser("james_bond");
  world_.RunFor(seconds(20));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "answered PCMU"}));
  EXPECT_EQ(austin->statistics().path.name(), std::string("tcp"));
  EXPECT_GE(Heard(austin, bond).correlation, 0.9);
  EXPECT_GE(Heard(bond, austin).correlation, 0.9);
}

// A Message whose body is that field, with nothing in it.
std::vector<uint8_t> EmptyBody(int field) {
  const int tag = field << 3 | 2;
  if (tag < 0x80) return {static_cast<uint8_t>(tag), 0};
  return {static_cast<uint8_t>(tag | 0x80), static_cast<uint8_t>(tag >> 7), 0};
}

// A stranger with a secured stream says what he likes.
RC_GTEST_FIXTURE_PROP(CommunityTest, NodesBearStrangersAndNonsense, ()) {
  struct Stranger final : stream::SecureStreamHandler {
    void OnSecured() override {}
    void OnFrame(std::span<const uint8_t>) override {}
    void OnClosed(const Error&) override {}
  } stranger;
  stream::TestRuntime runtime(world_, Ipv4Address::Of(192, 0, 2, 66), 66);
  const bool to_login_server = *rc::gen::arbitrary<bool>();
  stream::SecureStream stream(runtime,
                              to_login_server ? Endpoint{Ipv4Address::Of(198, 51, 100, 100), 33033}
                                              : network_.bootstrap_nodes[0],
                              network_.root_key,
                              to_login_server ? wire::NODE_LOGIN_SERVER : wire::NODE_SUPERNODE,
                              stranger);
  world_.RunFor(seconds(1));
  RC_ASSERT(stream.secured());
  const auto frames = *rc::gen::container<std::vector<std::vector<uint8_t>>>(
      rc::gen::oneOf(rc::gen::arbitrary<std::vector<uint8_t>>(),
                     rc::gen::map(rc::gen::inRange(2, 20), EmptyBody)));
  for (const auto& frame : frames) stream.Send(frame);
  world_.RunFor(seconds(1));
  TestPerson& austin = NewPerson("austin_powers", "shagadelic");
  austin->LogIn();
  world_.RunFor(seconds(5));
  RC_ASSERT(austin.LoggedIn());
  RC_ASSERT(UsersOnline() == 1u);
}

const char* Name() { return "none"; }
uint32_t NoRandom() { std::abort(); }
uint32_t NoUniform(uint32_t) { std::abort(); }
void NoStir() { std::abort(); }
void NoBuffer(void*, size_t) { std::abort(); }
randombytes_implementation kNone = {Name, NoRandom, NoStir, NoUniform, NoBuffer, nullptr};
const int kInstalled = randombytes_set_implementation(&kNone);

TEST(RandomnessTest, LibsodiumsGeneratorIsNotThere) { EXPECT_EQ(kInstalled, 0); }

}  // namespace
}  // namespace sfa::community
