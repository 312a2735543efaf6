// The community in a simulated world: logins and calls through links and NATs.
#include <gtest/gtest.h>

#include "fake_skype_network/login_server.h"
#include "fake_skype_network/supernode.h"
#include "fake_skype_network/test_disk.h"
#include "fake_skype_network/test_person.h"
#include "network_sim/site.h"

namespace sfa::community {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class NoProcesses final : public Processes {
 public:
  Result<std::unique_ptr<ChildProcess>> Launch(const LaunchRequest&, ProcessHandler&) override {
    return Error{ErrorCode::kNotFound, "nothing to launch"};
  }
};
class NoLog final : public Log {
 public:
  void Write(LogLevel, std::string_view, std::string_view) override {}
};

std::array<uint8_t, 32> TestSeed() {
  std::array<uint8_t, 32> seed;
  std::copy_n(peer::kTestNetworkSeed, seed.size(), seed.begin());
  return seed;
}

// The built-in network: a login server and the seven nodes that every client knows.
class World {
 public:
  explicit World(uint64_t seed) : simulation_({seed, sim::ClockKind::kVirtual, kStart}) {
    LoginServerSettings login;
    login.listen = {Ipv4Address::Of(198, 51, 100, 100), 33033};
    login.database = "/accounts.sqlite";
    login.root_seed = TestSeed();
    login_server_ = std::move(
        NewLoginServer(Process(network_.AddPublicHost("login", login.listen.address)), login)
            .value());
    Add({"james_bond", "shaken", AccountKind::kBusiness, "James Bond"});
    Add({"austin_powers", "shagadelic", AccountKind::kRegular, "Austin Powers"});
    for (const Endpoint& node : peer::BuiltInNetwork().bootstrap_nodes) {
      SupernodeSettings settings;
      settings.name = "node" + std::to_string(node.address.value & 0xFF);
      settings.listen = node;
      settings.login_server = login.listen;
      settings.root_seed = TestSeed();
      nodes_.push_back(std::move(
          NewSupernode(Process(network_.AddPublicHost(settings.name, node.address)), settings)
              .value()));
    }
    RunFor(seconds(1));
  }

  void Add(const Account& account) { EXPECT_TRUE(login_server_->AddAccount(account).ok()); }
  void AddSite(const std::string& name, const std::optional<sim::NatSettings>& nat,
               const sim::LinkSettings& link = {}) {
    network_.AddSite({name, nat, link, link});
  }
  TestPerson& AddPerson(const std::string& site, ClientSettings settings) {
    settings.network = peer::BuiltInNetwork();
    settings.voice_seed = simulation_.SeedFor(settings.user);
    persons_.push_back(std::make_unique<TestPerson>(Process(network_.AddHost(site, settings.user)),
                                                    std::move(settings)));
    return *persons_.back();
  }
  void RunFor(Duration duration) { simulation_.RunUntil(simulation_.Now() + duration); }
  MonotonicTime Now() const { return simulation_.Now(); }
  size_t UsersOnline() const {
    size_t users = 0;
    for (const auto& node : nodes_) users += node->users_here();
    return users;
  }
  sim::Network& network() { return network_; }

 private:
  static constexpr WallTime kStart{std::chrono::seconds(1275350400)};  // 2010-06-01

  Runtime& Process(sim::Host& host) {
    processes_.push_back(host.NewProcess("process", disk_, nothing_, log_));
    return *processes_.back();
  }

  sim::Simulation simulation_;
  sim::Network network_{simulation_, ""};
  TestDisk disk_;
  NoProcesses nothing_;
  NoLog log_;
  std::vector<std::unique_ptr<Runtime>> processes_;
  std::unique_ptr<LoginServer> login_server_;
  std::vector<std::unique_ptr<Supernode>> nodes_;
  std::vector<std::unique_ptr<TestPerson>> persons_;
};

sim::NatSettings LinuxMasquerade() {
  sim::NatSettings nat;
  nat.linux_masquerade = true;
  return nat;
}
sim::NatSettings PortRestrictedCone() { return {}; }

using Diary = std::vector<std::string>;

// Bond behind one NAT, Austin behind another.
struct TwoNats {
  explicit TwoNats(uint64_t seed, Duration answer_after = seconds(3)) : world(seed) {
    world.AddSite("office", LinuxMasquerade());
    world.AddSite("home", PortRestrictedCone(),
                  {.delay = milliseconds(20), .jitter = milliseconds(3)});
    ClientSettings settings;
    settings.user = "james_bond";
    settings.password = "shaken";
    settings.answer_after = answer_after;
    bond = &world.AddPerson("office", settings);
    settings.user = "austin_powers";
    settings.password = "shagadelic";
    austin = &world.AddPerson("home", settings);
    (*bond)->LogIn();
    (*austin)->LogIn();
    world.RunFor(seconds(10));
  }
  World world;
  TestPerson* bond;
  TestPerson* austin;
};

TEST(CommunityNetworkTest, LoginThroughNats) {
  TwoNats two(1);
  const Diary states = {"login Connecting to P2P Network", "login Connecting to Server",
                        "login Logging In", "login Initializing", "login Logged In"};
  EXPECT_EQ(two.bond->diary, states);
  EXPECT_EQ(two.austin->diary, states);
  EXPECT_EQ(two.world.UsersOnline(), 2u);
}

TEST(CommunityNetworkTest, CallThroughTwoNats) {
  TwoNats two(1);
  TestPerson& austin = *two.austin;
  TestPerson& bond = *two.bond;
  austin->CallUser("james_bond");
  two.world.RunFor(seconds(10));
  ASSERT_TRUE(austin.Saw("answered PCMU")) << testing::PrintToString(austin.diary);
  austin->SendDigits("42#");
  bond->SendDigits("7");
  two.world.RunFor(seconds(10));
  austin->HangUp();
  two.world.RunFor(seconds(2));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "answered PCMU", "digit 7 100", "ended normal"}));
  EXPECT_EQ(bond.Calls(), (Diary{"incoming austin_powers Austin Powers", "answered PCMU",
                                 "digit 4 100", "digit 2 100", "digit # 100", "ended normal"}));
  EXPECT_GE(Heard(austin, bond).correlation, 0.9);
  EXPECT_GE(Heard(bond, austin).correlation, 0.9);
  EXPECT_NE(austin->statistics().path.local_kind, path::CandidateKind::kHost);
  EXPECT_EQ(austin->statistics().packets_lost, 0u);
  EXPECT_GE(austin->statistics().round_trip, milliseconds(60));
  EXPECT_EQ(two.world.UsersOnline(), 2u);
  austin->LogOut();
  bond->LogOut();
  two.world.RunFor(seconds(2));
  EXPECT_EQ(two.world.UsersOnline(), 0u);
}

