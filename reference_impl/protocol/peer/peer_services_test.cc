// Questions to the community's services and their news, and what calls bring with them.
#include <gmock/gmock.h>

#include "protocol/peer/questions.h"
#include "protocol/peer/test_town.h"

namespace sfa::peer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ServicesTest : public TownTest {
 protected:
  void Ask(TestUser& user, const std::string& name) {
    wire::ServiceRequest request;
    request.mutable_get_profile()->set_name(name);
    user.peer->Ask(request, [this](const wire::ServiceReply& reply) {
      results_.push_back(reply.result());
      texts_.push_back(reply.profile().fullname());
    });
  }
  void Reply(const std::string& user, uint32_t request, const std::string& fullname) {
    wire::Message message;
    message.set_request(request);
    message.mutable_service_reply()->set_result(wire::SERVICE_DONE);
    message.mutable_service_reply()->mutable_profile()->set_fullname(fullname);
    town_.Tell(user, message);
  }
  static wire::Message News(const std::string& text) {
    wire::Message message;
    message.mutable_service_news()->set_buddy_removed(text);
    return message;
  }
  std::vector<int> results_;
  std::vector<std::string> texts_;
};

TEST_F(ServicesTest, EachAnswerFindsItsQuestion) {
  TestUser& bond = Join("james_bond");
  Ask(bond, "a");
  Ask(bond, "b");
  Run(milliseconds(50));
  ASSERT_EQ(town_.asked.size(), 2u);
  EXPECT_EQ(town_.asked[1].service_request().get_profile().name(), "b");
  Reply("james_bond", town_.asked[1].request(), "B");
  Reply("james_bond", town_.asked[0].request(), "A");
  Run(milliseconds(50));
  EXPECT_THAT(texts_, ElementsAre("B", "A"));
  EXPECT_THAT(results_, ElementsAre(wire::SERVICE_DONE, wire::SERVICE_DONE));
}

TEST_F(ServicesTest, RepliesThatNobodyAskedForAreDropped) {
  TestUser& bond = Join("james_bond");
  Ask(bond, "a");
  Run(milliseconds(50));
  const uint32_t request = town_.asked[0].request();
  Reply("james_bond", request + 1, "X");
  Reply("james_bond", request, "A");
  Reply("james_bond", request, "Y");
  Run(milliseconds(50));
  EXPECT_THAT(texts_, ElementsAre("A"));
  EXPECT_EQ(bond.peer->dropped(), 2u);
}

TEST_F(ServicesTest, SilenceEndsAfterTenSeconds) {
  TestUser& bond = Join("james_bond");
  Ask(bond, "a");
  Run(seconds(9));
  Ask(bond, "b");
  EXPECT_THAT(results_, IsEmpty());
  Run(milliseconds(1010));
  EXPECT_THAT(results_, ElementsAre(wire::SERVICE_UNREACHABLE));
  Run(seconds(9));
  EXPECT_EQ(results_.size(), 2u);
  // Its answer comes too late.
  Reply("james_bond", town_.asked[0].request(), "A");
  Run(milliseconds(50));
  EXPECT_EQ(results_.size(), 2u);
}

TEST_F(ServicesTest, WithoutAHomeNothingIsAnswered) {
  TestUser& bond = Join("james_bond");
  Ask(bond, "a");
  Run(milliseconds(50));
  town_.silent = true;
  town_.HangUp();
  Run(milliseconds(100));
  EXPECT_THAT(results_, ElementsAre(wire::SERVICE_UNREACHABLE));
  Ask(bond, "b");
  EXPECT_EQ(results_.size(), 1u) << "never from inside";
  Run(milliseconds(1));
  EXPECT_EQ(results_.size(), 2u);
  town_.silent = false;
  Run(seconds(30));
  bond.peer->LogOut();
  Run(seconds(1));
  Ask(bond, "c");
  Run(milliseconds(1));
  EXPECT_EQ(results_.size(), 3u);
}

TEST_F(ServicesTest, NobodyHearsAnAnswerAfterThePeerIsGone) {
  TestUser& bond = Join("james_bond");
  Ask(bond, "a");
  bond.peer->LogOut();
  Ask(bond, "b");
  bond.peer = nullptr;
  Run(seconds(20));
  EXPECT_THAT(results_, IsEmpty());
}

TEST_F(ServicesTest, QuestionsAreBounded) {
  TestUser& bond = Join("james_bond");
  town_.silent = true;
  for (size_t i = 0; i < Questions::kMax + 5; ++i) Ask(bond, "a");
  Run(milliseconds(1));
  EXPECT_EQ(results_.size(), 5u);
  Run(seconds(11));
  EXPECT_EQ(results_.size(), Questions::kMax + 5);
}

