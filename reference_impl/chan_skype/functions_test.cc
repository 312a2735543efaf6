// The dialplan functions of manual 3.3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chan_skype/driver_bench.h"

namespace sfa::skype {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kCall = "SKYPE_CALL_PROPERTY";
constexpr const char* kAccount = "SKYPE_ACCOUNT_PROPERTY";
constexpr const char* kBuddies = "SKYPE_BUDDIES";
constexpr const char* kFetch = "SKYPE_BUDDY_FETCH";

void Set(wire::AccountState& state, const std::string& name, const std::string& value) {
  wire::Property& property = *state.add_properties();
  property.set_name(name);
  property.set_value(value);
}

class FunctionsTest : public testing::Test {
 protected:
  FunctionsTest() {
    Set(bench.engine.account_state, "fullname", "James \"007\" Bond, Commander");
    Set(bench.engine.account_state, "skypeout_balance", "4500");
    Set(bench.engine.account_state, "skypeout_currency", "EUR");
    Set(bench.engine.account_state, "availability", "Online");
    Set(bench.engine.account_state, "shoe_size", "43");
    bench.LogIn();
  }

  // An incoming call with everything that can be known.
  skype_call_id Incoming() {
    control::Event event;
    control::IncomingCall& call = *event.mutable_incoming_call();
    call.set_call(2);
    call.set_account("james_bond");
    call.set_caller("austin");
    call.set_caller_fullname("Austin Powers");
    call.add_codecs(control::CODEC_ULAW);
    call.mutable_engine_rtp()->set_address(0x7F000001);
    call.mutable_engine_rtp()->set_port(4000);
    call.set_topic("Secret Plans");
    call.set_token("open");
    call.add_languages("en");
    call.add_languages("de");
    call.set_forwarded_by("m");
    call.set_target_identity("+12564286000");
    for (const char* name :
         {"about", "birthday", "gender", "homepage", "phone_home", "phone_office", "phone_mobile",
          "city", "province", "country", "email", "shoe_size"}) {
      wire::Property& property = *call.add_profile();
      property.set_name(name);
      property.set_value(std::string("my\r\n ") + name);
    }
    bench.engine.Say(event);
    return bench.channels.begin()->first;
  }

  DriverBench bench{"[general]\ndefault_user=james_bond\n[james_bond]\nsecret=x\n[m]\nsecret=y\n"};
};

TEST_F(FunctionsTest, TheirNames) {
  std::vector<std::string> names;
  for (const char* const* name = bench.driver.functions(); *name; ++name) names.emplace_back(*name);
  EXPECT_THAT(names, ElementsAre(kCall, kAccount, kBuddies, kFetch));
}

TEST_F(FunctionsTest, CallPropertiesOfAnIncomingCall) {
  const skype_call_id call = Incoming();
  EXPECT_EQ(bench.Read(kCall, "topic", call), "Secret Plans");
  EXPECT_EQ(bench.Read(kCall, "token", call), "open");
  EXPECT_EQ(bench.Read(kCall, "forwarded_by", call), "m");
  EXPECT_EQ(bench.Read(kCall, "target_identity", call), "+12564286000");
  EXPECT_EQ(bench.Read(kCall, "fullname", call), "Austin Powers");
  for (const char* name : {"country", "province", "city", "phone_home", "phone_office",
                           "phone_mobile", "email", "homepage", "about", "birthday", "gender"}) {
    EXPECT_EQ(bench.Read(kCall, name, call), std::string("my ") + name);
  }
  EXPECT_EQ(bench.Read(kCall, " Topic ", call), "Secret Plans");
  EXPECT_EQ(bench.Read(kCall, "shoe_size", call), "failed");
  EXPECT_TRUE(bench.Write(kCall, "topic", "Lunch", call));
  EXPECT_EQ(bench.Read(kCall, "topic", call), "Lunch");
  EXPECT_EQ(bench.Read("CHANNEL", "skype_topic", call), "Lunch");
}

TEST_F(FunctionsTest, ChannelItems) {
  const skype_call_id call = Incoming();
  const std::pair<const char*, const char*> items[] = {{"skype_language", "en de"},
                                                       {"skype_topic", "Secret Plans"},
                                                       {"skype_token", "open"},
                                                       {"skype_about", "my about"},
                                                       {"skype_birthday", "my birthday"},
                                                       {"skype_gender", "my gender"},
                                                       {"skype_homepage", "my homepage"},
                                                       {"skype_homephone", "my phone_home"},
                                                       {"skype_officephone", "my phone_office"},
                                                       {"skype_mobilephone", "my phone_mobile"},
                                                       {"skype_city", "my city"},
                                                       {"skype_province", "my province"},
                                                       {"skype_country", "my country"}};
  for (const auto& [item, value] : items) EXPECT_EQ(bench.Read("CHANNEL", item, call), value);
  EXPECT_FALSE(bench.Write("CHANNEL", "skype_token", "x", call));
  EXPECT_THAT(bench.log, Contains(HasSubstr("use SKYPE_CALL_PROPERTY(token)")));
  EXPECT_FALSE(bench.Write("CHANNEL", "skype_city", "x", call));
  EXPECT_EQ(bench.Read("CHANNEL", "skype_tpic", call), "failed");
  EXPECT_THAT(bench.log, Contains(HasSubstr("did you mean skype_topic?")));
  EXPECT_EQ(bench.Read("CHANNEL", "skype_topic", 0), "failed");
  bench.HangUp(call);
  EXPECT_EQ(bench.Read("CHANNEL", "skype_topic", call), "failed");
}

TEST_F(FunctionsTest, WhatAnyChannelSetsGoesWithTheCallsThatItDials) {
  EXPECT_EQ(bench.Read(kCall, "topic"), "");
  EXPECT_TRUE(bench.Write(kCall, "topic", "Secret Plans"));
  EXPECT_TRUE(bench.Write(kCall, "token", "se,sa\"me"));
  EXPECT_EQ(bench.Read(kCall, "topic"), "Secret Plans");
  EXPECT_EQ(bench.Read(kCall, "fullname"), "");  // reading 19
  const skype_call_id call = bench.Dial("austin");
  bench.Place(call);
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("place 1 james_bond austin ulaw alaw 10002 topic=Secret Plans "
                          "token=se,sa\"me"));
  EXPECT_EQ(bench.Read("CHANNEL", "skype_topic", call), "Secret Plans");
  EXPECT_EQ(bench.Read("CHANNEL", "skype_city", call), "");
}

