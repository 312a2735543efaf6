// What the engine passes on: the community's services, a caller's profile and call properties.
#include "skypeforasterisk/engine_bench.h"

namespace sfa::engine {
namespace {

using media::Codec;
using peer::EndReason;
using peer::LoginState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class EngineServicesTest : public EngineTest {
 protected:
  void Ask(uint64_t request, const std::string& account = "james_bond") {
    control::Command command;
    command.mutable_ask_service()->set_request(request);
    command.mutable_ask_service()->set_account(account);
    command.mutable_ask_service()->mutable_service()->mutable_send_chat()->set_text("secret");
    driver_.Say(command);
  }
  FakePeer& Bond() { return *network_.peers.at("james_bond"); }
  static wire::ServiceReply Done() {
    wire::ServiceReply reply;
    reply.set_result(wire::SERVICE_DONE);
    return reply;
  }
  static wire::ServiceReply ProfileOf(const std::string& fullname) {
    wire::ServiceReply reply = Done();
    reply.mutable_profile()->set_fullname(fullname);
    return reply;
  }
};

TEST_F(EngineServicesTest, PassesQuestionsAndAnswersOn) {
  LoggedIn();
  Ask(7);
  ASSERT_EQ(Bond().questions.size(), 1u);
  EXPECT_EQ(Bond().questions[0].first.send_chat().text(), "secret");
  wire::ServiceReply reply;
  reply.set_result(wire::SERVICE_BLOCKED);
  reply.set_text("blocked");
  Bond().Reply(reply);
  EXPECT_THAT(Said(), ElementsAre("done 7 9"));
  EXPECT_EQ(seen_[0].service_done().reply().text(), "blocked");
}

TEST_F(EngineServicesTest, AlwaysAnswers) {
  LoggedIn();
  Ask(1, "nobody");
  EXPECT_THAT(Said(), ElementsAre("done 1 2"));
  Login("moneypenny");
  Ask(2, "moneypenny");
  EXPECT_THAT(Said(), ElementsAre("done 2 2"));
  // The peer goes before it has answered.
  Ask(3);
  Logout("james_bond");
  Bond().Become(LoginState::kLoggedOut);
  Ask(4);
  runtime_.RunFor(milliseconds(1));
  EXPECT_THAT(Said(), ElementsAre("done 4 2", "done 3 2", "james_bond is 1"));
}

TEST_F(EngineServicesTest, PassesNewsOn) {
  LoggedIn();
  wire::ServiceNews news;
  news.mutable_chat()->set_text("hello");
  Bond().observer.OnNews(news);
  EXPECT_THAT(Said(), ElementsAre("news james_bond"));
  EXPECT_EQ(seen_[0].service_news().news().chat().text(), "hello");
}

TEST_F(EngineServicesTest, TellsACallWithTheCallersProfile) {
  LoggedIn();
  peer::CallProperties brought;
  brought.topic = "Lunch";
  brought.token = "42";
  brought.languages = {"en", "de"};
  brought.forwarded_by = "moneypenny";
  Arriving({Codec::kPcmu}, "austin_powers", brought);
  EXPECT_THAT(Said(), IsEmpty());
  ASSERT_EQ(Bond().questions.size(), 1u);
  EXPECT_EQ(Bond().questions[0].first.get_profile().name(), "austin_powers");
  wire::ServiceReply reply = ProfileOf("Austin P.");
  const auto add = [&reply](const std::string& name, const std::string& value) {
    wire::Property* property = reply.mutable_profile()->add_properties();
    property->set_name(name);
    property->set_value(value);
  };
  add("city", "London");
  add("shoe_size", "9");
  add("about", std::string(100'000, 'x'));
  Bond().Reply(reply);
  EXPECT_THAT(Said(), ElementsAre("incoming 2"));
  const control::IncomingCall& incoming = seen_[0].incoming_call();
  EXPECT_EQ(incoming.caller_fullname(), "Austin P.");
  EXPECT_EQ(incoming.topic(), "Lunch");
  EXPECT_EQ(incoming.token(), "42");
  EXPECT_THAT(incoming.languages(), ElementsAre("en", "de"));
  EXPECT_EQ(incoming.forwarded_by(), "moneypenny");
  ASSERT_EQ(incoming.profile_size(), 1);
  EXPECT_EQ(incoming.profile(0).value(), "London");
}

TEST_F(EngineServicesTest, DoesNotWaitLongForAProfile) {
  LoggedIn();
  FakeCall& call = Arriving({Codec::kPcmu});
  runtime_.RunFor(milliseconds(1499));
  EXPECT_THAT(Said(), IsEmpty());
  // The driver knows of no call yet.
  Ring(2, control::CODEC_ULAW);
  Answer(2);
  EXPECT_EQ(call.log, "");
  runtime_.RunFor(milliseconds(1));
  EXPECT_THAT(Said(), ElementsAre("incoming 2"));
  EXPECT_EQ(seen_[0].incoming_call().caller_fullname(), "Austin Powers");
  Bond().Reply(ProfileOf("too late"));
  EXPECT_THAT(Said(), IsEmpty());
}

TEST_F(EngineServicesTest, ACallThatIsCancelledMeanwhileIsNeverTold) {
  LoggedIn();
  Arriving({Codec::kPcmu}).observer->OnEnded(EndReason::kCancelled);
  Bond().Reply(ProfileOf("Austin"));
  runtime_.RunFor(seconds(2));
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_THAT(network_.calls, IsEmpty());
  // Nor is one of an account that logs out, or of an engine that leaves.
  Arriving({Codec::kPcmu});
  Logout("james_bond");
  EXPECT_THAT(Said(), IsEmpty());
  Bond().Become(LoginState::kLoggedOut);
  runtime_.RunFor(seconds(2));
  EXPECT_THAT(Said(), ElementsAre("james_bond is 1"));
}

TEST_F(EngineServicesTest, LeavesWithACallThatWaits) {
  LoggedIn();
  destroy_at_exit_ = true;
  FakeCall& call = Arriving({Codec::kPcmu});
  Shutdown();
  EXPECT_EQ(call.log, "end-1 ");
  runtime_.RunFor(seconds(3));
  EXPECT_THAT(Said(), ElementsAre("james_bond is 1"));
  EXPECT_THAT(exits_, ElementsAre(0));
}

TEST_F(EngineServicesTest, ATelephoneHasNoProfile) {
  LoggedIn();
  peer::CallProperties brought;
  brought.target_identity = "+12564286000";
  Arriving({Codec::kPcmu}, "+442079460000", brought);
  EXPECT_THAT(Bond().questions, IsEmpty());
  EXPECT_THAT(Said(), ElementsAre("incoming 2"));
  EXPECT_EQ(seen_[0].incoming_call().caller(), "+442079460000");
  EXPECT_EQ(seen_[0].incoming_call().target_identity(), "+12564286000");
}

TEST_F(EngineServicesTest, APlacedCallCarriesItsProperties) {
  LoggedIn();
  control::Command command;
  control::PlaceCall& place = *command.mutable_place_call();
  place.set_call(1);
  place.set_account("james_bond");
  place.set_destination("austin_powers");
  place.add_codecs(control::CODEC_ULAW);
  place.mutable_pbx_rtp()->set_address(kPbxRtp.address.value);
  place.mutable_pbx_rtp()->set_port(kPbxRtp.port);
  place.set_topic("Lunch");
  place.set_token("42");
  driver_.Say(command);
  ASSERT_EQ(network_.calls.size(), 1u);
  EXPECT_EQ(network_.calls[0]->brought.topic, "Lunch");
  EXPECT_EQ(network_.calls[0]->brought.token, "42");
}

TEST_F(EngineServicesTest, DebugTellsStepsOfTheAccountsAskedForAndNothingSecret) {
  const auto lines_of = [this](const std::string& name) {
    const auto& lines = runtime_.log().lines;
    return std::count_if(lines.begin(), lines.end(), [&name](const std::string& line) {
      return line.find(name + ": ") != std::string::npos;
    });
  };
  const auto set = [this](const std::string& account, bool voice, bool on) {
    control::Command command;
    command.mutable_set_debug()->set_account(account);
    command.mutable_set_debug()->set_voice(voice);
    command.mutable_set_debug()->set_on(on);
    driver_.Say(command);
  };
  LoggedIn();
  Login("moneypenny", "hush");
  network_.peers.at("moneypenny")->Become(LoginState::kLoggedIn);
  EXPECT_EQ(lines_of("james_bond"), 0);
  set("james_bond", false, true);
  Place(1);
  network_.calls[0]->observer->OnRinging();
  network_.calls[0]->observer->OnAnswered(Codec::kPcmu);
  Ask(5);
  network_.peers.at("moneypenny")->Become(LoginState::kConnectingToP2p);
  EXPECT_EQ(lines_of("james_bond"), 4);
  EXPECT_EQ(lines_of("moneypenny"), 0);
  set("", false, false);
  network_.calls[0]->observer->OnHold(true);
  EXPECT_EQ(lines_of("james_bond"), 4);

  const size_t before = runtime_.log().lines.size();
  set("moneypenny", true, true);
  runtime_.RunFor(seconds(20));
  EXPECT_EQ(runtime_.log().lines.size(), before);
  set("james_bond", true, true);
  runtime_.RunFor(seconds(20));
  EXPECT_EQ(runtime_.log().lines.size(), before + 4) << "the call's path and figures";
  set("", true, false);
  runtime_.RunFor(seconds(20));
  EXPECT_EQ(runtime_.log().lines.size(), before + 4);
  for (const std::string& line : runtime_.log().lines) {
    EXPECT_EQ(line.find("secret"), std::string::npos) << line;
    EXPECT_EQ(line.find("hush"), std::string::npos) << line;
    EXPECT_EQ(line.find("shaken"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace sfa::engine
