// Chat between the community, the manager and the dialplan.
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
    "[general]\ndefault_user=bond\n[bond]\nsecret=x\nexten=007\nmessage_context=chat\n"
    "[m]\nsecret=y\n";

class MessagesTest : public testing::Test {
 protected:
  MessagesTest() { bench.LogIn(); }
  bool Send(const std::string& from, const std::string& to, const std::string& body) {
    const int result =
        bench.driver.send_message(bench.core, from.c_str(), to.c_str(), body.c_str());
    bench.runtime.RunPosted();
    return result == 0;
  }
  DriverBench bench{kBond};
};

TEST_F(MessagesTest, ReceivedChatIsAnEventAndEntersTheDialplan) {
  bench.engine.ChatNews("bond", "austin", "bond", "Hällo\r\nEvent: Forged");
  EXPECT_THAT(bench.TakeSeen(),
              ElementsAre("event SkypeChatMessage To=bond From=austin "
                          "Message=SMOkbGxvDQpFdmVudDogRm9yZ2Vk",
                          "message bond austin bond 007@chat Hällo Event: Forged"));
  bench.takes_messages = false;
  bench.engine.ChatNews("bond", "austin", "bond", "x");
  EXPECT_THAT(bench.log, Contains(HasSubstr("there is no extension 007 in context chat")));
}

TEST_F(MessagesTest, WithoutAContextThereIsTheEventOnly) {
  bench.engine.ChatNews("m", "austin", "m", "x");
  EXPECT_THAT(bench.TakeSeen(),
              ElementsAre("event SkypeChatMessage To=m From=austin Message=eA=="));
}

TEST_F(MessagesTest, SentChatIsAnEventToo) {
  EXPECT_TRUE(Send("", "austin", "Shaken, not stirred\nJB\x07"));
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("ask bond chat austin Shaken, not stirred\nJB"));
  bench.engine.ChatNews("bond", "bond", "austin", "yo");
  EXPECT_THAT(bench.TakeSeen(),
              ElementsAre("event SkypeChatMessage To=austin From=bond Message=eW8="));
  bench.engine.Reply(bench.engine.LastQuestion(), wire::SERVICE_UNKNOWN_USER);
  EXPECT_THAT(bench.log, Contains("message of bond to austin not sent: there is no such Skype "
                                  "user"));
}

TEST_F(MessagesTest, WhatCannotBeSent) {
  EXPECT_FALSE(Send("nobody", "austin", "x"));
  EXPECT_FALSE(Send("bond", "", "x"));
  EXPECT_FALSE(Send("bond", "two words", "x"));
  EXPECT_FALSE(Send("bond", "austin", ""));
  EXPECT_FALSE(Send("bond", "austin", "\xFF"));
  EXPECT_FALSE(Send("bond", "austin", std::string(8001, 'x')));
  bench.engine.Account("m", control::ACCOUNT_LOGGED_OUT);
  EXPECT_FALSE(Send("m", "austin", "x"));
  EXPECT_THAT(bench.log, Contains("message not sent: user m is not logged in"));
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
}

TEST_F(MessagesTest, TextInACallGoesToAndComesFromItsOtherEnd) {
  bench.engine.Incoming(2, "bond");
  const skype_call_id call = bench.channels.begin()->first;
  bench.Answer(call);
  bench.TakeSeen();
  bench.engine.TakeCommands();
  bench.driver.send_text(bench.core, call, "hello");
  bench.runtime.RunPosted();
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("ask bond chat austin_powers hello"));
  bench.engine.ChatNews("bond", "Austin_Powers", "bond", "hi");
  EXPECT_THAT(bench.TakeSeen(), Contains("text hi"));
  bench.HangUp(call);
  bench.driver.send_text(bench.core, call, "late");
  bench.engine.ChatNews("bond", "austin_powers", "bond", "hi");
  EXPECT_THAT(bench.TakeSeen(), Contains("message bond austin_powers bond 007@chat hi"));
}

TEST_F(MessagesTest, NamesThatAreNoneAreDropped) {
  bench.engine.ChatNews("bond", "evil\r\nEvent: x", "bond", "x");
  bench.engine.ChatNews("bond", "", "bond", "x");
  EXPECT_THAT(bench.TakeSeen(), IsEmpty());
}

}  // namespace
}  // namespace sfa::skype
