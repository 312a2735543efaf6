// What happens in a call besides its beginning and its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chan_skype/driver_bench.h"

namespace sfa::skype {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class InCallTest : public testing::Test {
 protected:
  InCallTest() { bench.LogIn(); }

  skype_call_id Answered() {
    const skype_call_id call = bench.Dial("austin");
    bench.Place(call);
    bench.engine.Media(call);
    bench.engine.Answered(call);
    bench.TakeSeen();
    bench.engine.TakeCommands();
    return call;
  }
  void Held(uint64_t call, bool held) {
    control::Event event;
    event.mutable_call_held()->set_call(call);
    event.mutable_call_held()->set_held(held);
    bench.engine.Say(event);
  }
  void Progress(uint64_t call) {
    control::Event event;
    event.mutable_call_progress()->set_call(call);
    bench.engine.Say(event);
  }
  void Party(uint64_t call, const std::string& name, const std::string& fullname) {
    control::Event event;
    event.mutable_call_party()->set_call(call);
    event.mutable_call_party()->set_name(name);
    event.mutable_call_party()->set_fullname(fullname);
    bench.engine.Say(event);
  }
  void Transferred(uint64_t call, bool done) {
    control::Event event;
    event.mutable_call_transferred()->set_call(call);
    event.mutable_call_transferred()->set_done(done);
    bench.engine.Say(event);
  }
  void Transfer(skype_call_id call, const char* to) {
    bench.driver.transfer(bench.core, call, to);
    bench.runtime.RunPosted();
  }
  void Hold(skype_call_id call, int held) {
    bench.driver.hold(bench.core, call, held);
    bench.runtime.RunPosted();
  }

  DriverBench bench{
      "[general]\ndefault_user=bond\n[bond]\nsecret=x\nmohinterpret=jazz\nmohsuggest=rock\n"};
};

TEST_F(InCallTest, EarlyMediaNeedsMedia) {
  const skype_call_id call = bench.Dial("+12564286000");
  EXPECT_STREQ(bench.admitted.callee, "+12564286000");
  EXPECT_STREQ(bench.admitted.mohinterpret, "jazz");
  EXPECT_STREQ(bench.admitted.mohsuggest, "rock");
  bench.Place(call);
  Progress(call);
  EXPECT_THAT(bench.TakeSeen(), IsEmpty());
  bench.engine.Media(call);
  Progress(call);
  EXPECT_THAT(bench.TakeSeen(), ElementsAre("media ulaw 4002", "control progress"));
  bench.engine.Answered(call);
  Progress(call);
  EXPECT_THAT(bench.TakeSeen(), ElementsAre("control answered"));
}

TEST_F(InCallTest, TheDialplanIsHeardBeforeItAnswers) {
  bench.engine.Incoming(2, "bond");
  const skype_call_id call = bench.channels.begin()->first;
  bench.engine.TakeCommands();
  const auto progress = [&](skype_call_id id) {
    bench.driver.progress(bench.core, id);
    bench.runtime.RunPosted();
  };
  progress(call);
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("progress 2"));
  bench.Answer(call);
  progress(call);
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("answer 2"));
  progress(999);
  const skype_call_id placed = bench.Dial("austin");
  bench.Place(placed);
  bench.engine.TakeCommands();
  progress(placed);
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
}

TEST_F(InCallTest, HoldBothWays) {
  const skype_call_id call = Answered();
  Held(call, true);
  Held(call, true);
  Held(call, false);
  EXPECT_THAT(bench.TakeSeen(), ElementsAre("control hold", "control unhold"));
  Hold(call, 1);
  Hold(call, 1);
  Hold(call, 0);
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("hold 1", "unhold 1"));
  bench.engine.Ended(call, control::END_NORMAL);
  Hold(call, 1);
  Held(call, true);
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
  Hold(999, 1);
}

TEST_F(InCallTest, HoldBeforeTheAnswerIsNothing) {
  const skype_call_id call = bench.Dial("austin");
  bench.Place(call);
  bench.engine.TakeCommands();
  Hold(call, 1);
  Held(call, true);
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
  EXPECT_THAT(bench.TakeSeen(), IsEmpty());
}

TEST_F(InCallTest, ATransferIsAlwaysAnswered) {
  const skype_call_id call = Answered();
  Transfer(call, "basil");
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("transfer 1 basil"));
  EXPECT_THAT(bench.TakeSeen(), IsEmpty());
  Transfer(call, "felicity");
  EXPECT_THAT(bench.TakeSeen(), ElementsAre("transferred 0"));
  Transferred(call, false);
  Transferred(call, true);
  EXPECT_THAT(bench.TakeSeen(), ElementsAre("transferred 0"));
  Transfer(call, "Skype/bond@+4930123456");
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("transfer 1 +4930123456"));
  Transferred(call, true);
  bench.engine.Ended(call, control::END_NORMAL);
  EXPECT_THAT(bench.TakeSeen(), ElementsAre("transferred 1", "hangup 16 Hung up"));
  Transfer(call, "basil");
  EXPECT_THAT(bench.TakeSeen(), ElementsAre("transferred 0"));
}