TEST_F(ServicesTest, NewsComeInOrderAndAfterTheLogin) {
  TestUser& bond = Join("james_bond");
  town_.Tell("james_bond", News("1"));
  town_.Tell("james_bond", News("2"));
  Run(milliseconds(50));
  EXPECT_THAT(bond.news, ElementsAre("1", "2"));
  wire::Message nothing;
  nothing.mutable_service_news();
  town_.Tell("james_bond", nothing);
  Run(milliseconds(50));
  EXPECT_EQ(bond.news.size(), 2u);
  EXPECT_EQ(bond.peer->dropped(), 1u);
}

// A home tells what has waited as soon as somebody registers; the login takes longer, the first
// time.
TEST_F(ServicesTest, NewsBeforeTheLoginIsCompleteWait) {
  TestUser bond(world_, 99, "james_bond");
  while (bond.peer->state() != LoginState::kInitializing) Run(milliseconds(1));
  Run(milliseconds(25));
  ASSERT_EQ(bond.peer->state(), LoginState::kInitializing);
  town_.Tell("james_bond", News("1"));
  town_.Tell("james_bond", News("2"));
  Run(milliseconds(15));
  ASSERT_EQ(bond.peer->state(), LoginState::kInitializing);
  EXPECT_THAT(bond.news, IsEmpty());
  Run(seconds(30));
  EXPECT_THAT(bond.news, ElementsAre("1", "2"));
}

TEST_F(ServicesTest, ACallBringsItsProperties) {
  wire::Property* languages = town_.profile.add_properties();
  languages->set_name("languages");
  languages->set_value("en de");
  TestUser& bond = Join("james_bond");
  TestUser& austin = Join("austin_powers");
  CallProperties properties;
  properties.topic = "Lunch";
  properties.token = "42";
  properties.forwarded_by = "dr_evil";
  properties.presented_caller = "+442079460000";
  properties.target_identity = "+15551234";
  austin.Call("james_bond", properties);
  Run(milliseconds(100));
  ASSERT_TRUE(bond.call);
  const CallProperties& brought = bond.call->properties();
  EXPECT_EQ(brought.topic, "Lunch");
  EXPECT_EQ(brought.token, "42");
  EXPECT_EQ(brought.forwarded_by, "dr_evil");
  EXPECT_THAT(brought.languages, ElementsAre("en", "de"));
  EXPECT_EQ(austin.call->properties().topic, "Lunch");
  // Nobody poses as a telephone.
  EXPECT_EQ(brought.presented_caller, "");
  EXPECT_EQ(brought.target_identity, "");
  EXPECT_EQ(bond.call->remote_user(), "austin_powers");
}

TEST_F(ServicesTest, TheAccountsLanguagesAreThoseOfNow) {
  TestUser& bond = Join("james_bond");
  TestUser& austin = Join("austin_powers");
  wire::Message news;
  wire::Property* languages = news.mutable_service_news()->mutable_account()->add_properties();
  languages->set_name("languages");
  languages->set_value("fr");
  town_.Tell("austin_powers", news);
  Run(milliseconds(50));
  austin.Call("james_bond");
  Run(milliseconds(100));
  ASSERT_TRUE(bond.call);
  EXPECT_THAT(bond.call->properties().languages, ElementsAre("fr"));
}

TEST_F(ServicesTest, AServicePresentsATelephone) {
  TestUser& bond = Join("james_bond");
  TestUser& gateway = JoinAsService("#telephones");
  CallProperties properties;
  properties.presented_caller = "+442079460000";
  properties.target_identity = "+15551234";
  gateway.Call("james_bond", properties);
  Run(milliseconds(100));
  ASSERT_TRUE(bond.call);
  EXPECT_THAT(bond.diary, ElementsAre("from +442079460000"));
  EXPECT_EQ(bond.call->properties().target_identity, "+15551234");
  bond.call->Answer();
  Run(seconds(2));
  EXPECT_EQ(gateway.diary.back(), "answered") << "messages go to the service, not to the telephone";
  bond.call->End(EndReason::kNormal);
  Run(milliseconds(100));
  EXPECT_EQ(gateway.diary.back(), "ended 1");
}

TEST_F(ServicesTest, LongAndGarbledPropertiesAreCut) {
  TestUser& bond = Join("james_bond");
  TestUser& austin = Join("austin_powers");
  CallProperties properties;
  // 1 MB; a character of two bytes lies across the bound.
  properties.topic = std::string(511, 'x') + "\xC3\xA9" + std::string(1'000'000, 'y');
  properties.token = "a\r\nb\x7F";
  properties.languages = std::vector<std::string>(100, std::string(100, 'e'));
  austin.Call("james_bond", properties);
  Run(milliseconds(100));
  ASSERT_TRUE(bond.call);
  EXPECT_EQ(bond.call->properties().topic, std::string(511, 'x'));
  EXPECT_EQ(bond.call->properties().token, "ab");
  EXPECT_EQ(bond.call->properties().languages.size(), 16u);
  EXPECT_EQ(bond.call->properties().languages[0].size(), 16u);
}

}  // namespace
}  // namespace sfa::peer
