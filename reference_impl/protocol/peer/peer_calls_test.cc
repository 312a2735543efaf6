// Whom a call rings at in the end, and what is said in it.
#include <gmock/gmock.h>

#include "protocol/peer/description.h"
#include "protocol/peer/test_town.h"

namespace sfa::peer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kOffice[] = "+12564286000";
constexpr char kMobile[] = "+12564286001";

class CallsTest : public TownTest {
 protected:
  wire::LookupReply& Known(const std::string& name) { return town_.known[name]; }
  void Connects(const std::string& number) { Known(number).set_by_service("#telephones"); }
  int Count(wire::CallMessage::BodyCase kind) const {
    return static_cast<int>(
        std::count_if(town_.passed.begin(), town_.passed.end(),
                      [kind](const auto& each) { return each.call().body_case() == kind; }));
  }
  // Austin has called Bond, and they talk.
  void Talk() {
    bond_ = &Join("james_bond");
    austin_ = &Join("austin_powers");
    bond_->answers = true;
    austin_->Call("james_bond");
    Run(seconds(2));
    EXPECT_EQ(austin_->diary.back(), "answered");
    EXPECT_EQ(bond_->diary.back(), "answered");
    austin_->diary.clear();
    bond_->diary.clear();
  }
  TestUser* bond_ = nullptr;
  TestUser* austin_ = nullptr;
};

// ---- Numbers ---------------------------------------------------------------------------------

TEST_F(CallsTest, ANumberIsConnectedByAService) {
  TestUser& gateway = JoinAsService("#telephones");
  gateway.answers = true;
  TestUser& austin = Join("austin_powers");
  Connects(kOffice);
  austin.Call(kOffice);
  Run(seconds(2));
  EXPECT_THAT(austin.diary, ElementsAre("ringing", "answered"));
  EXPECT_EQ(austin.call->remote_user(), kOffice);
  EXPECT_EQ(gateway.call->properties().target_identity, kOffice) << "what it shall connect";
  EXPECT_EQ(gateway.call->id(), austin.call->id());
  gateway.call->End(EndReason::kNoCredit);
  Run(milliseconds(100));
  EXPECT_EQ(austin.diary.back(), "ended 15");
}