TEST(CommunityNetworkTest, HangUpByTheCalleeAndAnotherCallTheOtherWay) {
  TwoNats two(2, seconds(0));
  (*two.austin)->CallUser("james_bond");
  two.world.RunFor(seconds(10));
  (*two.bond)->HangUp();
  two.world.RunFor(seconds(2));
  EXPECT_EQ(two.austin->Calls().back(), "ended normal");
  (*two.bond)->CallUser("austin_powers");
  two.world.RunFor(seconds(10));
  EXPECT_EQ(two.austin->Calls().back(), "answered PCMU");
  EXPECT_GE(Heard(*two.bond, *two.austin).correlation, 0.9);
}

TEST(CommunityNetworkTest, NeighboursBehindOneNatTalkDirectly) {
  World world(3);
  world.AddSite("office", LinuxMasquerade());
  ClientSettings settings;
  settings.user = "james_bond";
  settings.password = "shaken";
  settings.answer_after = seconds(0);
  TestPerson& bond = world.AddPerson("office", settings);
  settings.user = "austin_powers";
  settings.password = "shagadelic";
  TestPerson& austin = world.AddPerson("office", settings);
  bond->LogIn();
  austin->LogIn();
  world.RunFor(seconds(10));
  austin->CallUser("james_bond");
  world.RunFor(seconds(10));
  EXPECT_EQ(austin.Calls().back(), "answered PCMU");
  EXPECT_EQ(austin->statistics().path.local_kind, path::CandidateKind::kHost);
}

TEST(CommunityNetworkTest, SymmetricNatsAreRelayed) {
  World world(4);
  sim::NatSettings symmetric;
  symmetric.mapping = sim::NatMapping::kAddressAndPortDependent;
  symmetric.ports = sim::NatPortAssignment::kRandom;
  world.AddSite("office", symmetric);
  world.AddSite("home", symmetric);
  ClientSettings settings;
  settings.user = "james_bond";
  settings.password = "shaken";
  settings.answer_after = seconds(1);
  TestPerson& bond = world.AddPerson("office", settings);
  settings.user = "austin_powers";
  settings.password = "shagadelic";
  TestPerson& austin = world.AddPerson("home", settings);
  bond->LogIn();
  austin->LogIn();
  world.RunFor(seconds(10));
  austin->CallUser("james_bond");
  world.RunFor(seconds(10));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "answered PCMU"}));
  EXPECT_STREQ(austin->statistics().path.name(), "relay");
}

// The same seed, the same sights at the same instants, to the nanosecond.
TEST(CommunityNetworkTest, SameSeedSameSights) {
  const auto record = [](uint64_t seed) {
    TwoNats two(seed);
    (*two.austin)->CallUser("james_bond");
    two.world.RunFor(seconds(8));
    (*two.bond)->SendDigits("12");
    two.world.RunFor(seconds(2));
    (*two.austin)->HangUp();
    two.world.RunFor(seconds(1));
    std::vector<std::pair<int64_t, std::string>> sights;
    for (const TestPerson* person : {two.bond, two.austin}) {
      for (size_t i = 0; i < person->diary.size(); ++i) {
        sights.emplace_back(person->times[i].time_since_epoch().count(), person->diary[i]);
      }
    }
    return std::pair(sights, (*two.austin)->audio().heard);
  };
  const auto first = record(5);
  EXPECT_EQ(first, record(5));
  EXPECT_NE(first.second, record(6).second);
}

}  // namespace
}  // namespace sfa::community