TEST_F(FunctionsTest, AnAdmittedCallTakesATopicUntilItIsPlaced) {
  const skype_call_id call = bench.Dial("austin");
  EXPECT_TRUE(bench.Write(kCall, "topic", "Late", call));
  bench.Place(call);
  EXPECT_THAT(bench.engine.TakeCommands(), Contains(HasSubstr("topic=Late")));
}

TEST_F(FunctionsTest, WhatCannotBeWritten) {
  EXPECT_FALSE(bench.Write(kCall, "fullname", "x"));
  EXPECT_THAT(bench.log, Contains(AllOf(HasSubstr("SKYPE_CALL_PROPERTY(fullname)"),
                                        HasSubstr("read only"), HasSubstr("topic"))));
  EXPECT_FALSE(bench.Write(kCall, "topc", "x"));
  EXPECT_THAT(bench.log, Contains(HasSubstr("did you mean topic?")));
  EXPECT_FALSE(bench.Write(kCall, "topic", std::string(513, 'x')));
  EXPECT_FALSE(bench.Write(kCall, "topic", "two\r\nlines"));
  EXPECT_FALSE(bench.Write(kCall, "topic", "\xC3\x28"));
  EXPECT_TRUE(bench.Write(kCall, "topic", std::string(512, 'x')));
  EXPECT_FALSE(bench.Write(kBuddies, "james_bond", "x"));
  EXPECT_FALSE(bench.Write(kAccount, "james_bond,skypeout_balance", "1000000"));
  EXPECT_FALSE(bench.Write(kAccount, "james_bond,skypename", "goldfinger"));
  EXPECT_FALSE(bench.Write(kAccount, "james_bond,birthday", "19450231"));
  EXPECT_FALSE(bench.Write(kAccount, "james_bond,gender", "3"));
  EXPECT_FALSE(bench.Write(kAccount, "james_bond,availability", "Unknown"));
  EXPECT_FALSE(bench.Write(kAccount, "james_bond,availability", "Connecting"));
  EXPECT_FALSE(bench.Write(kAccount, "james_bond,status", "Initializing"));
  EXPECT_FALSE(bench.Write(kAccount, "james_bond,about", "\xFF"));
  EXPECT_FALSE(bench.Write(kAccount, "james_bnd,about", "x"));
  EXPECT_THAT(bench.log, Contains(HasSubstr("did you mean james_bond?")));
  EXPECT_FALSE(bench.Write(kAccount, "james_bond,fulname", "x"));
  EXPECT_THAT(bench.log, Contains(HasSubstr("did you mean fullname?")));
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
}

