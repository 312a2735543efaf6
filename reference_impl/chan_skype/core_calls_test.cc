#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chan_skype/driver_bench.h"

namespace sfa::skype {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kBond =
    "[general]\ndefault_user=james_bond\n"
    "[james_bond]\nsecret=shaken\ncontext=demo\nexten=007\naccountcode=mi6\n"
    "disallow=all\nallow=alaw,ulaw\n"
    "[inbox]\nsecret=x\ndirection=incoming\n[outbox]\nsecret=x\ndirection=outgoing\n"
    "[mute]\nsecret=x\ndisallow=all\nallow=g729\n";

class CallsTest : public testing::Test {
 protected:
  CallsTest() { bench.LogIn(); }
  // Nothing that a call had taken is still held.
  void ExpectEverythingReturned() {
    EXPECT_EQ(bench.engine.licenses().in_use(), 0);
    EXPECT_EQ(bench.driver.call_count(bench.core), 0);
    EXPECT_EQ(bench.module_references, 0);
    EXPECT_EQ(bench.channel_references(), 0);
  }
  DriverBench bench{kBond, 2};
};

TEST_F(CallsTest, OutgoingCallFromDialToHangup) {
  const skype_call_id call = bench.Dial("austin_powers");
  ASSERT_NE(call, 0u);
  EXPECT_STREQ(bench.admitted.account, "james_bond");
  EXPECT_STREQ(bench.admitted.accountcode, "mi6");
  EXPECT_EQ(bench.admitted.codecs[0], PBX_CODEC_ALAW);
  EXPECT_EQ(bench.admitted.codecs[1], PBX_CODEC_ULAW);
  EXPECT_EQ(bench.admitted.codecs[2], PBX_CODEC_NONE);
  EXPECT_EQ(bench.admitted.rtp_address, 0x7F000001u);
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
  bench.Place(call);
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("place 1 james_bond austin_powers alaw ulaw 10002"));
  bench.engine.Ringing(1);
  bench.engine.Media(1, control::CODEC_ALAW);
  bench.engine.Answered(1);
  EXPECT_THAT(bench.TakeSeen(),
              ElementsAre("control ringing", "media alaw 4002", "control answered"));
  EXPECT_EQ(bench.engine.licenses().in_use(), 1);
  bench.HangUp(call);
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("end 1 1"));
  bench.engine.Ended(1, control::END_NORMAL);
  EXPECT_THAT(bench.TakeSeen(), IsEmpty());
  ExpectEverythingReturned();
}

TEST_F(CallsTest, FarEndHangsUpFirst) {
  const skype_call_id call = bench.Dial("outbox@austin_powers");
  bench.Place(call);
  bench.engine.Media(1);
  bench.engine.Answered(1);
  bench.TakeSeen();
  bench.engine.TakeCommands();
  bench.engine.Ended(1, control::END_NORMAL);
  bench.engine.Ended(1, control::END_NORMAL);
  EXPECT_THAT(bench.TakeSeen(), ElementsAre("hangup 16 Hung up"));
  EXPECT_EQ(bench.driver.call_count(bench.core), 1);
  bench.HangUp(call);
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
  ExpectEverythingReturned();
}

TEST_F(CallsTest, ReasonsBecomeCauses) {
  const std::pair<control::EndReason, const char*> cases[] = {
      {control::END_BUSY, "hangup 17 Busy"},
      {control::END_REJECTED, "hangup 21 Rejected"},
      {control::END_NO_ANSWER, "hangup 19 No answer"},
      {control::END_UNKNOWN_USER, "hangup 1 Unknown user"},
      {control::END_OFFLINE, "hangup 20 Offline"},
      {control::END_NO_LICENSE, "hangup 34 No licensed channel"},
      {control::END_NO_COMMON_CODEC, "hangup 58 No common codec"},
      {control::END_NO_PATH, "hangup 27 No media path"},
      {control::END_NETWORK, "hangup 38 Network failure"},
      {control::END_ANSWERED_ELSEWHERE, "hangup 26 Answered elsewhere"}};
  for (const auto& [reason, seen] : cases) {
    const skype_call_id call = bench.Dial("austin_powers");
    bench.Place(call);
    bench.engine.Ended(call, reason);
    EXPECT_THAT(bench.TakeSeen(), ElementsAre(seen));
    bench.HangUp(call);
  }
  ExpectEverythingReturned();
}

