// Accounts, the port and the network that the engine is configured for.
#include "skypeforasterisk/engine_bench.h"

namespace sfa::engine {
namespace {

using peer::LoginState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(EngineTest, LogsAccountsInAndTellsTheirStates) {
  Configure();
  Login("james_bond");
  FakePeer& peer = *network_.peers.at("james_bond");
  EXPECT_EQ(peer.log, "in ");
  EXPECT_TRUE(peer.settings.driver);
  EXPECT_EQ(peer.settings.password, "shaken");
  EXPECT_EQ(peer.settings.network.bootstrap_nodes.size(), 7u);
  peer.Become(LoginState::kLoggingIn);
  peer.Become(LoginState::kLoggedOut, "incorrect password");
  EXPECT_THAT(Said(),
              ElementsAre("hello", "james_bond is 5", "james_bond is 1 incorrect password"));
}

TEST_F(EngineTest, LogsOutAndForgetsTheAccount) {
  LoggedIn();
  Logout("james_bond");
  FakePeer& peer = *network_.peers.at("james_bond");
  EXPECT_EQ(peer.log, "in out ");
  peer.Become(LoginState::kLoggingOut);
  peer.Become(LoginState::kLoggedOut);
  runtime_.RunFor(milliseconds(1));
  EXPECT_THAT(Said(), ElementsAre("james_bond is 8", "james_bond is 1"));
  EXPECT_THAT(network_.peers, IsEmpty());
}

TEST_F(EngineTest, ALogoutEndsEvenWhenTheNetworkIsSilent) {
  LoggedIn();
  Logout("james_bond");
  runtime_.RunFor(seconds(2));
  EXPECT_THAT(Said(), ElementsAre("james_bond is 1"));
  EXPECT_THAT(network_.peers, IsEmpty());
}

TEST_F(EngineTest, ALoginWithAnotherSecretLogsOutFirst) {
  LoggedIn();
  Login("james_bond", "stirred");
  EXPECT_EQ(network_.peers.at("james_bond")->log, "in out ");
  network_.peers.at("james_bond")->Become(LoginState::kLoggedOut);
  runtime_.RunFor(milliseconds(1));
  EXPECT_EQ(network_.peers.at("james_bond")->log, "in ");
  EXPECT_EQ(network_.peers.at("james_bond")->settings.password, "stirred");
}

TEST_F(EngineTest, BindPortIsASuggestion) {
  network_.port_errors[80] = {ErrorCode::kPermissionDenied, "not for everybody"};
  Configure([](control::Configure& configure) { configure.set_bind_port(80); });
  ASSERT_EQ(network_.ports_asked.size(), 2u);
  EXPECT_EQ(network_.ports_asked[0].bind.port, 80);
  EXPECT_EQ(network_.ports_asked[1].bind.port, 0);
  Login("james_bond");
  EXPECT_EQ(network_.peers.count("james_bond"), 1u);
}

TEST_F(EngineTest, AnotherPortThanTheOneAskedForIsLogged) {
  network_.port_taken = 5000;
  Configure([](control::Configure& configure) { configure.set_bind_port(5000); });
  ASSERT_EQ(network_.ports_asked.size(), 1u);
  const auto& lines = runtime_.log().lines;
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find("bind_port 5000 cannot be used: taking port 49152") != std::string::npos;
  }));
}

TEST_F(EngineTest, EverythingIsAllowedUnlessSaidOtherwise) {
  Configure();
  ASSERT_EQ(network_.ports_asked.size(), 1u);
  const path::PortSettings& asked = network_.ports_asked[0];
  EXPECT_TRUE(asked.udp && asked.listen_tcp && asked.tcp_auto);
  EXPECT_EQ(asked.bind, Endpoint());
}

TEST_F(EngineTest, DisableUdpIsThePortsBusiness) {
  Configure([](control::Configure& configure) { configure.set_disable_udp(true); });
  ASSERT_EQ(network_.ports_asked.size(), 1u);
  const path::PortSettings& asked = network_.ports_asked[0];
  EXPECT_FALSE(asked.udp);
  EXPECT_TRUE(asked.listen_tcp && asked.tcp_auto);
}

TEST_F(EngineTest, DisableTcpautoMeansNoListenerButTheOneAskedFor) {
  Configure([](control::Configure& configure) { configure.set_disable_tcpauto(true); });
  ASSERT_EQ(network_.ports_asked.size(), 1u);
  EXPECT_FALSE(network_.ports_asked[0].listen_tcp);
  EXPECT_FALSE(network_.ports_asked[0].tcp_auto);
}

TEST_F(EngineTest, DisableTcpautoLeavesAnExplicitPortAlone) {
  network_.port_errors[5000] = {ErrorCode::kAddressInUse, "in use"};
  Configure([](control::Configure& configure) {
    configure.set_disable_tcpauto(true);
    configure.set_bind_address(0x0A000001);
    configure.set_bind_port(5000);
  });
  ASSERT_EQ(network_.ports_asked.size(), 2u);
  EXPECT_EQ(network_.ports_asked[0].bind, (Endpoint{{0x0A000001}, 5000}));
  EXPECT_TRUE(network_.ports_asked[0].listen_tcp);
  EXPECT_FALSE(network_.ports_asked[0].tcp_auto);
  // The random port that would take its place is what has been forbidden.
  EXPECT_FALSE(network_.ports_asked[1].listen_tcp);
}

TEST_F(EngineTest, AccountsShareWhatIsKnownOfThePort) {
  Configure();
  Login("james_bond");
  Login("moneypenny");
  const auto share = network_.peers.at("james_bond")->settings.share;
  EXPECT_NE(share, nullptr);
  EXPECT_EQ(share, network_.peers.at("moneypenny")->settings.share);
}

// It has given up for the moment and tries again by itself (peer/attachment.h).
TEST_F(EngineTest, AnAccountThatIsLoggedOutMayComeBackByItself) {
  Configure();
  Login("james_bond");
  Said();
  FakePeer& peer = *network_.peers.at("james_bond");
  peer.Become(LoginState::kLoggedOut, "no supernode could be reached");
  peer.Become(LoginState::kConnectingToP2p);
  peer.Become(LoginState::kLoggedIn);
  EXPECT_THAT(Said(), ElementsAre("james_bond is 1 no supernode could be reached",
                                  "james_bond is 3", "james_bond is 7"));
  EXPECT_EQ(peer.log, "in ");
}

TEST_F(EngineTest, AnAddressThatCannotBeBoundIsTheAccountsReason) {
  network_.port_errors[0] = {ErrorCode::kAddressNotAvailable, "not of this host"};
  Configure([](control::Configure& configure) { configure.set_bind_address(0x0A000001); });
  Login("james_bond");
  EXPECT_THAT(Said(),
              ElementsAre("hello", "james_bond is 1 cannot bind 10.0.0.1: not of this host"));
  EXPECT_THAT(exits_, IsEmpty());
}

}  // namespace
}  // namespace sfa::engine