TEST_F(InCallTest, ATransferThatTheEndOvertakesHasFailed) {
  skype_call_id call = Answered();
  Transfer(call, "basil");
  bench.engine.Die("killed");
  EXPECT_THAT(bench.TakeSeen(),
              ElementsAre("transferred 0", "hangup 38 Network failure", HasSubstr("Logged Out")));
  bench.HangUp(call);
  bench.runtime.Advance(std::chrono::seconds(2));
  bench.LogIn();
  call = Answered();
  Transfer(call, "basil");
  bench.HangUp(call);
  EXPECT_THAT(bench.TakeSeen(), ElementsAre("transferred 0"));
}

TEST_F(InCallTest, TransfersThatCannotBe) {
  const skype_call_id call = Answered();
  for (const char* to : {"", "two words", "Skype/", "a\nb"}) {
    Transfer(call, to);
    EXPECT_THAT(bench.TakeSeen(), ElementsAre("transferred 0")) << to;
  }
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
  Transfer(999, "basil");
  EXPECT_THAT(bench.TakeSeen(), IsEmpty());
}

TEST_F(InCallTest, SomebodyElseAnswers) {
  const skype_call_id call = Answered();
  Party(call, "m", "M\r\n, head of MI6");
  EXPECT_THAT(bench.TakeSeen(), ElementsAre("party m (M, head of MI6)"));
  Party(call, "bad name\r\n", "");
  EXPECT_THAT(bench.TakeSeen(), IsEmpty());
  bench.driver.send_text(bench.core, call, "hello");
  bench.runtime.RunPosted();
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("ask bond chat m hello"));
}

TEST_F(InCallTest, TheNewReasonsHaveCauses) {
  const std::pair<control::EndReason, const char*> cases[] = {
      {control::END_NO_CREDIT, "hangup 34 No Skype Credit"},
      {control::END_EMERGENCY, "hangup 52 Emergency numbers are not connected"},
      {control::END_INVALID_NUMBER, "hangup 28 Invalid number"},
      {control::END_BLOCKED, "hangup 21 Blocked"}};
  for (const auto& [reason, seen] : cases) {
    const skype_call_id call = bench.Dial("+1");
    bench.Place(call);
    bench.engine.Ended(call, reason);
    EXPECT_THAT(bench.TakeSeen(), ElementsAre(seen));
    bench.HangUp(call);
  }
  bench.engine.Incoming(2, "bond");
  bench.engine.TakeCommands();
  bench.HangUp(2, PBX_CAUSE_INVALID_NUMBER_FORMAT);
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("end 2 " + std::to_string(control::END_INVALID_NUMBER)));
}

TEST(G729, IsThereOnlyWhileThePbxCanTranslateIt) {
  DriverBench bench("[general]\ndefault_user=bond\n[bond]\nsecret=x\nallow=g729,ulaw\n");
  bench.LogIn();
  skype_call_id call = bench.Dial("austin");
  EXPECT_EQ(bench.admitted.codecs[0], PBX_CODEC_ULAW);
  EXPECT_EQ(bench.admitted.codecs[1], PBX_CODEC_NONE);
  bench.HangUp(call);
  bench.engine.Incoming(2, "bond", {control::CODEC_G729});
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("end 2 " + std::to_string(control::END_NO_COMMON_CODEC)));
  bench.can_use_g729 = true;
  call = bench.Dial("austin");
  EXPECT_EQ(bench.admitted.codecs[0], PBX_CODEC_G729);
  bench.Place(call);
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre(HasSubstr("austin g729 ulaw")));
  bench.TakeSeen();
  bench.engine.Media(call, control::CODEC_G729);
  EXPECT_THAT(bench.TakeSeen(), ElementsAre("media g729 4002"));
  bench.engine.Incoming(4, "bond", {control::CODEC_ULAW, control::CODEC_G729});
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre(HasSubstr("ring 4 g729")));
}

TEST_F(InCallTest, MalformedDialStringsSayWhatIsExpected) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "the destination is missing"},
      {"bond@", "the destination is missing"},
      {"bond@a@b", "more than one @"},
      {"bond/a/b", "a / in the destination"},
      {"bond@" + std::string(300, 'x'), "too long"},
      {std::string("bond@a\nb"), "one Skype name"},
      {std::string("bond@\xFF"), "one Skype name"},
      {"nobody@austin", "no usable user nobody"}};
  for (const auto& [address, why] : cases) {
    bench.log.clear();
    EXPECT_EQ(bench.Dial(address), 0u) << address;
    EXPECT_EQ(bench.cause, PBX_CAUSE_NO_ROUTE_DESTINATION);
    EXPECT_THAT(bench.log, ElementsAre(HasSubstr(why)));
  }
  EXPECT_EQ(bench.engine.licenses().in_use(), 0);
}

}  // namespace
}  // namespace sfa::skype