TEST_F(CallsTest, RefusalsOfTheRequest) {
  bench.engine.Account("outbox", control::ACCOUNT_CONNECTING_TO_SERVER);
  const std::pair<const char*, pbx_cause> cases[] = {
      {"", PBX_CAUSE_NO_ROUTE_DESTINATION},
      {"james_bond@", PBX_CAUSE_NO_ROUTE_DESTINATION},
      {"james_bond@two words", PBX_CAUSE_NO_ROUTE_DESTINATION},
      {"james_bond/au/stin", PBX_CAUSE_NO_ROUTE_DESTINATION},
      {"nobody@austin", PBX_CAUSE_NO_ROUTE_DESTINATION},
      {"inbox@austin", PBX_CAUSE_NO_ROUTE_DESTINATION},
      {"outbox@austin", PBX_CAUSE_SUBSCRIBER_ABSENT},
      {"mute@austin", PBX_CAUSE_BEARER_NOT_AVAILABLE}};
  for (const auto& [address, cause] : cases) {
    EXPECT_EQ(bench.Dial(address), 0u) << address;
    EXPECT_EQ(bench.cause, cause) << address;
  }
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
  ExpectEverythingReturned();
}

TEST_F(CallsTest, ASlashSeparatesTheOriginatorToo) {
  bench.Place(bench.Dial("outbox/austin"));
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("place 1 outbox austin ulaw alaw 10002"));
}

TEST_F(CallsTest, WithoutDefaultUserABareDestinationFails) {
  DriverBench other("[james_bond]\nsecret=x\n");
  other.LogIn();
  EXPECT_EQ(other.Dial("austin"), 0u);
  EXPECT_EQ(other.cause, PBX_CAUSE_NO_ROUTE_DESTINATION);
  EXPECT_THAT(other.log, Contains(HasSubstr("default_user")));
}

TEST_F(CallsTest, NoLicenceLeft) {
  const skype_call_id first = bench.Dial("a");
  bench.engine.Incoming(2, "inbox");
  EXPECT_EQ(bench.Dial("b"), 0u);
  EXPECT_EQ(bench.cause, 34) << "the only cause that Dial counts as congestion";
  bench.engine.TakeCommands();
  bench.engine.Incoming(4, "inbox");
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("end 4 " + std::to_string(control::END_NO_LICENSE)));
  bench.HangUp(first);
  EXPECT_NE(bench.Dial("b"), 0u);
}

TEST_F(CallsTest, IncomingCallAnsweredAndHungUpByTheDialplan) {
  bench.engine.Incoming(2, "james_bond", {control::CODEC_ULAW, control::CODEC_ALAW});
  EXPECT_THAT(bench.TakeSeen(),
              ElementsAre("start james_bond 007@demo from austin_powers (AustinPowers) alaw"));
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("ring 2 alaw 10000"));
  const skype_call_id call = bench.channels.begin()->first;
  bench.Answer(call);
  bench.Answer(call);
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("answer 2"));
  bench.HangUp(call);
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("end 2 " + std::to_string(control::END_NORMAL)));
  ExpectEverythingReturned();
}

TEST_F(CallsTest, CausesBecomeReasons) {
  const std::pair<pbx_cause, control::EndReason> cases[] = {
      {PBX_CAUSE_USER_BUSY, control::END_BUSY},
      {PBX_CAUSE_CALL_REJECTED, control::END_REJECTED},
      {PBX_CAUSE_NORMAL_CLEARING, control::END_REJECTED},
      {PBX_CAUSE_NONE, control::END_REJECTED},
      {PBX_CAUSE_SWITCH_CONGESTION, control::END_BUSY},
      {PBX_CAUSE_CONGESTION, control::END_BUSY},
      {PBX_CAUSE_NO_ANSWER, control::END_NO_ANSWER},
      {PBX_CAUSE_UNALLOCATED, control::END_UNKNOWN_USER}};
  uint64_t engine_call = 2;
  for (const auto& [cause, reason] : cases) {
    bench.engine.Incoming(engine_call, "james_bond");
    bench.engine.TakeCommands();
    bench.HangUp(bench.channels.rbegin()->first, cause);
    EXPECT_THAT(bench.engine.TakeCommands(),
                ElementsAre("end " + std::to_string(engine_call) + " " + std::to_string(reason)));
    engine_call += 2;
  }
  const skype_call_id call = bench.Dial("austin");
  bench.Place(call);
  bench.engine.TakeCommands();
  bench.HangUp(call);
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("end " + std::to_string(call) + " " +
                                                       std::to_string(control::END_CANCELLED)));
}

