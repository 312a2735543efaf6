// The control stream: its beginning, its end, and drivers that break it.
#include "skypeforasterisk/engine_bench.h"

namespace sfa::engine {
namespace {

using peer::LoginState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(EngineTest, SaysHelloFirst) {
  EXPECT_THAT(Said(), ElementsAre("hello"));
  EXPECT_EQ(seen_[0].hello().version(), 1u);
  EXPECT_EQ(seen_[0].hello().pid(), 4711);
  EXPECT_EQ(seen_[0].hello().engine_version(), "1.0.11");
}

TEST_F(EngineTest, ShutdownLogsEverybodyOutAndExits) {
  LoggedIn();
  Place(1);
  Shutdown();
  EXPECT_EQ(network_.calls[0]->log, "end-1 ");
  EXPECT_EQ(network_.peers.at("james_bond")->log, "in out ");
  EXPECT_THAT(exits_, IsEmpty());
  network_.peers.at("james_bond")->Become(LoginState::kLoggedOut);
  runtime_.RunFor(milliseconds(1));
  EXPECT_THAT(exits_, ElementsAre(0));
}

TEST_F(EngineTest, ShutdownWithNobodyLoggedInIsAtOnce) {
  Shutdown();
  runtime_.RunFor(milliseconds(1));
  EXPECT_THAT(exits_, ElementsAre(0));
}

TEST_F(EngineTest, TheEndOfTheControlStreamIsAnOrderlyEnd) {
  LoggedIn();
  destroy_at_exit_ = false;
  driver_.handler->OnEndOfStream();
  EXPECT_EQ(network_.peers.at("james_bond")->log, "in out ");
  runtime_.RunFor(seconds(3));  // the network stays silent
  EXPECT_THAT(exits_, ElementsAre(0));
  driver_.handler->OnError({ErrorCode::kReset, "reset"});
  runtime_.RunFor(seconds(3));
  EXPECT_THAT(exits_, ElementsAre(0)) << "once";
}

TEST_F(EngineTest, MessagesMayComeInPieces) {
  control::Command command;
  command.mutable_configure()->set_version(1);
  for (const uint8_t byte : Driver::Framed(command.SerializeAsString())) driver_.SayRaw({byte});
  Login("james_bond");
  EXPECT_EQ(network_.peers.count("james_bond"), 1u);
}

TEST_F(EngineTest, ABrokenDriverEndsIt) {
  const auto status_after = [](const std::function<void(EngineTest&)>& mistake) {
    struct Fresh final : EngineTest {
      void TestBody() override {}
    } fresh;
    mistake(fresh);
    fresh.runtime_.RunFor(milliseconds(1));
    return fresh.exits_;
  };
  EXPECT_THAT(status_after([](EngineTest& t) { t.driver_.SayRaw({0, 1, 0, 1}); }), ElementsAre(1));
  EXPECT_THAT(status_after([](EngineTest& t) {
                t.driver_.SayRaw({0, 0, 0, 2, 0xFF, 0xFF});
              }),
              ElementsAre(1));
  EXPECT_THAT(status_after([](EngineTest& t) { t.driver_.SayRaw({0, 0, 0, 0}); }), ElementsAre(1));
  EXPECT_THAT(status_after([](EngineTest& t) { t.Login("early"); }), ElementsAre(1));
  EXPECT_THAT(status_after([](EngineTest& t) {
                t.Configure();
                t.Configure();
              }),
              ElementsAre(1));
  EXPECT_THAT(status_after([](EngineTest& t) {
                t.Configure([](control::Configure& configure) { configure.set_version(2); });
              }),
              ElementsAre(1));
  EXPECT_THAT(status_after([](EngineTest& t) {
                t.Configure();
                t.Place(2);
              }),
              ElementsAre(1));
  EXPECT_THAT(status_after([](EngineTest& t) { t.Configure(); }), IsEmpty());
}

TEST_F(EngineTest, NoSecretIsLogged) {
  Configure([](control::Configure& configure) { configure.set_debug(true); });
  Login("james_bond", "shaken-not-stirred");
  network_.peers.at("james_bond")->Become(LoginState::kLoggedOut, "incorrect password");
  Login("james_bond", "shaken-not-stirred");
  driver_.SayRaw({0xFF, 0xFF, 0xFF, 0xFF});
  for (const std::string& line : runtime_.log().lines) {
    EXPECT_EQ(line.find("stirred"), std::string::npos) << line;
  }
}

TEST_F(EngineTest, WhoDebugsAnAccountIsToldOfItAlone) {
  Configure();
  control::Command debug;
  debug.mutable_set_debug()->set_account("james_bond");
  debug.mutable_set_debug()->set_on(true);
  driver_.Say(debug);
  Login("moneypenny");
  network_.peers.at("moneypenny")->Become(LoginState::kLoggedIn);
  Login("james_bond");
  network_.peers.at("james_bond")->Become(LoginState::kLoggedIn);
  debug.mutable_set_debug()->set_on(false);
  driver_.Say(debug);
  network_.peers.at("james_bond")->Become(LoginState::kLoggedOut, "by itself");
  std::vector<std::string> lines;
  for (const control::Event& event : driver_.events) {
    if (!event.has_debug_line()) continue;
    EXPECT_FALSE(event.debug_line().voice());
    lines.push_back(event.debug_line().account() + ": " + event.debug_line().text());
  }
  EXPECT_THAT(lines, ElementsAre("james_bond: state 7"));
}

}  // namespace
}  // namespace sfa::engine