TEST_F(FunctionsTest, AccountPropertiesReadAndAreReadBackAtOnce) {
  EXPECT_EQ(bench.Read(kAccount, "james_bond,fullname"), "James \"007\" Bond, Commander");
  EXPECT_EQ(bench.Read(kAccount, "James_Bond , skypeout_balance"), "4500");
  EXPECT_EQ(bench.Read(kAccount, "james_bond,availability"), "Online");
  EXPECT_EQ(bench.Read(kAccount, "james_bond,status"), "Logged In");
  EXPECT_EQ(bench.Read(kAccount, "james_bond,shoe_size"), "failed");
  EXPECT_EQ(bench.Read(kAccount, "james_bond,city"), "");
  EXPECT_TRUE(bench.Write(kAccount, "james_bond,about", "Jämes, \"licensed\""));
  EXPECT_EQ(bench.Read(kAccount, "james_bond,about"), "Jämes, \"licensed\"");
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("ask james_bond set about=Jämes, \"licensed\""));
  // What the network knows meanwhile does not hide what was written.
  wire::ServiceNews news;
  Set(*news.mutable_account(), "about", "older");
  bench.engine.News("james_bond", news);
  EXPECT_EQ(bench.Read(kAccount, "james_bond,about"), "Jämes, \"licensed\"");
  bench.engine.Reply(bench.engine.LastQuestion(), wire::SERVICE_BAD_VALUE, "too\r\nodd");
  EXPECT_EQ(bench.Read(kAccount, "james_bond,about"), "older");
  EXPECT_THAT(bench.log, Contains("user james_bond keeps its about: tooodd"));
}

TEST_F(FunctionsTest, OfTwoWritesTheLaterOneIsRead) {
  bench.Write(kAccount, "james_bond,city", "London");
  const uint64_t first = bench.engine.LastQuestion();
  bench.Write(kAccount, "james_bond,city", "Jamaica");
  wire::ServiceReply reply;
  reply.set_result(wire::SERVICE_DONE);
  Set(*reply.mutable_account(), "city", "London");
  bench.engine.Reply(first, reply);
  EXPECT_EQ(bench.Read(kAccount, "james_bond,city"), "Jamaica");
  bench.engine.Reply(bench.engine.LastQuestion(), wire::SERVICE_UNREACHABLE);
  EXPECT_EQ(bench.Read(kAccount, "james_bond,city"), "London");
}

TEST_F(FunctionsTest, OneArgumentMeansOnesOwnAccount) {
  EXPECT_EQ(bench.Read(kAccount, "status"), "Logged In");
  bench.engine.Incoming(2, "m");
  const skype_call_id call = bench.channels.begin()->first;
  bench.engine.TakeCommands();
  EXPECT_TRUE(bench.Write(kAccount, "gender", "1", call));
  EXPECT_TRUE(bench.Write(kAccount, "gender", "1"));
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("ask m set gender=1", "ask james_bond set gender=1"));
  DriverBench bare("[q]\nsecret=x\n");
  bare.LogIn();
  EXPECT_FALSE(bare.Write(kAccount, "gender", "1"));
  EXPECT_THAT(bare.log, Contains(HasSubstr("no account is named")));
  EXPECT_EQ(bare.Read(kAccount, "gender"), "failed");
  EXPECT_FALSE(bench.Write(kAccount, ",gender", "1"));
  EXPECT_EQ(bench.Read(kAccount, " , gender"), "failed");
  EXPECT_THAT(bench.log, Contains(HasSubstr("no account is named before the comma")));
}

TEST_F(FunctionsTest, StatusLogsInAndOff) {
  EXPECT_TRUE(bench.Write(kAccount, "james_bond,status", "Logged Out"));
  EXPECT_TRUE(bench.Write(kAccount, "james_bond,status", "logged in"));
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("logout james_bond", "login james_bond"));
  bench.engine.Account("james_bond", control::ACCOUNT_CONNECTING_TO_SERVER);
  EXPECT_EQ(bench.Read(kAccount, "james_bond,status"), "Connecting to Server");
  EXPECT_EQ(bench.Read(kAccount, "james_bond,availability"), "Connecting");
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_OUT);
  EXPECT_EQ(bench.Read(kAccount, "james_bond,availability"), "Offline");
  EXPECT_EQ(bench.Read(kAccount, "james_bond,fullname"), "");
  EXPECT_FALSE(bench.Write(kAccount, "james_bond,about", "x"));
  EXPECT_THAT(bench.log, Contains(HasSubstr("user james_bond is not logged in")));
}