TEST_F(CallsTest, IncomingCallsThatAreRefused) {
  bench.engine.Incoming(2, "outbox");
  bench.engine.Incoming(4, "nobody");
  bench.engine.Incoming(6, "mute");
  bench.refuse_incoming = PBX_CAUSE_UNALLOCATED;
  bench.engine.Incoming(8, "inbox");
  bench.refuse_incoming = PBX_CAUSE_CONGESTION;
  bench.engine.Incoming(10, "inbox");
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("end 2 " + std::to_string(control::END_REJECTED),
                          "end 4 " + std::to_string(control::END_REJECTED),
                          "end 6 " + std::to_string(control::END_NO_COMMON_CODEC),
                          "end 8 " + std::to_string(control::END_REJECTED),
                          "end 10 " + std::to_string(control::END_BUSY)));
  ExpectEverythingReturned();
}

TEST_F(CallsTest, DefaultExtensionIsTheUsersName) {
  bench.engine.Incoming(2, "inbox");
  EXPECT_THAT(bench.TakeSeen(), ElementsAre(HasSubstr("start inbox inbox@default")));
}

TEST_F(CallsTest, ADeadEngineEndsCallsAndItsNumbersMayComeAgain) {
  bench.engine.Incoming(2, "james_bond");
  const skype_call_id first = bench.channels.begin()->first;
  bench.TakeSeen();
  bench.engine.Die("gone");
  EXPECT_THAT(bench.TakeSeen(), Contains("hangup 38 Network failure"));
  bench.runtime.Advance(std::chrono::seconds(2));
  bench.LogIn();
  bench.engine.Incoming(2, "james_bond");
  EXPECT_EQ(bench.channels.size(), 2u);
  bench.engine.TakeCommands();
  bench.HangUp(first);
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
  bench.engine.Ended(2, control::END_NORMAL);
  EXPECT_THAT(bench.TakeSeen(), Contains("hangup 16 Hung up"));
}

TEST_F(CallsTest, ACallThatIsPlacedWithoutAnEngineEnds) {
  const skype_call_id call = bench.Dial("austin");
  bench.engine.Die("gone");
  bench.TakeSeen();
  bench.Place(call);
  EXPECT_THAT(bench.TakeSeen(), ElementsAre("hangup 38 Network failure"));
  bench.HangUp(call);
  ExpectEverythingReturned();
}

TEST_F(CallsTest, AnswerWithoutMediaOrWithAnotherCodecEndsTheCall) {
  const skype_call_id first = bench.Dial("austin");
  bench.Place(first);
  bench.engine.Answered(first);
  EXPECT_THAT(bench.TakeSeen(), ElementsAre(HasSubstr("hangup 27")));
  bench.HangUp(first);
  const skype_call_id second = bench.Dial("austin");
  bench.Place(second);
  bench.engine.Media(second, control::CODEC_UNSPECIFIED);
  EXPECT_THAT(bench.TakeSeen(), ElementsAre(HasSubstr("hangup 58")));
  bench.HangUp(second);
  ExpectEverythingReturned();
}

TEST_F(CallsTest, DigitsGoThroughTheDriver) {
  bench.engine.Incoming(2, "james_bond");
  const skype_call_id call = bench.channels.begin()->first;
  bench.TakeSeen();
  bench.driver.digit_begin(bench.core, call, '5');
  bench.driver.digit_end(bench.core, call, '5', 120);
  bench.driver.digit_begin(bench.core, 999, '6');
  EXPECT_THAT(bench.TakeSeen(), ElementsAre("digit 5", "digit 5 120"));
}

TEST_F(CallsTest, LateWordsFindNothing) {
  bench.engine.Ringing(7);
  bench.engine.Media(7);
  bench.engine.Answered(7);
  bench.engine.Ended(7, control::END_NORMAL);
  bench.HangUp(7);
  bench.Answer(7);
  bench.Place(7);
  EXPECT_THAT(bench.TakeSeen(), IsEmpty());
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
}

TEST(G729Left, FallsBackToG711OrRefusesBeforeTheAnswer) {
  DriverBench bench("[bond]\nsecret=x\nallow=g729,alaw\n");
  bench.LogIn();
  bench.can_use_g729 = true;
  bench.g729_in_use = true;
  bench.engine.Incoming(2, "bond", {control::CODEC_ALAW, control::CODEC_G729});
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre(HasSubstr("ring 2 alaw")));
  bench.engine.Incoming(4, "bond", {control::CODEC_G729});
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("end 4 " + std::to_string(control::END_NO_COMMON_CODEC)));
  EXPECT_THAT(bench.log, Contains(HasSubstr("codec_g729a has no licensed channel left")));
  bench.g729_in_use = false;
  bench.engine.Incoming(6, "bond", {control::CODEC_G729});
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre(HasSubstr("ring 6 g729")));
  EXPECT_EQ(bench.engine.licenses().in_use(), 2);
}

}  // namespace
}  // namespace sfa::skype
