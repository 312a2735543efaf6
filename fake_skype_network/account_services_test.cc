// Accounts: their kinds, their properties and who sees them, logins, hostile requests, power loss.
#include <gtest/gtest.h>

#include "fake_skype_network/attempts.h"
#include "fake_skype_network/service_window.h"
#include "fake_skype_network/test_wire_user.h"

namespace sfa::community {
namespace {

using std::chrono::seconds;

using AccountServicesTest = ServicesTest;

TEST_F(AccountServicesTest, DriverIsRefusedByKind) {
  Add({"invited", "x", AccountKind::kInvited, ""});
  Add({"boss", "x", AccountKind::kAdministrator, ""});
  Add({"#service", "x", AccountKind::kService, ""});
  const auto refusal = [this](const std::string& user, const std::string& password, bool driver) {
    TestWireUser& made = NewUser(user, password);
    made.LogIn(driver);
    world_.RunFor(seconds(1));
    EXPECT_EQ(made.registered, made.refusal == wire::REFUSAL_UNSPECIFIED);
    return made.refusal;
  };
  EXPECT_EQ(refusal("james_bond", "shaken", true), wire::REFUSAL_UNSPECIFIED);
  EXPECT_EQ(refusal("dr_evil", "million", true), wire::REFUSAL_NOT_A_BUSINESS_ACCOUNT);
  EXPECT_EQ(refusal("invited", "x", true), wire::REFUSAL_INVITED_ACCOUNT);
  EXPECT_EQ(refusal("boss", "x", true), wire::REFUSAL_ADMINISTRATOR_ACCOUNT);
  EXPECT_EQ(refusal("#service", "x", true), wire::REFUSAL_NOT_A_BUSINESS_ACCOUNT);
  EXPECT_EQ(refusal("invited", "x", false), wire::REFUSAL_UNSPECIFIED) << "at a desktop";
  EXPECT_EQ(refusal("boss", "wrong", true), wire::REFUSAL_INCORRECT_PASSWORD)
      << "the kind is told to its owner only";
  EXPECT_EQ(refusal("James_Bond", "shaken", true), wire::REFUSAL_NO_SUCH_IDENTITY);
}

TEST_F(AccountServicesTest, OnlyServicesAreVouchedForAsSuch) {
  Add({"#service", "x", AccountKind::kService, ""});
  EXPECT_TRUE(User("#service", "x").credential.service());
  EXPECT_FALSE(WireBond().credential.service());
  EXPECT_FALSE(login_server_->AddAccount({"#mine", "x", AccountKind::kRegular, ""}).ok());
  EXPECT_FALSE(login_server_->AddAccount({"service", "x", AccountKind::kService, ""}).ok());
}

TEST_F(AccountServicesTest, TooManyWrongPasswordsShutThatPlaceOutForAWhile) {
  TestWireUser& thief = NewUser("james_bond", "guess");
  for (int i = 0; i < Attempts::kMost; ++i) {
    thief.LogIn();
    world_.RunFor(seconds(1));
    EXPECT_EQ(thief.refusal, wire::REFUSAL_INCORRECT_PASSWORD) << i;
  }
  thief.LogIn();
  world_.RunFor(seconds(1));
  EXPECT_EQ(thief.refusal, wire::REFUSAL_TOO_MANY_ATTEMPTS);
  TestWireUser& same_place_right = *users_.emplace_back(std::make_unique<TestWireUser>(
      *machines_.front(),
      TestWireUser::Place{kLoginServer, network_.bootstrap_nodes[0], network_.root_key},
      "james_bond", "shaken"));
  same_place_right.LogIn();
  world_.RunFor(seconds(1));
  EXPECT_EQ(same_place_right.refusal, wire::REFUSAL_TOO_MANY_ATTEMPTS);
  EXPECT_TRUE(WireBond().registered) << "elsewhere the user is not kept out";
  world_.RunFor(Attempts::kPeriod);
  same_place_right.LogIn();
  world_.RunFor(seconds(1));
  EXPECT_TRUE(same_place_right.registered);
}

TEST_F(AccountServicesTest, PropertiesAreKeptAndToldToEveryLogin) {
  TestWireUser& first = WireBond(0);
  TestWireUser& second = WireBond(1);
  EXPECT_EQ(peer::ValueOf(StateOf(first).properties(), "fullname"), "James Bond");
  EXPECT_EQ(peer::ValueOf(StateOf(first).properties(), "availability"), "Online");
  EXPECT_EQ(peer::ValueOf(StateOf(first).properties(), "skypeout_balance"), "0");
  EXPECT_EQ(peer::ValueOf(StateOf(first).properties(), "skypeout_currency"), "EUR");
  EXPECT_EQ(first.TakeNews(), Lines{});
  EXPECT_EQ(Set(first, "city", "London"), wire::SERVICE_DONE);
  EXPECT_EQ(first.TakeNews(), Lines{"account"});
  ASSERT_EQ(second.news.size(), 1u);
  EXPECT_EQ(peer::ValueOf(second.news[0].account().properties(), "city"), "London");
  second.news.clear();
  EXPECT_EQ(Set(second, "city", "London"), wire::SERVICE_DONE);
  EXPECT_EQ(second.TakeNews(), Lines{}) << "nothing has changed";
  EXPECT_EQ(Set(second, "city", ""), wire::SERVICE_DONE);
  EXPECT_EQ(peer::ValueOf(StateOf(first).properties(), "city"), "");
}

TEST_F(AccountServicesTest, WhatCannotBeSetIsRefusedAndNothingIsHalfDone) {
  TestWireUser& bond = WireBond();
  EXPECT_EQ(Set(bond, "shoe_size", "9"), wire::SERVICE_UNKNOWN_PROPERTY);
  EXPECT_EQ(Set(bond, "skypeout_balance", "1000000"), wire::SERVICE_READ_ONLY);
  EXPECT_EQ(Set(bond, "birthday", "20100231"), wire::SERVICE_BAD_VALUE);
  EXPECT_EQ(Set(bond, "availability", "Sleepy"), wire::SERVICE_BAD_VALUE);
  EXPECT_EQ(Set(bond, "about", "a\r\nb"), wire::SERVICE_BAD_VALUE);
  EXPECT_EQ(Set(bond, "about", std::string(513, 'x')), wire::SERVICE_BAD_VALUE);
  EXPECT_EQ(Set(bond, "about", std::string(512, 'x')), wire::SERVICE_DONE);
  wire::ServiceRequest both = Setting("city", "London");
  *both.mutable_set_properties()->add_properties() =
      Setting("gender", "3").set_properties().properties(0);
  const wire::ServiceReply reply = Ask(bond, both);
  EXPECT_EQ(reply.result(), wire::SERVICE_BAD_VALUE);
  EXPECT_EQ(reply.text(), "gender: expected 1 (male) or 2 (female)");
  EXPECT_EQ(peer::ValueOf(StateOf(bond).properties(), "city"), "");
}

TEST_F(AccountServicesTest, EachFieldIsShownToThoseWhoMaySeeIt) {
  Account evil{"dr_evil", "million", AccountKind::kRegular, "Dr. Evil"};
  evil.profile = {{"phone_home", "+1"}, {"email", "e@vil"}, {"city", "Lair"}, {"about", "hidden"}};
  evil.visibility = {{"about", peer::Visibility::kNobody}, {"email", peer::Visibility::kEverybody}};
  evil.buddies = {"austin_powers"};
  Add(evil);
  TestWireUser& bond = WireBond();
  TestWireUser& austin = WireAustin();
  TestWireUser& self = WireEvil();
  const auto names = [](const wire::Profile& profile) {
    Lines lines;
    for (const wire::Property& each : profile.properties()) lines.push_back(each.name());
    return lines;
  };
  EXPECT_EQ(names(ProfileOf(bond, "dr_evil").profile()), (Lines{"fullname", "city", "email"}));
  EXPECT_EQ(names(ProfileOf(austin, "dr_evil").profile()),
            (Lines{"fullname", "city", "phone_home", "email"}));
  EXPECT_EQ(ProfileOf(bond, "dr_evil").profile().fullname(), "Dr. Evil");
  EXPECT_EQ(peer::ValueOf(StateOf(self).properties(), "about"), "hidden");
  EXPECT_EQ(names(self.own_profile), (Lines{"fullname", "city", "email"}))
      << "what everybody may know goes with calls";
  EXPECT_EQ(ProfileOf(bond, "nobody").result(), wire::SERVICE_UNKNOWN_USER);
}

TEST_F(AccountServicesTest, AccountsThatCannotBeAreRefusedWithAReason) {
  Account wrong{"m", "x", AccountKind::kRegular, "M"};
  wrong.profile = {{"birthday", "yesterday"}};
  const Status status = login_server_->AddAccount(wrong);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "m: birthday: expected a day as YYYYMMDD, found \"yesterday\"");
  wrong.profile = {{"skypeout_balance", "5"}};
  EXPECT_FALSE(login_server_->AddAccount(wrong).ok());
  wrong.profile = {};
  wrong.numbers = {"0207"};
  EXPECT_FALSE(login_server_->AddAccount(wrong).ok());
  EXPECT_FALSE(login_server_->CreditOf("m").has_value()) << "nothing of it is kept";
}

TEST_F(AccountServicesTest, ServicesSurviveALossOfPower) {
  TestWireUser& bond = WireBond();
  ASSERT_EQ(Set(bond, "mood_text", "shaken"), wire::SERVICE_DONE);
  ASSERT_EQ(Set(bond, "availability", "Away"), wire::SERVICE_DONE);
  LosePower(seconds(3));
  world_.RunFor(seconds(8));
  EXPECT_EQ(peer::ValueOf(StateOf(bond).properties(), "mood_text"), "shaken");
  EXPECT_EQ(peer::ValueOf(StateOf(bond).properties(), "availability"), "Away")
      << "the login has outlived the login server";
  bond.LogOut();
  world_.RunFor(seconds(1));
  EXPECT_EQ(peer::ValueOf(StateOf(WireBond()).properties(), "availability"), "Online")
      << "after a login with nobody else there";
}

TEST_F(AccountServicesTest, RequestsWithoutALoginServerAreNotAnsweredTwiceOrLate) {
  TestWireUser& bond = WireBond();
  login_server_ = nullptr;
  world_.RunFor(seconds(1));
  bond.Send(Setting("city", "London"));
  world_.RunFor(seconds(20));
  login_server_ = NewLogin();
  world_.RunFor(seconds(20));
  EXPECT_TRUE(bond.replies.empty());
  EXPECT_EQ(peer::ValueOf(StateOf(bond).properties(), "city"), "");
  EXPECT_EQ(bond.replies.size(), 1u);
}

TEST_F(AccountServicesTest, DatabaseThatFailsChangesNothing) {
  TestWireUser& bond = WireBond();
  login_runtime_->disk.full = true;
  EXPECT_EQ(Set(bond, "city", "London"), wire::SERVICE_UNREACHABLE);
  EXPECT_EQ(bond.TakeNews(), Lines{});
  login_runtime_->disk.full = false;
  EXPECT_EQ(peer::ValueOf(StateOf(bond).properties(), "city"), "");
  EXPECT_EQ(Set(bond, "city", "London"), wire::SERVICE_DONE);
}

TEST_F(AccountServicesTest, ALoginHasSoManyRequestsUnderWayAtMost) {
  TestWireUser& bond = WireBond();
  wire::ServiceRequest request;
  request.mutable_get_account();
  for (size_t i = 0; i < ServiceWindow::kMostOfOne + 2; ++i) bond.Send(request);
  world_.RunFor(seconds(1));
  size_t refused = 0;
  for (const auto& [number, reply] : bond.replies) {
    if (reply.result() == wire::SERVICE_TOO_MANY) ++refused;
  }
  EXPECT_EQ(bond.replies.size(), ServiceWindow::kMostOfOne + 2);
  EXPECT_EQ(refused, 2u);
  EXPECT_EQ(Ask(bond, request).result(), wire::SERVICE_DONE) << "they are over";
}

// Somebody's stream to a node, on which anything can be said.
class Stranger final : private stream::MessageHandler {
 public:
  Stranger(Runtime& runtime, const Endpoint& to, const stream::Key& root_key, wire::NodeRole role)
      : stream_(runtime, to, root_key, role, *this) {}
  void Say(const wire::Message& message) { stream_.Send(message); }
  std::vector<wire::Message> heard;
  bool closed = false;