TEST_F(FunctionsTest, BuddiesAreEnumerated) {
  bench.engine.BuddyNews("james_bond", "test-test", wire::BUDDY_ONLINE);
  bench.engine.BuddyNews("james_bond", "austin", wire::BUDDY_OFFLINE_VOICEMAIL);
  const std::string id = bench.Read(kBuddies, "james_bond");
  const std::string other = bench.Read(kBuddies, "");
  EXPECT_NE(id, other);
  // A list that changes meanwhile does not change what is enumerated.
  bench.engine.BuddyNews("james_bond", "basil", wire::BUDDY_ONLINE);
  EXPECT_EQ(bench.Read(kFetch, id), "austin,Offline (Voicemail Enabled)");
  EXPECT_EQ(bench.Read(kFetch, other), "austin,Offline (Voicemail Enabled)");
  EXPECT_EQ(bench.Read(kFetch, id), "test-test,Online");
  EXPECT_EQ(bench.Read(kFetch, id), "");
  EXPECT_EQ(bench.Read(kFetch, id), "");
  EXPECT_EQ(bench.Read(kFetch, other), "test-test,Online");
  for (const char* bad : {"", "0", "99", "-1", "austin"}) {
    EXPECT_EQ(bench.Read(kFetch, bad), "failed") << bad;
  }
  EXPECT_EQ(bench.Read(kBuddies, "nobody"), "failed");
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_OUT);
  EXPECT_EQ(bench.Read(kBuddies, "james_bond"), "failed");
  EXPECT_THAT(bench.log, Contains(HasSubstr("is not logged in")));
}

TEST_F(FunctionsTest, EnumerationsAreBounded) {
  for (int i = 0; i < 1000; ++i) EXPECT_NE(bench.Read(kBuddies, "james_bond"), "failed");
  EXPECT_EQ(bench.Read(kBuddies, "james_bond"), "failed");
}

TEST_F(FunctionsTest, WithoutAChannel) {
  const skype_function_place nowhere{0, nullptr};
  char value[64];
  const auto read = [&](const char* function, const char* arguments) {
    return bench.driver.function_read(bench.core, &nowhere, function, arguments, value,
                                      sizeof value);
  };
  EXPECT_EQ(read(kAccount, "james_bond,status"), 0);
  EXPECT_STREQ(value, "Logged In");
  EXPECT_EQ(read(kCall, "topic"), -1);
  EXPECT_STREQ(value, "");
  EXPECT_EQ(read(kBuddies, "james_bond"), -1);
  EXPECT_EQ(read(kFetch, "1"), -1);
  EXPECT_EQ(bench.driver.function_write(bench.core, &nowhere, kCall, "topic", "x"), -1);
}

TEST_F(FunctionsTest, AValueIsCutBetweenCharacters) {
  ASSERT_TRUE(bench.Write(kCall, "topic", "äöü"));
  const skype_function_place place{0, bench.state};
  char value[4];
  EXPECT_EQ(bench.driver.function_read(bench.core, &place, kCall, "topic", value, sizeof value), 0);
  EXPECT_STREQ(value, "ä");
}

TEST(SetvarOfCalls, GoesWithEachNewCallUnlessTheDialplanSaysOtherwise) {
  DriverBench bench(
      "[general]\ndefault_user=bond\n[bond]\nsecret=x\nsetvar=SKYPE_CALL_PROPERTY(topic)=Sales\n"
      "setvar=COLOUR=blue=green\nsetvar=CHANNEL(language)=de\n");
  bench.LogIn();
  skype_call_id call = bench.Dial("austin");
  std::vector<std::string> lines;
  bench.driver.each_setvar(
      bench.core, call,
      [](void* context, const char* line) {
        static_cast<std::vector<std::string>*>(context)->emplace_back(line);
      },
      &lines);
  EXPECT_THAT(lines, ElementsAre("COLOUR=blue=green", "CHANNEL(language)=de"));
  bench.Place(call);
  EXPECT_THAT(bench.engine.TakeCommands(), Contains(HasSubstr("topic=Sales")));
  bench.HangUp(call);
  bench.Write(kCall, "topic", "");
  call = bench.Dial("austin");
  EXPECT_EQ(bench.Read(kCall, "topic", call), "");
  bench.HangUp(call);
  bench.engine.Incoming(2, "bond");
  EXPECT_THAT(bench.TakeSeen(), Contains("setvar COLOUR=blue=green"));
  EXPECT_EQ(bench.Read(kCall, "topic", 2), "Sales");
}

}  // namespace
}  // namespace sfa::skype
