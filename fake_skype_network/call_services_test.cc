// What calls ask of the community: lookups, credit, numbers, voicemail.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "fake_skype_network/directory.h"
#include "fake_skype_network/lookup_desk.h"
#include "fake_skype_network/pstn_gateway.h"
#include "fake_skype_network/test_wire_user.h"
#include "fake_skype_network/till.h"
#include "fake_skype_network/voicemail_service.h"
#include "fake_skype_network/waiting_messages.h"

namespace sfa::community {
namespace {

using std::chrono::seconds;

class CallServicesTest : public ServicesTest {
 protected:
  CallServicesTest() {
    Add({kGatewayUser, "g", AccountKind::kService, ""});
    Add({kVoicemailUser, "v", AccountKind::kService, ""});
    login_server_->SetRate({"+44", 39'000, 17'000});
    login_server_->SetRate({"+447", 39'000, 210'000});
  }
  TestWireUser& Gateway() { return User(kGatewayUser, "g"); }
  TestWireUser& VoicemailService() { return User(kVoicemailUser, "v"); }
  void GiveBond(int64_t micros) {
    Account bond{"james_bond", "shaken", AccountKind::kBusiness, "James Bond"};
    bond.credit_micros = micros;
    bond.numbers = {"+442079460000", "+12564286000"};
    bond.voicemail = true;
    Add(bond);
  }
  wire::LookupReply Lookup(TestWireUser& user, const std::string& name,
                           Duration patience = seconds(1)) {
    user.lookups.clear();
    user.Lookup(name);
    world_.RunFor(patience);
    if (user.lookups.size() != 1) {
      ADD_FAILURE() << user.lookups.size() << " answers";
      return {};
    }
    EXPECT_EQ(user.lookups[0].user(), name);
    return user.lookups[0];
  }
  wire::ServiceReply Authorise(TestWireUser& gateway, const std::string& account,
                               const std::string& number) {
    wire::ServiceRequest request;
    request.mutable_authorise_call()->set_account(account);
    request.mutable_authorise_call()->set_number(number);
    return Ask(gateway, request);
  }
  wire::ServiceResult Settle(TestWireUser& gateway, const std::string& id,
                             const std::string& number, uint32_t for_seconds) {
    wire::ServiceRequest request;
    wire::SettleCall* const call = request.mutable_settle_call();
    call->set_id(id);
    call->set_account("james_bond");
    call->set_number(number);
    call->set_seconds(for_seconds);
    return Ask(gateway, request).result();
  }
  wire::ServiceReply Keep(TestWireUser& service, const std::string& audio,
                          const std::string& id = "", bool more = false) {
    wire::ServiceRequest request;
    wire::KeepVoicemail* const message = request.mutable_keep_voicemail();
    message->set_account("james_bond");
    message->set_from("dr_evil");
    message->set_audio(audio);
    message->set_id(id);
    message->set_more(more);
    return Ask(service, request);
  }
};

TEST_F(CallServicesTest, NumbersAreConnectedByTheGateway) {
  TestWireUser& bond = WireBond();
  EXPECT_EQ(Lookup(bond, "+442079460000").by_service(), kGatewayUser);
  EXPECT_EQ(Lookup(bond, "+442079460000").devices_size(), 0) << "it is not logged in";
  TestWireUser& gateway = Gateway();
  const wire::LookupReply found = Lookup(bond, "+442079460000");
  EXPECT_EQ(found.by_service(), kGatewayUser);
  ASSERT_EQ(found.devices_size(), 1);
  EXPECT_EQ(found.devices(0).id(), gateway.device());
  EXPECT_EQ(peer::FromWire(found.devices(0).home()), network_.bootstrap_nodes[0]);
  EXPECT_EQ(found.refusal(), wire::END_UNSPECIFIED);
  EXPECT_EQ(Lookup(bond, "+33142345678").refusal(), wire::END_INVALID_NUMBER) << "no rate";
  EXPECT_EQ(Lookup(bond, "+44").refusal(), wire::END_INVALID_NUMBER);
  EXPECT_EQ(Lookup(bond, "+44 20 7946").refusal(), wire::END_INVALID_NUMBER);
  EXPECT_EQ(Lookup(bond, "+" + std::string(21, '4')).refusal(), wire::END_INVALID_NUMBER);
  EXPECT_TRUE(Lookup(bond, "02079460000").unknown());
}

TEST_F(CallServicesTest, EmergencyNumbersAreRefusedEvenWithoutALoginServer) {
  TestWireUser& bond = WireBond();
  login_server_->SetRate({"+1", 1, 1});
  login_server_->SetRate({"9", 1, 1});
  for (const char* number : {"112", "911", "999", "+112", "+911", "+999"}) {
    EXPECT_EQ(Lookup(bond, number).refusal(), wire::END_EMERGENCY) << number;
  }
  login_server_ = nullptr;
  world_.RunFor(seconds(1));
  EXPECT_EQ(Lookup(bond, "112").refusal(), wire::END_EMERGENCY);
}

TEST_F(CallServicesTest, ForwardingAndVoicemailAreKnownOfWhoIsThereAndWhoIsNot) {
  Account evil{"dr_evil", "million", AccountKind::kRegular, "Dr. Evil"};
  evil.forward_to = {"austin_powers", "+442079460000"};
  evil.forward_after_seconds = 7;
  evil.voicemail = true;
  Add(evil);
  TestWireUser& bond = WireBond();
  wire::LookupReply found = Lookup(bond, "dr_evil");
  EXPECT_EQ(found.devices_size(), 0);
  ASSERT_EQ(found.forward_to_size(), 2);
  EXPECT_EQ(found.forward_to(1), "+442079460000");
  EXPECT_EQ(found.forward_after_seconds(), 7u);
  EXPECT_EQ(found.voicemail(), "") << "the service is not there";
  VoicemailService();
  TestWireUser& there = WireEvil();
  found = Lookup(bond, "dr_evil");
  ASSERT_EQ(found.devices_size(), 1);
  EXPECT_EQ(found.devices(0).id(), there.device());
  EXPECT_EQ(found.forward_to_size(), 2);
  EXPECT_EQ(found.voicemail(), kVoicemailUser);
  EXPECT_EQ(Lookup(bond, "james_bond").voicemail(), "") << "which has none";
}

TEST_F(CallServicesTest, WhoIsBlockedReachesNobody) {
  TestWireUser& bond = WireBond(0);
  TestWireUser& evil = WireEvil(1);
  EXPECT_EQ(Lookup(evil, "james_bond").devices_size(), 1);
  EXPECT_EQ(Answer(bond, "dr_evil", wire::ANSWER_BLOCK), wire::SERVICE_DONE);
  EXPECT_EQ(Lookup(evil, "james_bond").refusal(), wire::END_BLOCKED);
  EXPECT_EQ(Lookup(evil, "james_bond").devices_size(), 0);
  EXPECT_EQ(Lookup(bond, "dr_evil").devices_size(), 1) << "the other way it goes";
  EXPECT_EQ(Answer(bond, "dr_evil", wire::ANSWER_UNBLOCK), wire::SERVICE_DONE);
  EXPECT_EQ(Lookup(evil, "james_bond").devices_size(), 1);
}

TEST_F(CallServicesTest, WhoIsThereIsFoundWithoutALoginServerAtOnce) {
  TestWireUser& bond = WireBond(0);
  WireEvil(1);
  login_server_ = nullptr;
  world_.RunFor(seconds(1));
  EXPECT_EQ(Lookup(bond, "dr_evil", std::chrono::milliseconds(100)).devices_size(), 1);
}

TEST_F(CallServicesTest, WhoIsThereIsFoundWhenTheLoginServerSaysNothing) {
  // A home that knows where he is by itself, and has only the login server to ask.
  const auto keepers = KeepersOf("dr_evil", network_.bootstrap_nodes);
  const auto home =
      std::find(network_.bootstrap_nodes.begin(), network_.bootstrap_nodes.end(), keepers.front());
  TestWireUser& bond = WireBond(static_cast<size_t>(home - network_.bootstrap_nodes.begin()));
  WireEvil(1);
  // The question reaches the home; what that asks the login server is lost, and nobody is told.
  int heard = 0;
  world_.on_the_way = [&heard](bool to_server, std::vector<uint8_t>& bytes) {
    if (to_server && ++heard > 1) bytes.clear();
  };
  bond.Lookup("dr_evil");
  world_.RunFor(LookupDesk::kPatienceForMore / 2);
  EXPECT_TRUE(bond.lookups.empty()) << "it is waited for";
  world_.RunFor(LookupDesk::kPatienceForMore);
  ASSERT_EQ(bond.lookups.size(), 1u);
  EXPECT_EQ(bond.lookups[0].devices_size(), 1);
}

TEST_F(CallServicesTest, CreditPaysEveryMinuteThatBegins) {
  GiveBond(1'000'000);
  TestWireUser& gateway = Gateway();
  TestWireUser& bond = WireBond(1);
  const wire::ServiceReply granted = Authorise(gateway, "james_bond", "+442079460000");
  ASSERT_EQ(granted.result(), wire::SERVICE_DONE);
  EXPECT_EQ(granted.grant().connection_micros(), 39'000);
  EXPECT_EQ(granted.grant().minute_micros(), 17'000);
  EXPECT_EQ(granted.grant().longest_seconds(), 56u * 60) << "961,000 / 17,000";
  EXPECT_EQ(Authorise(gateway, "james_bond", "+447700900000").grant().longest_seconds(), 4u * 60)
      << "the longest prefix counts";
  EXPECT_EQ(Settle(gateway, "a", "+442079460000", 61), wire::SERVICE_DONE);
  EXPECT_EQ(login_server_->CreditOf("james_bond"), 1'000'000 - 39'000 - 2 * 17'000);
  EXPECT_EQ(bond.TakeNews(), Lines{"account"});
  EXPECT_EQ(Settle(gateway, "a", "+442079460000", 61), wire::SERVICE_DONE);
  EXPECT_EQ(login_server_->CreditOf("james_bond"), 927'000) << "once";
  EXPECT_EQ(peer::ValueOf(StateOf(bond).properties(), "skypeout_balance"), "92");
  EXPECT_EQ(Settle(gateway, "b", "+442079460000", 60), wire::SERVICE_DONE);
  EXPECT_EQ(login_server_->CreditOf("james_bond"), 871'000);
  EXPECT_EQ(Settle(gateway, "c", "+442079460000", 0), wire::SERVICE_DONE);
  EXPECT_EQ(login_server_->CreditOf("james_bond"), 871'000) << "nobody answered";
  LosePower(seconds(1));
  world_.RunFor(seconds(8));
  EXPECT_EQ(Settle(gateway, "b", "+442079460000", 60), wire::SERVICE_DONE);
  EXPECT_EQ(login_server_->CreditOf("james_bond"), 871'000);
}

TEST_F(CallServicesTest, WithoutCreditNoCallIsGranted) {
  GiveBond(55'999);
  TestWireUser& gateway = Gateway();
  EXPECT_EQ(Authorise(gateway, "james_bond", "+442079460000").result(), wire::SERVICE_NO_CREDIT);
  GiveBond(56'000);
  EXPECT_EQ(Authorise(gateway, "james_bond", "+442079460000").grant().longest_seconds(), 60u);
  EXPECT_EQ(Authorise(gateway, "nobody", "+442079460000").result(), wire::SERVICE_UNKNOWN_USER);
  EXPECT_EQ(Authorise(gateway, "james_bond", "+33142345678").result(), wire::SERVICE_BAD_VALUE);
  EXPECT_EQ(Authorise(gateway, "james_bond", "112").result(), wire::SERVICE_NOT_ALLOWED);
  login_server_->SetRate({"+800", 0, 0});
  GiveBond(0);
  const wire::ServiceReply free_of_charge = Authorise(gateway, "james_bond", "+80012345");
  EXPECT_EQ(free_of_charge.result(), wire::SERVICE_DONE);
  EXPECT_EQ(free_of_charge.grant().longest_seconds(), 0u) << "no bound";
}

TEST_F(CallServicesTest, MoneyNeitherOverflowsNorIsMadeUp) {
  EXPECT_EQ(Till::ToCents(9'999), "0");
  EXPECT_EQ(Till::ToCents(-1), "-1");
  EXPECT_EQ(Till::ToCents(-10'000), "-1");
  GiveBond(std::numeric_limits<int64_t>::max());
  TestWireUser& gateway = Gateway();
  login_server_->SetRate({"+44", std::numeric_limits<int64_t>::max(), 1});
  EXPECT_EQ(Authorise(gateway, "james_bond", "+442079460000").grant().connection_micros(),
            Till::kHighestRateMicros);
  login_server_->SetRate({"+44", -5, Till::kHighestRateMicros});
  EXPECT_EQ(Settle(gateway, "a", "+442079460000", std::numeric_limits<uint32_t>::max()),
            wire::SERVICE_DONE);
  EXPECT_EQ(login_server_->CreditOf("james_bond"),
            std::numeric_limits<int64_t>::max() - 71'582'789 * Till::kHighestRateMicros);
  EXPECT_EQ(Settle(gateway, "", "+442079460000", 1), wire::SERVICE_BAD_VALUE);
  EXPECT_EQ(Settle(gateway, std::string(65, 'i'), "+442079460000", 1), wire::SERVICE_BAD_VALUE);
}

TEST_F(CallServicesTest, NumbersOfUsersAreFound) {
  GiveBond(0);
  TestWireUser& gateway = Gateway();
  wire::ServiceRequest request;
  request.mutable_find_number()->set_number("+12564286000");
  EXPECT_EQ(Ask(gateway, request).owner().account(), "james_bond");
  request.mutable_find_number()->set_number("+12564286001");
  EXPECT_EQ(Ask(gateway, request).result(), wire::SERVICE_UNKNOWN_USER);
}

TEST_F(CallServicesTest, VoicemailIsKeptCountedAndTold) {
  GiveBond(0);
  TestWireUser& service = VoicemailService();
  EXPECT_EQ(Keep(service, std::string(8001, 'a')).result(), wire::SERVICE_DONE);
  TestWireUser& bond = WireBond(1);
  EXPECT_EQ(bond.TakeNews(), Lines{"voicemail dr_evil 2 s, 1 waiting"});
  // In pieces, one of which is lost with the login server, so that it begins anew.
  EXPECT_EQ(Keep(service, "first", "id", true).result(), wire::SERVICE_DONE);
  LosePower(seconds(1));
  world_.RunFor(seconds(8));
  EXPECT_EQ(Keep(service, std::string(9000, 'b'), "id", true).result(), wire::SERVICE_DONE);
  EXPECT_EQ(bond.TakeNews(), Lines{});
  EXPECT_EQ(Keep(service, std::string(9000, 'c'), "id").result(), wire::SERVICE_DONE);
  EXPECT_EQ(bond.TakeNews(), Lines{"voicemail dr_evil 3 s, 2 waiting"});
  const auto kept = login_server_->VoicemailsOf("james_bond");
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].audio, std::string(8001, 'a'));
  EXPECT_EQ(kept[1].audio, std::string(9000, 'b') + std::string(9000, 'c'));
  EXPECT_EQ(kept[1].seconds, 3u);
  EXPECT_EQ(kept[1].from, "dr_evil");
}

TEST_F(CallServicesTest, VoicemailHasBounds) {
  TestWireUser& service = VoicemailService();
  EXPECT_EQ(Keep(service, "x").result(), wire::SERVICE_NOT_ALLOWED) << "the account has none";
  GiveBond(0);
  EXPECT_EQ(Keep(service, "x", "", true).result(), wire::SERVICE_BAD_VALUE);
  for (int64_t i = 0; i < Voicemails::kMost; ++i) {
    ASSERT_EQ(Keep(service, "x").result(), wire::SERVICE_DONE);
    world_.RunFor(seconds(1));
  }
  EXPECT_EQ(Keep(service, "x").result(), wire::SERVICE_TOO_MANY);
}

}  // namespace
}  // namespace sfa::community
