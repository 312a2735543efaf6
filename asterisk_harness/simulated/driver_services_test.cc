// What the driver brings beside its channels: functions, manager actions, messages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asterisk_harness/simulated/pbx_bed.h"

namespace sfa::harness {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Numbered(skype_call_id call, const std::string& word) {
  return std::to_string(call) + " " + word;
}

constexpr char kDial[] = "exten => 007,1,Dial(Skype/austin_powers)\n";
constexpr char kPeer[] = "Skype/james_bond-00000001";

TEST(Functions, KeepTheirStateOnTheChannelAndKnowTheCall) {
  PbxBed bed(With(
      "exten => 007,1,NoOp(${SKYPE_TEST(a)})\nexten => 007,n,Set(SKYPE_TEST(b=c)=d)\n"
      "exten => 007,n,NoOp(${SKYPE_TEST(a)})\nexten => 007,n,NoOp(${CHANNEL(skype_topic)})\n"
      "exten => 007,n,Set(CHANNEL(skype_x)=y)\nexten => 007,n,NoOp(${CHANNEL(skype_refused)}!)\n"
      "exten => 007,n,Dial(Skype/austin_powers)\n"));
  bed.driver.setvar = {"SKYPE_TEST(topic)=Plans", "colour=blue"};
  EngineLeg engine(*bed.runtime);
  const skype_call_id call = bed.driver.Incoming(engine);
  bed.Run(milliseconds(10));
  EXPECT_THAT(bed.Told(), ElementsAre("SKYPE_TEST(a) of 1 1", "SKYPE_TEST(a) of 1 2",
                                      "CHANNEL(skype_topic) of 1 2", "!"));
  EXPECT_TRUE(bed.Logged("Unknown or unavailable item requested: 'skype_refused'"));
  EXPECT_TRUE(bed.driver.Saw(Numbered(call, "SKYPE_TEST(topic)=Plans")));
  EXPECT_TRUE(bed.driver.Saw(Numbered(call, "SKYPE_TEST(b=c)=d")));
  EXPECT_TRUE(bed.driver.Saw(Numbered(call, "CHANNEL(skype_x)=y")));
  EXPECT_EQ(bed.driver.requestors_writes, 3);
  // The called channel has its own lines.
  EXPECT_TRUE(bed.driver.Saw(Numbered(call + 1, "SKYPE_TEST(topic)=Plans")));
  EXPECT_EQ(
      bed.Act({{"Action", "Getvar"}, {"Channel", kPeer}, {"Variable", "colour"}})[0].Get("Value"),
      "blue");
}

TEST(Functions, WorkWithoutAChannelAndSayWhenTheyRefuse) {
  PbxBed bed(With(kDial));
  EXPECT_EQ(bed.Act({{"Action", "Getvar"}, {"Variable", "SKYPE_TEST(a)"}})[0].Get("Value"),
            "SKYPE_TEST(a) of 0 -1");
  const auto set = [&](const std::string& value) {
    return bed.Act({{"Action", "Setvar"}, {"Variable", "SKYPE_TEST(a)"}, {"Value", value}})[0].Get(
        "Message");
  };
  EXPECT_EQ(set("x"), "Variable Set");
  EXPECT_EQ(set("refused"), "Variable not set");
}

TEST(Functions, OfAModuleGoWithIt) {
  PbxBed bed(
      With("exten => 1,1,Set(SKYPE_TEST(a)=b)\nexten => 1,n,Answer()\n"
           "exten => 1,n,Wait(1)\n"));
  bed.Act({{"Action", "Originate"},
           {"Channel", "Local/1@demo"},
           {"Application", "Wait"},
           {"Data", "5"}});
  // What a function has left on a channel is freed by the module.
  EXPECT_THAT(bed.Command("module unload chan_skype.so"), HasSubstr("Unable to unload"));
  bed.Run(seconds(6));
  EXPECT_EQ(bed.Command("module unload chan_skype.so"), "Unloaded chan_skype.so\n");
  bed.Act({{"Action", "Getvar"}, {"Variable", "SKYPE_TEST(a)"}});
  EXPECT_TRUE(bed.Logged("Function SKYPE_TEST not registered"));
  EXPECT_THAT(bed.Act({{"Action", "SkypeTest"}})[0].Get("Message"), HasSubstr("Invalid/unknown"));
}

TEST(Actions, OfTheDriverAnswerLaterWithTheirActionId) {
  ConfigurationFiles files = With("");
  files.emplace_back("manager.conf",
                     "[lab]\nsecret=s3\nwrite=system\n[low]\nsecret=s3\nwrite=call\n");
  PbxBed bed(files);
  std::string out;
  const auto log_in = [&](const std::string& user) {
    auto session = bed.pbx->NewAmiSession([&](std::string_view bytes) { out += bytes; }, [] {});
    session->Feed("Action: Login\r\nUsername: " + user + "\r\nSecret: s3\r\nEvents: off\r\n\r\n");
    out.clear();
    return session;
  };
  auto low = log_in("low");
  low->Feed("Action: SkypeTest\r\nActionID: 7\r\n\r\n");
  EXPECT_EQ(out, "Response: Error\r\nActionID: 7\r\nMessage: Permission denied\r\n\r\n");
  auto lab = log_in("lab");
  lab->Feed("action: skypetest\r\nActionID: abc\r\nvariable: a=b\r\nvariable: c=d,e\r\n\r\n");
  EXPECT_TRUE(bed.driver.Saw("SkypeTest variable=a=b variable=c=d,e"));
  EXPECT_EQ(out, "");
  ASSERT_EQ(bed.driver.answers.size(), 1u);
  bed.driver.answers[0]();
  EXPECT_EQ(out,
            "Response: Success\r\nActionID: abc\r\nEventList: start\r\nMessage: A list\r\n\r\n"
            "Event: SkypeTestEntry\r\nActionID: abc\r\nBuddy: austin_powers\r\n\r\n"
            "Event: SkypeTestComplete\r\nActionID: abc\r\nEventList: Complete\r\n"
            "ListItems: 1\r\n\r\n");
  // Who has left is not answered.
  lab->Feed("Action: SkypeTest\r\n\r\n");
  lab.reset();
  out.clear();
  bed.driver.answers[1]();
  EXPECT_EQ(out, "");
}

TEST(Messages, EnterTheDialplanOneAfterTheOther) {
  PbxBed bed(
      With("exten => chat,1,Set(GLOBAL(heard)=${GLOBAL(heard)}[${MESSAGE(from)} ${MESSAGE(to)} "
           "${MESSAGE(body)}])\n"
           "exten => chat,n,MessageSend(${MESSAGE(from)},${MESSAGE(to)})\n"
           "exten => chat,n,Set(GLOBAL(status)=${MESSAGE_SEND_STATUS})\n"));
  bed.TakeEvents();
  pbx_text_message message{"james_bond",  "austin_powers", "james_bond",
                           "Hi, \"you\"", "demo",          "chat"};
  EXPECT_EQ(bed.driver.host->message_received(bed.driver.pbx, &message), 0);
  message.body = "two";
  EXPECT_EQ(bed.driver.host->message_received(bed.driver.pbx, &message), 0);
  message.exten = "nobody";
  EXPECT_EQ(bed.driver.host->message_received(bed.driver.pbx, &message), -1);
  bed.Run(milliseconds(100));
  EXPECT_EQ(bed.Act({{"Action", "Getvar"}, {"Variable", "heard"}})[0].Get("Value"),
            "[skype:austin_powers skype:james_bond Hi, \"you\"]"
            "[skype:austin_powers skype:james_bond two]");
  EXPECT_EQ(bed.Act({{"Action", "Getvar"}, {"Variable", "status"}})[0].Get("Value"), "SUCCESS");
  EXPECT_TRUE(bed.driver.Saw("message james_bond>austin_powers two"));
  // One channel for all of them, which stays.
  EXPECT_THAT(bed.TakeEvents("Message/ast_msg_queue"),
              ElementsAre("Newchannel", "Newexten", "Newexten", "VarSet", "Newexten", "Newexten",
                          "Newexten", "VarSet", "Newexten"));
  EXPECT_THAT(bed.Command("core show channels"), HasSubstr("1 active channel\n0 active calls"));
}

TEST(Messages, OneAfterAHangUpHasANewChannel) {
  PbxBed bed(
      With("exten => chat,1,Set(GLOBAL(seen)=${GLOBAL(seen)}${left}!)\n"
           "exten => chat,n,Set(left=over)\nexten => chat,n,Wait(1)\n"));
  const pbx_text_message message{"james_bond", "austin_powers", "james_bond", "Hi", "demo", "chat"};
  const auto receive = [&] {
    EXPECT_EQ(bed.driver.host->message_received(bed.driver.pbx, &message), 0);
    bed.Run(milliseconds(500));
  };
  receive();
  receive();
  bed.Run(seconds(2));
  EXPECT_EQ(bed.Act({{"Action", "Getvar"}, {"Variable", "seen"}})[0].Get("Value"), "!!");
  bed.TakeEvents();
  bed.Act({{"Action", "Hangup"}, {"Channel", "Message/ast_msg_queue"}});
  receive();
  EXPECT_THAT(bed.TakeEvents("Message/ast_msg_queue"),
              ElementsAre("SoftHangupRequest", "Hangup", "Newchannel", "Newexten", "Newexten",
                          "VarSet", "Newexten"));
}

TEST(Messages, TheirChannelEndsWithThePbx) {
  PbxBed bed(With("exten => chat,1,NoOp()\n"));
  const pbx_text_message message{"james_bond", "austin_powers", "james_bond", "Hi", "demo", "chat"};
  EXPECT_EQ(bed.driver.host->message_received(bed.driver.pbx, &message), 0);
  bed.Run(milliseconds(100));
  bed.TakeEvents();
  bed.pbx->core().Drain(seconds(1), [] {});
  EXPECT_THAT(bed.TakeEvents("Message/ast_msg_queue"), ElementsAre("Hangup"));
  EXPECT_TRUE(bed.pbx->core().channels().empty());
}

TEST(Messages, LeaveByTheManager) {
  PbxBed bed(With(""));
  const auto send = [&](const std::string& to, const std::string& from) {
    return bed.Act({{"Action", "MessageSend"}, {"To", to}, {"From", from}, {"Body", "hi"}})[0].Get(
        "Message");
  };
  EXPECT_EQ(send("skype:austin_powers", "skype:james_bond"), "Message successfully sent");
  EXPECT_TRUE(bed.driver.Saw("message james_bond>austin_powers hi"));
  EXPECT_EQ(send("skype:austin_powers", "skype:stranger"), "Message failed to send.");
  EXPECT_EQ(send("mail:austin_powers", "x"), "Message technology not found.");
  EXPECT_EQ(send("", "x"), "No 'To' address specified.");
}

}  // namespace
}  // namespace sfa::harness