 private:
  void OnOpen(stream::MessageStream&) override {}
  void OnMessage(stream::MessageStream&, const wire::Message& message) override {
    heard.push_back(message);
  }
  void OnClosed(stream::MessageStream&, const Error&) override { closed = true; }
  stream::MessageStream stream_;
};

TEST_F(AccountServicesTest, OnlyHomesSpeakForUsers) {
  TestWireUser& bond = WireBond();
  stream::TestRuntime runtime(world_, Ipv4Address::Of(203, 0, 113, 200), 2000);
  Stranger stranger(runtime, kLoginServer, network_.root_key, wire::NODE_LOGIN_SERVER);
  world_.RunFor(seconds(1));
  wire::Message forged;
  wire::ServicePassage* const passage = forged.mutable_service_passage();
  passage->set_user("james_bond");
  passage->set_device(bond.device());
  *passage->mutable_asked() = Setting("city", "Lair");
  stranger.Say(forged);
  wire::Message gone;
  gone.mutable_publish()->set_user("james_bond");
  gone.mutable_publish()->mutable_device()->set_id(bond.device());
  stranger.Say(gone);
  wire::Message lookup;
  lookup.mutable_lookup()->set_user("james_bond");
  stranger.Say(lookup);
  world_.RunFor(seconds(1));
  EXPECT_TRUE(stranger.heard.empty());
  EXPECT_EQ(peer::ValueOf(StateOf(bond).properties(), "city"), "");
  // And nobody tells news but the login server.
  Stranger at_home(runtime, network_.bootstrap_nodes[0], network_.root_key, wire::NODE_SUPERNODE);
  world_.RunFor(seconds(1));
  wire::Message news;
  news.mutable_service_passage()->set_user("james_bond");
  news.mutable_service_passage()->mutable_news()->set_buddy_removed("dr_evil");
  at_home.Say(news);
  world_.RunFor(seconds(1));
  EXPECT_TRUE(at_home.closed);
  EXPECT_EQ(bond.TakeNews(), Lines{});
}

TEST_F(AccountServicesTest, HostileRequestsAreAnsweredAndHarmNobody) {
  TestWireUser& evil = WireEvil();
  wire::ServiceRequest empty;
  EXPECT_EQ(Ask(evil, empty).result(), wire::SERVICE_NOT_ALLOWED);
  wire::ServiceRequest settle;
  settle.mutable_settle_call()->set_account("james_bond");
  EXPECT_EQ(Ask(evil, settle).result(), wire::SERVICE_NOT_ALLOWED);
  wire::ServiceRequest number;
  number.mutable_find_number()->set_number("+1");
  EXPECT_EQ(Ask(evil, number).result(), wire::SERVICE_NOT_ALLOWED);
  wire::ServiceRequest authorise;
  authorise.mutable_authorise_call()->set_account("james_bond");
  EXPECT_EQ(Ask(evil, authorise).result(), wire::SERVICE_NOT_ALLOWED);
  wire::ServiceRequest voicemail;
  voicemail.mutable_keep_voicemail()->set_account("james_bond");
  EXPECT_EQ(Ask(evil, voicemail).result(), wire::SERVICE_NOT_ALLOWED);
  // A frame holds it, with what its home adds it would not.
  EXPECT_EQ(Set(evil, "about", std::string(16'000, 'x')), wire::SERVICE_BAD_VALUE);
  wire::ServiceRequest many;
  for (int i = 0; i < 1500; ++i) many.mutable_set_properties()->add_properties()->set_name("x");
  EXPECT_EQ(Ask(evil, many).result(), wire::SERVICE_UNKNOWN_PROPERTY);
  EXPECT_EQ(AddBuddy(evil, "x' OR '1'='1").result(), wire::SERVICE_UNKNOWN_USER);
  EXPECT_EQ(AddBuddy(evil, std::string(5000, 'n')).result(), wire::SERVICE_UNKNOWN_USER);
  EXPECT_FALSE(evil.home_lost);
}

}  // namespace
}  // namespace sfa::community
