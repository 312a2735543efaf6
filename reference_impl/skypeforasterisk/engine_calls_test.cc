// Calls between the driver and the network, and their audio.
#include <set>

#include "protocol/media/g711.h"
#include "skypeforasterisk/engine_bench.h"

namespace sfa::engine {
namespace {

using media::Codec;
using peer::EndReason;
using peer::LoginState;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(EngineTest, PlacesACall) {
  LoggedIn();
  Place(1, {control::CODEC_ALAW, control::CODEC_ULAW});
  ASSERT_EQ(network_.calls.size(), 1u);
  FakeCall& call = *network_.calls[0];
  EXPECT_EQ(call.remote_user(), "austin_powers");
  EXPECT_THAT(call.offered_codecs(), ElementsAre(Codec::kPcma, Codec::kPcmu));
  call.observer->OnRinging();
  call.observer->OnAnswered(Codec::kPcmu);
  EXPECT_THAT(Said(), ElementsAre("ringing 1", "media 1 1", "answered 1"));
  EXPECT_EQ(seen_[1].call_media().engine_rtp().port() % 2, 0u);
  call.observer->OnEnded(EndReason::kNormal);
  EXPECT_THAT(Said(), ElementsAre("ended 1 1"));
  EXPECT_THAT(network_.calls, IsEmpty());
  EXPECT_EQ(runtime_.open_sockets(), 0u);
}

TEST_F(EngineTest, RefusesCallsOfAccountsThatAreNotLoggedIn) {
  Configure();
  Place(1);
  Login("james_bond");
  Place(3);
  EXPECT_THAT(Said(), ElementsAre("hello", "ended 1 14", "ended 3 14"));
  EXPECT_THAT(network_.calls, IsEmpty());
}

TEST_F(EngineTest, TakesACallWithAudioAndDigitsBothWays) {
  LoggedIn();
  FakeCall& call = Incoming();
  EXPECT_THAT(Said(), ElementsAre("incoming 2"));
  const control::IncomingCall& incoming = seen_[0].incoming_call();
  EXPECT_EQ(incoming.account(), "james_bond");
  EXPECT_EQ(incoming.caller(), "austin_powers");
  EXPECT_EQ(incoming.caller_fullname(), "Austin Powers");
  PbxRtp pbx(runtime_, Codec::kPcmu);
  pbx.engine = EngineRtp(incoming.engine_rtp());
  Ring(2, control::CODEC_ULAW);
  Answer(2);
  EXPECT_EQ(call.log, "ring-u answer ");
  call.observer->OnAnswered(Codec::kPcmu);
  EXPECT_THAT(Said(), ElementsAre("media 2 1", "answered 2"));
  call.log.clear();

  for (uint8_t i = 1; i <= 10; ++i) {
    call.observer->OnAudio(Bytes(160, i));
    pbx.session->SendAudio(Bytes(160, static_cast<uint8_t>(100 + i)));
    runtime_.RunFor(milliseconds(20));
  }
  ASSERT_EQ(pbx.heard.size(), 10u);
  EXPECT_EQ(pbx.heard[4], Bytes(160, 5));
  ASSERT_EQ(call.sent.size(), 10u);
  EXPECT_EQ(call.sent[4], Bytes(160, 105));

  pbx.session->BeginDigit('4');
  runtime_.RunFor(milliseconds(100));
  pbx.session->EndDigit(milliseconds(100));
  runtime_.RunFor(milliseconds(100));
  EXPECT_EQ(call.log, "digit-4 up-100 ");
  call.observer->OnDigit('#', false, Duration());
  runtime_.RunFor(milliseconds(100));
  call.observer->OnDigit('#', true, milliseconds(100));
  runtime_.RunFor(milliseconds(100));
  EXPECT_EQ(pbx.digits, "#(#)");
}

TEST_F(EngineTest, TranslatesWhenTheCallerOffersAnotherCodec) {
  LoggedIn();
  FakeCall& call = Incoming({Codec::kPcma});
  Said();
  PbxRtp pbx(runtime_, Codec::kPcmu);
  pbx.engine = EngineRtp(seen_[0].incoming_call().engine_rtp());
  Ring(2, control::CODEC_ULAW);
  EXPECT_EQ(call.log, "ring-a ");
  Answer(2);
  call.observer->OnAnswered(Codec::kPcma);
  Bytes alaw(160), ulaw(160);
  for (size_t i = 0; i < alaw.size(); ++i) alaw[i] = static_cast<uint8_t>(i);
  media::Transcode(Codec::kPcma, Codec::kPcmu, alaw, ulaw);
  call.observer->OnAudio(alaw);
  runtime_.RunFor(milliseconds(1));
  ASSERT_EQ(pbx.heard.size(), 1u);
  EXPECT_EQ(pbx.heard[0], ulaw);
  pbx.session->SendAudio(ulaw);
  runtime_.RunFor(milliseconds(1));
  media::Transcode(Codec::kPcmu, Codec::kPcma, ulaw, alaw);
  ASSERT_EQ(call.sent.size(), 1u);
  EXPECT_EQ(call.sent[0], alaw);
}

TEST_F(EngineTest, TakesAudioFromNobodyButThePbx) {
  LoggedIn();
  FakeCall& call = Incoming();
  Said();
  PbxRtp pbx(runtime_, Codec::kPcmu);
  pbx.engine = EngineRtp(seen_[0].incoming_call().engine_rtp());
  Ring(2, control::CODEC_ULAW);
  Answer(2);
  call.observer->OnAnswered(Codec::kPcmu);
  auto stranger = std::move(*runtime_.OpenUdp({Ipv4Address::Loopback(), 0}, pbx));
  Bytes packet(172, 0);
  packet[0] = 0x80;
  EXPECT_TRUE(stranger->Send(pbx.engine, packet).ok());
  runtime_.RunFor(milliseconds(1));
  EXPECT_THAT(call.sent, IsEmpty());
}

TEST_F(EngineTest, PassesTheDriversReasonOn) {
  LoggedIn();
  FakeCall& call = Incoming();
  End(2, control::END_NO_LICENSE);
  EXPECT_EQ(call.log, "end-7 ");
  Said();
  // What crosses on the way is no error.
  Answer(2);
  End(2, control::END_NORMAL);
  call.observer->OnEnded(EndReason::kNormal);
  End(2, control::END_NORMAL);
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_THAT(network_.calls, IsEmpty());
  EXPECT_THAT(exits_, IsEmpty());
}

TEST_F(EngineTest, SaysNothingMoreOfACallThatTheDriverHasEnded) {
  LoggedIn();
  Place(1);
  End(1, control::END_CANCELLED);
  network_.calls[0]->observer->OnRinging();
  network_.calls[0]->observer->OnAnswered(Codec::kPcmu);
  network_.calls[0]->observer->OnEnded(EndReason::kCancelled);
  EXPECT_THAT(Said(), IsEmpty());
}

TEST_F(EngineTest, EveryCallHasAnEvenPortOfItsOwn) {
  LoggedIn();
  std::set<uint32_t> ports;
  for (int i = 0; i < 20; ++i) {
    Incoming();
    Said();
    const uint32_t port = seen_[0].incoming_call().engine_rtp().port();
    EXPECT_EQ(port % 2, 0u);
    EXPECT_GT(port, 20000u);
    EXPECT_TRUE(ports.insert(port).second);
  }
}

TEST_F(EngineTest, ACallerWhoGivesUpEndsTheCall) {
  LoggedIn();
  FakeCall& call = Incoming();
  Ring(2, control::CODEC_ULAW);
  Said();
  call.observer->OnEnded(EndReason::kCancelled);
  EXPECT_THAT(Said(), ElementsAre("ended 2 11"));
  Answer(2);
  EXPECT_THAT(exits_, IsEmpty());
}

void Hold(Driver& driver, uint64_t call, bool held) {
  control::Command command;
  command.mutable_hold_call()->set_call(call);
  command.mutable_hold_call()->set_held(held);
  driver.Say(command);
}

void Transfer(Driver& driver, uint64_t call, const std::string& to) {
  control::Command command;
  command.mutable_transfer_call()->set_call(call);
  command.mutable_transfer_call()->set_to(to);
  driver.Say(command);
}

TEST_F(EngineTest, HoldsBothWays) {
  LoggedIn();
  Place(1);
  FakeCall& call = *network_.calls[0];
  call.observer->OnAnswered(Codec::kPcmu);
  Said();
  Hold(driver_, 1, true);
  Hold(driver_, 1, false);
  Hold(driver_, 99, true);
  EXPECT_EQ(call.log, "hold unhold ");
  call.observer->OnHold(true);
  call.observer->OnHold(false);
  EXPECT_THAT(Said(), ElementsAre("held 1", "unheld 1"));
}

TEST_F(EngineTest, ATransferIsAlwaysAnswered) {
  LoggedIn();
  Place(1);
  FakeCall& call = *network_.calls[0];
  call.observer->OnAnswered(Codec::kPcmu);
  Said();
  Transfer(driver_, 99, "dr_evil");
  Transfer(driver_, 1, "");
  Transfer(driver_, 1, std::string(10'000, 'x'));
  EXPECT_THAT(Said(),
              ElementsAre("not transferred 99 3", "not transferred 1 3", "not transferred 1 3"));
  Transfer(driver_, 1, "dr_evil");
  Transfer(driver_, 1, "somebody");
  EXPECT_EQ(call.log, "transfer-dr_evil ");
  EXPECT_THAT(Said(), ElementsAre("not transferred 1 3"));
  call.observer->OnTransferred(false, EndReason::kBusy);
  EXPECT_THAT(Said(), ElementsAre("not transferred 1 2"));
  call.log.clear();
  Transfer(driver_, 1, "dr_evil");
  call.observer->OnTransferred(true, EndReason::kNormal);
  EXPECT_EQ(call.log, "transfer-dr_evil end-1 ");
  call.observer->OnEnded(EndReason::kNormal);
  EXPECT_THAT(Said(), ElementsAre("transferred 1 0", "ended 1 1"));
}

TEST_F(EngineTest, ATransferEndsWithItsAccount) {
  LoggedIn();
  Place(1);
  network_.calls[0]->observer->OnAnswered(Codec::kPcmu);
  Said();
  Transfer(driver_, 1, "dr_evil");
  Logout("james_bond");
  network_.calls[0]->observer->OnTransferred(true, EndReason::kNormal);
  EXPECT_THAT(Said(), ElementsAre("not transferred 1 13", "ended 1 13"));
}

TEST_F(EngineTest, APbxIsSentNowhereByTheFarEnd) {
  LoggedIn();
  FakeCall& call = Incoming();
  Ring(2, control::CODEC_ULAW);
  Answer(2);
  call.observer->OnAnswered(Codec::kPcmu);
  Said();
  call.log.clear();
  call.observer->OnTransfer("dr_evil");
  EXPECT_EQ(call.log, "not-transferred-3 ");
  EXPECT_THAT(Said(), IsEmpty());
}

TEST_F(EngineTest, EarlyMediaGoesOnAsTheCalls) {
  LoggedIn();
  Place(1, {control::CODEC_ULAW, control::CODEC_ALAW});
  FakeCall& call = *network_.calls[0];
  PbxRtp pbx(runtime_, Codec::kPcmu);
  call.observer->OnRinging();
  call.observer->OnProgress(Codec::kPcmu);
  EXPECT_THAT(Said(), ElementsAre("ringing 1", "media 1 1", "progress 1"));
  pbx.engine = EngineRtp(seen_[1].call_media().engine_rtp());
  call.observer->OnAudio(Bytes(160, 1));
  runtime_.RunFor(milliseconds(20));
  call.observer->OnAnswered(Codec::kPcmu);
  EXPECT_THAT(Said(), ElementsAre("answered 1"));
  call.observer->OnAudio(Bytes(160, 2));
  runtime_.RunFor(milliseconds(20));
  EXPECT_THAT(pbx.heard, ElementsAre(Bytes(160, 1), Bytes(160, 2)));
}

TEST_F(EngineTest, ThePbxIsHeardEarlyInItsOwnCodec) {
  LoggedIn();
  FakeCall& call = Incoming({Codec::kPcma});
  Progress(2);
  EXPECT_EQ(call.log, "");
  Ring(2, control::CODEC_ULAW);
  PbxRtp pbx(runtime_, Codec::kPcmu);
  Said();
  pbx.engine = EngineRtp(seen_[0].incoming_call().engine_rtp());
  pbx.session->SendAudio(Bytes(160, 0xff));
  runtime_.RunFor(milliseconds(40));
  EXPECT_THAT(call.sent, IsEmpty());
  Progress(2);
  Progress(2);
  EXPECT_EQ(call.log, "ring-a progress progress ");
  pbx.session->SendAudio(Bytes(160, 0xff));
  runtime_.RunFor(milliseconds(100));
  EXPECT_FALSE(call.sent.empty());
  Answer(2);
  call.observer->OnAnswered(Codec::kPcma);
  Progress(2);
  EXPECT_EQ(call.log, "ring-a progress progress answer ");
}

TEST_F(EngineTest, AnotherOneMayAnswerThanWasHeardEarly) {
  LoggedIn();
  Place(1, {control::CODEC_ULAW, control::CODEC_ALAW});
  FakeCall& call = *network_.calls[0];
  call.observer->OnProgress(Codec::kPcmu);
  call.observer->OnParty("+442079460000", "");
  call.observer->OnAnswered(Codec::kPcma);
  EXPECT_THAT(Said(), ElementsAre("media 1 1", "progress 1", "party 1 +442079460000", "media 1 2",
                                  "answered 1"));
}

TEST_F(EngineTest, TheOtherPartysNameFollows) {
  LoggedIn();
  Place(1);
  network_.calls[0]->observer->OnParty("dr_evil", "");
  network_.calls[0]->observer->OnAnswered(Codec::kPcmu);
  EXPECT_THAT(Said(), ElementsAre("party 1 dr_evil", "media 1 1", "answered 1"));
  wire::ServiceReply reply;
  reply.mutable_profile()->set_fullname("Dr. Evil");
  network_.peers.at("james_bond")->Reply(reply);
  EXPECT_THAT(Said(), ElementsAre("party 1 dr_evil Dr. Evil"));
}

TEST_F(EngineTest, TheNetworksNewReasonsReachTheDriver) {
  LoggedIn();
  uint64_t id = 1;
  for (const EndReason reason : {EndReason::kNoCredit, EndReason::kEmergency,
                                 EndReason::kInvalidNumber, EndReason::kBlocked}) {
    Place(id);
    network_.calls[0]->observer->OnEnded(reason);
    id += 2;
  }
  EXPECT_THAT(Said(), ElementsAre("ended 1 15", "ended 3 16", "ended 5 17", "ended 7 18"));
}

TEST_F(EngineTest, G729IsPassedOnAndNeverTranslated) {
  LoggedIn();
  FakeCall& call = Incoming({Codec::kG729, Codec::kPcma});
  Said();
  PbxRtp pbx(runtime_, Codec::kG729);
  pbx.engine = EngineRtp(seen_[0].incoming_call().engine_rtp());
  EXPECT_EQ(seen_[0].incoming_call().codecs(0), control::CODEC_G729);
  Ring(2, control::CODEC_G729);
  EXPECT_EQ(call.log, "ring-9 ");
  Answer(2);
  call.observer->OnAnswered(Codec::kG729);
  call.observer->OnAudio(Bytes(20, 7));
  pbx.session->SendAudio(Bytes(20, 9));
  runtime_.RunFor(milliseconds(20));
  EXPECT_THAT(pbx.heard, ElementsAre(Bytes(20, 7)));
  EXPECT_THAT(call.sent, ElementsAre(Bytes(20, 9)));
}

TEST_F(EngineTest, WithoutACommonCodecTheCallIsRefused) {
  LoggedIn();
  FakeCall& only_g729 = Incoming({Codec::kG729});
  Ring(2, control::CODEC_ULAW);
  EXPECT_EQ(only_g729.log, "end-8 ");
  FakeCall& only_g711 = Incoming({Codec::kPcma});
  Ring(4, control::CODEC_G729);
  EXPECT_EQ(only_g711.log, "end-8 ");
  FakeCall& both = Incoming({Codec::kG729, Codec::kPcma});
  Ring(6, control::CODEC_ULAW);
  EXPECT_EQ(both.log, "ring-a ");
}

TEST_F(EngineTest, LoggingOutEndsTheAccountsCalls) {
  LoggedIn();
  Place(1);
  Logout("james_bond");
  network_.peers.at("james_bond")->Become(LoginState::kLoggedOut);
  runtime_.RunFor(milliseconds(1));
  EXPECT_THAT(Said(), ElementsAre("ended 1 13", "james_bond is 1"));
  EXPECT_THAT(network_.calls, IsEmpty());
}

}  // namespace
}  // namespace sfa::engine