TEST_F(CallsTest, ANumberMayBeRefused) {
  TestUser& austin = Join("austin_powers");
  Known("+112").set_refusal(wire::END_EMERGENCY);
  Known("+1").set_refusal(wire::END_INVALID_NUMBER);
  austin.Call("+112");
  Run(milliseconds(100));
  austin.Call("+1");
  Run(milliseconds(100));
  austin.Call("");
  Run(milliseconds(100));
  austin.Call(std::string(10'000, 'x'));
  Run(milliseconds(100));
  EXPECT_THAT(austin.diary, ElementsAre("ended 16", "ended 17", "ended 5", "ended 5"));
}

// ---- Forwarding ------------------------------------------------------------------------------

TEST_F(CallsTest, WhoIsNotThereIsForwardedToAllAtOnce) {
  TestUser& gateway = JoinAsService("#telephones");
  TestUser& evil = Join("dr_evil");
  TestUser& austin = Join("austin_powers");
  Connects(kOffice);
  Known("james_bond").add_forward_to(kOffice);
  Known("james_bond").add_forward_to("dr_evil");
  austin.Call("james_bond");
  Run(seconds(1));
  EXPECT_THAT(austin.diary, ElementsAre("ringing"));
  ASSERT_TRUE(gateway.call && evil.call);
  EXPECT_EQ(evil.call->properties().forwarded_by, "james_bond");
  EXPECT_EQ(gateway.call->properties().forwarded_by, "james_bond");
  evil.call->Answer();
  Run(seconds(1));
  EXPECT_THAT(austin.diary, ElementsAre("ringing", "party dr_evil", "answered"));
  EXPECT_EQ(austin.call->id(), evil.call->id());
  EXPECT_EQ(austin.call->remote_user(), "james_bond");
  EXPECT_EQ(gateway.diary.back(), "ended 12") << "answered elsewhere";
  austin.Speak(7, 20, world_);
  EXPECT_TRUE(evil.Heard(7));
  austin.call->End(EndReason::kNormal);
  Run(milliseconds(100));
  EXPECT_EQ(evil.diary.back(), "ended 1");
}

// Both are the gateway's: one call of the caller's, two of the gateway's.
TEST_F(CallsTest, TwoNumbersOfOneGatewayRingAtOnce) {
  TestUser& gateway = JoinAsService("#telephones");
  TestUser& austin = Join("austin_powers");
  Connects(kOffice);
  Connects(kMobile);
  Known("james_bond").add_forward_to(kOffice);
  Known("james_bond").add_forward_to(kMobile);
  gateway.refuses = EndReason::kBusy;
  austin.Call("james_bond");
  Run(seconds(1));
  EXPECT_EQ(gateway.diary.size(), 2u);
  EXPECT_EQ(Count(wire::CallMessage::kOffer), 2);
  EXPECT_THAT(austin.diary, ElementsAre("ended 2"));
}

TEST_F(CallsTest, WhoIsBusyIsForwarded) {
  TestUser& bond = Join("james_bond");
  TestUser& evil = Join("dr_evil");
  TestUser& austin = Join("austin_powers");
  bond.refuses = EndReason::kBusy;
  Known("james_bond").add_forward_to("dr_evil");
  austin.Call("james_bond");
  Run(seconds(1));
  EXPECT_THAT(evil.diary, ElementsAre("from austin_powers"));
  // Who has refused wants no call.
  bond.refuses = EndReason::kRejected;
  austin.Call("james_bond");
  Run(seconds(1));
  EXPECT_EQ(austin.diary.back(), "ended 3");
}

TEST_F(CallsTest, WhoDoesNotAnswerInTimeIsForwarded) {
  TestUser& bond = Join("james_bond");
  TestUser& evil = Join("dr_evil");
  TestUser& austin = Join("austin_powers");
  Known("james_bond").add_forward_to("dr_evil");
  Known("james_bond").set_forward_after_seconds(15);
  austin.Call("james_bond");
  Run(milliseconds(14900));
  EXPECT_THAT(evil.diary, IsEmpty());
  Run(milliseconds(200));
  EXPECT_EQ(bond.diary.back(), "ended 4");
  EXPECT_THAT(evil.diary, ElementsAre("from austin_powers"));
  // It rings on there, and then it is over for both.
  Run(seconds(61));
  EXPECT_EQ(austin.diary.back(), "ended 4");
}

TEST_F(CallsTest, CirclesAndLongChainsEnd) {
  TestUser& austin = Join("austin_powers");
  Known("a").add_forward_to("b");
  Known("a").add_forward_to("a");
  Known("b").add_forward_to("a");
  Known("b").add_forward_to("c");
  Known("c").add_forward_to("d");
  Known("d").add_forward_to("e");
  Known("e");
  TestUser& evil = Join("e");
  austin.Call("a");
  Run(seconds(2));
  EXPECT_THAT(austin.diary, ElementsAre("ended 6"));
  EXPECT_THAT(evil.diary, IsEmpty()) << "four hops";
  austin.diary.clear();
  austin.Call("b");
  Run(seconds(2));
  EXPECT_THAT(evil.diary, ElementsAre("from austin_powers")) << "three";
}

TEST_F(CallsTest, AHostileLookupIsBounded) {
  TestUser& austin = Join("austin_powers");
  for (int i = 0; i < 500; ++i) Known("a").add_forward_to("x" + std::to_string(i));
  Known("a").add_forward_to(std::string(5000, 'x'));
  Known("a").set_voicemail("a");
  austin.Call("a");
  Run(seconds(20));
  EXPECT_THAT(austin.diary, ElementsAre("ended 6"));
  EXPECT_EQ(Count(wire::CallMessage::kOffer), 0);
}

TEST_F(CallsTest, VoicemailComesLast) {
  TestUser& voicemail = JoinAsService("#voicemail");
  voicemail.answers = true;
  TestUser& bond = Join("james_bond");
  TestUser& evil = Join("dr_evil");
  TestUser& austin = Join("austin_powers");
  evil.refuses = EndReason::kBusy;
  Known("james_bond").add_forward_to("dr_evil");
  Known("james_bond").set_forward_after_seconds(5);
  Known("james_bond").set_voicemail("#voicemail");
  // Another one's voicemail takes no message for Bond.
  Known("dr_evil").set_voicemail("#other");
  austin.Call("james_bond");
  Run(seconds(4));
  EXPECT_THAT(voicemail.diary, IsEmpty());
  Run(seconds(4));
  EXPECT_THAT(evil.diary, ElementsAre("from austin_powers"));
  EXPECT_THAT(austin.diary, ElementsAre("ringing", "party #voicemail", "answered"));
  EXPECT_EQ(voicemail.call->properties().forwarded_by, "james_bond");
  EXPECT_EQ(bond.diary.back(), "ended 4");
}

TEST_F(CallsTest, ACancelledHuntEndsEverywhere) {
  TestUser& evil = Join("dr_evil");
  TestUser& austin = Join("austin_powers");
  Known("james_bond").add_forward_to("dr_evil");
  Known("james_bond").set_voicemail("#voicemail");
  austin.Call("james_bond");
  Run(seconds(1));
  austin.call->End(EndReason::kCancelled);
  Run(seconds(1));
  EXPECT_EQ(evil.diary.back(), "ended 11");
  austin.Call("james_bond");
  austin.call = nullptr;
  Run(seconds(100));
  EXPECT_EQ(Count(wire::CallMessage::kOffer), 1);
}

TEST_F(CallsTest, APeerMayGoInTheMiddleOfAHunt) {
  Join("dr_evil");
  TestUser& austin = Join("austin_powers");
  Known("james_bond").add_forward_to("dr_evil");
  austin.Call("james_bond");
  Run(milliseconds(25));
  austin.peer = nullptr;
  Run(seconds(100));
  SUCCEED();
}

// ---- Before the answer -----------------------------------------------------------------------

TEST_F(CallsTest, EarlyMediaIsHeardOneWay) {
  TestUser& gateway = JoinAsService("#telephones");
  TestUser& austin = Join("austin_powers");
  Connects(kOffice);
  austin.Call(kOffice);
  Run(seconds(1));
  gateway.call->Progress();
  gateway.Speak(7, 20, world_);
  austin.Speak(9, 20, world_);
  EXPECT_THAT(austin.diary, ElementsAre("ringing", "progress"));
  EXPECT_TRUE(austin.Heard(7));
  EXPECT_THAT(gateway.heard, IsEmpty());
  gateway.call->Answer();
  Run(seconds(1));
  austin.Speak(9, 20, world_);
  gateway.Speak(5, 20, world_);
  EXPECT_EQ(austin.diary.back(), "answered");
  EXPECT_TRUE(gateway.Heard(9));
  EXPECT_TRUE(austin.Heard(5));
  EXPECT_EQ(austin.call->statistics().packets_rejected, 0u) << "the same session";
}

TEST_F(CallsTest, ProgressBeforeThePathIsOpenWaitsForIt) {
  TestUser& gateway = JoinAsService("#telephones");
  TestUser& austin = Join("austin_powers");
  Connects(kOffice);
  world_.udp_works = false;
  austin.Call(kOffice);
  Run(milliseconds(100));
  ASSERT_TRUE(gateway.call);
  gateway.call->Progress();
  Run(milliseconds(100));
  EXPECT_THAT(austin.diary, Not(::testing::Contains("progress")));
  world_.udp_works = true;
  Run(seconds(10));
  EXPECT_THAT(austin.diary, ::testing::Contains("progress"));
  gateway.Speak(7, 20, world_);
  EXPECT_TRUE(austin.Heard(7));
}

// ---- In the call -----------------------------------------------------------------------------

TEST_F(CallsTest, HoldIsToldBothWays) {
  Talk();
  austin_->call->Hold(true);
  austin_->call->Hold(true);
  bond_->call->Hold(true);
  Run(milliseconds(100));
  EXPECT_THAT(bond_->diary, ElementsAre("held"));
  EXPECT_THAT(austin_->diary, ElementsAre("held"));
  austin_->call->Hold(false);
  Run(milliseconds(100));
  EXPECT_THAT(bond_->diary, ElementsAre("held", "unheld"));
}

TEST_F(CallsTest, ATransferIsAnswered) {
  Talk();
  bond_->call->Transfer("dr_evil");
  bond_->call->Transfer("somebody");
  Run(milliseconds(100));
  EXPECT_THAT(austin_->diary, ElementsAre("transfer dr_evil"));
  EXPECT_THAT(bond_->diary, ElementsAre("not transferred 3")) << "one at a time";
  austin_->call->AnswerTransfer(false, EndReason::kBusy);
  Run(milliseconds(100));
  EXPECT_EQ(bond_->diary.back(), "not transferred 2");
  bond_->call->Transfer("+442079460000");
  Run(milliseconds(100));
  EXPECT_EQ(austin_->diary.back(), "transfer +442079460000");
  austin_->call->AnswerTransfer(true, EndReason::kNormal);
  Run(milliseconds(100));
  EXPECT_EQ(bond_->diary.back(), "transferred");
}

TEST_F(CallsTest, ATransferAlwaysEnds) {
  Talk();
  bond_->call->Transfer("dr_evil");
  Run(milliseconds(29'900));
  EXPECT_THAT(bond_->diary, IsEmpty());
  Run(milliseconds(200));
  EXPECT_THAT(bond_->diary, ElementsAre("not transferred 4"));
  bond_->call->Transfer("somebody_else");
  Run(milliseconds(10));
  bond_->call->End(EndReason::kNormal);
  Run(milliseconds(10));
  EXPECT_THAT(bond_->diary, ElementsAre("not transferred 4", "not transferred 1", "ended 1"));
  bond_->call->Transfer("");
  Run(milliseconds(10));
  EXPECT_EQ(bond_->diary.back(), "not transferred 3");
}

// A home that would send callers to somebody of its own.
TEST_F(CallsTest, NobodyElseSendsACallElsewhere) {
  Talk();
  wire::Envelope forged = town_.passed.back();
  for (const wire::Envelope& each : town_.passed) {
    if (each.from() == "james_bond") forged = each;
  }
  const uint64_t dropped = austin_->peer->dropped();
  wire::Message message;
  *message.mutable_envelope() = forged;
  wire::CallMessage* call = message.mutable_envelope()->mutable_call();
  call->mutable_transfer()->set_to("dr_evil");
  town_.Tell("austin_powers", message);
  call->mutable_transfer()->set_signature(std::string(64, 'x'));
  town_.Tell("austin_powers", message);
  call->mutable_transfer()->set_to(std::string(10'000, 'x'));
  town_.Tell("austin_powers", message);
  // And results that nobody waits for, progress after the answer.
  call->mutable_transfer_result()->set_done(true);
  town_.Tell("austin_powers", message);
  call->mutable_progress();
  town_.Tell("austin_powers", message);
  Run(milliseconds(100));
  EXPECT_THAT(austin_->diary, IsEmpty());
  EXPECT_EQ(austin_->peer->dropped(), dropped + 5);
}

// The transfer of a call cannot be said in another one.
TEST(CallTransferTest, IsBoundToItsCallAndItsPath) {
  const stream::SigningKey key = stream::SigningKeyOf({1});
  const HalfOfPath half{"call", "james_bond", "ufrag"};
  const wire::CallTransfer transfer = SignTransfer("dr_evil", half, key);
  EXPECT_TRUE(IsSigned(transfer, half, key.public_key));
  EXPECT_FALSE(IsSigned(transfer, {"other", "james_bond", "ufrag"}, key.public_key));
  EXPECT_FALSE(IsSigned(transfer, {"call", "james_bond", "other"}, key.public_key));
  wire::CallTransfer other = transfer;
  other.set_to("dr_evil2");
  EXPECT_FALSE(IsSigned(other, half, key.public_key));
}

TEST_F(CallsTest, HoldAndTransferAreSaidAgainAfterAReturn) {
  Talk();
  town_.silent = true;
  bond_->call->Hold(true);
  bond_->call->Transfer("dr_evil");
  Run(milliseconds(100));
  EXPECT_THAT(austin_->diary, IsEmpty());
  town_.silent = false;
  town_.HangUp();
  Run(seconds(5));
  EXPECT_THAT(austin_->diary, ElementsAre("held", "transfer dr_evil"));
}

// ---- Codecs ----------------------------------------------------------------------------------

TEST_F(CallsTest, G729PassesAsItIs) {
  TestUser& bond = Join("james_bond");
  TestUser& austin = Join("austin_powers");
  bond.answers = true;
  austin.Call("james_bond", {}, {media::Codec::kG729});
  Run(seconds(2));
  EXPECT_THAT(austin.diary, ElementsAre("ringing", "answered"));
  for (int i = 0; i < 20; ++i) {
    austin.call->SendAudio(std::vector<uint8_t>(20, 7));
    austin.call->SendAudio(std::vector<uint8_t>(160, 9));  // of another codec
    Run(milliseconds(20));
  }
  EXPECT_TRUE(bond.Heard(7));
  EXPECT_FALSE(bond.Heard(9));
}

}  // namespace
}  // namespace sfa::peer
