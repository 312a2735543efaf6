// The PBX with the reference driver and the engine, in a community, on a simulated network.
#include "asterisk_harness/simulated/simulated_pbx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "asterisk_harness/operating_system/machine.h"
#include "fake_skype_network/license_authority.h"
#include "fake_skype_network/login_server.h"
#include "fake_skype_network/supernode.h"
#include "fake_skype_network/test_person.h"
#include "network_sim/site.h"
#include "protocol/license/host_id.h"
#include "skypeforasterisk/engine.h"

namespace sfa::harness {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

class RunningEngine final : public Program {
 public:
  RunningEngine(Runtime& runtime, std::unique_ptr<ByteStream> control,
                std::function<void(int)> exit)
      : engine_(engine::NewEngine(runtime, std::move(control), std::move(exit))) {}

 private:
  std::unique_ptr<engine::Engine> engine_;
};

std::array<uint8_t, 32> TestSeed() {
  std::array<uint8_t, 32> seed;
  std::copy_n(peer::kTestNetworkSeed, seed.size(), seed.begin());
  return seed;
}

// The built-in network, a person at home, and a machine with a PBX.
class World : public PbxObserver {
 public:
  explicit World(const std::string& extensions) {
    community::LoginServerSettings login;
    login.listen = {Ipv4Address::Of(198, 51, 100, 100), 33033};
    login.database = "/accounts.sqlite";
    login.root_seed = TestSeed();
    Machine& servers = NewMachineAt(network_.AddPublicHost("login", login.listen.address));
    login_ = std::move(community::NewLoginServer(Process(servers, "login"), login).value());
    Add({"james_bond", "shaken", community::AccountKind::kBusiness, "James Bond"});
    Add({"austin_powers", "shagadelic", community::AccountKind::kRegular, "Austin Powers"});
    for (const Endpoint& node : peer::BuiltInNetwork().bootstrap_nodes) {
      community::SupernodeSettings settings;
      settings.name = "node" + std::to_string(node.address.value & 0xFF);
      settings.listen = node;
      settings.login_server = login.listen;
      settings.root_seed = TestSeed();
      Machine& machine = NewMachineAt(network_.AddPublicHost(settings.name, node.address));
      nodes_.push_back(
          std::move(community::NewSupernode(Process(machine, settings.name), settings).value()));
    }
    community::ClientSettings person;
    person.user = "austin_powers";
    person.password = "shagadelic";
    person.network = peer::BuiltInNetwork();
    person.answer_after = seconds(2);
    Machine& desktop =
        NewMachineAt(network_.AddPublicHost("home", Ipv4Address::Of(203, 0, 113, 5)));
    austin = std::make_unique<community::TestPerson>(Process(desktop, "client"), person);
    pbx_machine = &NewMachineAt(network_.AddPublicHost("pbx", Ipv4Address::Of(203, 0, 113, 6)));
    pbx_machine->InstallProgram("engine",
                                [](Runtime& runtime, std::unique_ptr<ByteStream> control,
                                   std::function<void(int)> exit) -> std::unique_ptr<Program> {
                                  return std::make_unique<RunningEngine>(
                                      runtime, std::move(control), std::move(exit));
                                });
    BuyLicense();
    static constexpr uint8_t kImage[] = {'e', 'n', 'g', 'i', 'n', 'e'};
    SimulatedPbxSettings settings;
    settings.files = {{"extensions.conf", extensions},
                      {"chan_skype.conf",
                       "[general]\ndefault_user=james_bond\n[james_bond]\nsecret=shaken\n"
                       "context=demo\nexten=007\n"}};
    settings.engine_image = kImage;
    pbx = NewSimulatedPbx(Process(*pbx_machine, "asterisk"), std::move(settings), *this);
    RunFor(seconds(1));
    pbx->Start([this](const std::string& error) { start_error = error; });
    (*austin)->LogIn();
    RunFor(seconds(15));
  }

  // As an administrator ends a PBX: gracefully, until nothing of it runs.
  ~World() {
    if (!stopped_) Stop();
  }

  bool Stop() {
    pbx->Stop([this] { stopped_ = true; });
    RunFor(seconds(20));
    return stopped_;
  }

  void RunFor(Duration length) { simulation_.RunUntil(simulation_.Now() + length); }

  std::string Command(const std::string& command) {
    std::string result = "no answer";
    pbx->RunCommand(command, [&](const std::string& output) { result = output; });
    RunFor(seconds(5));
    return result;
  }
  const AmiMessage* Event(const std::string& name) const {
    for (const AmiMessage& event : events) {
      if (event.Get("Event") == name) return &event;
    }
    return nullptr;
  }
  bool EngineRuns() const {
    for (const ProcessSight& sight : pbx_machine->running()) {
      if (sight.name == "skypeforasterisk") return true;
    }
    return false;
  }
  // What a person does to understand a failure.
  std::string Log() const {
    std::string text;
    for (const std::string& line : log) text += line + "\n";
    return text;
  }

  std::string start_error = "never started";
  std::vector<AmiMessage> events;
  std::vector<std::string> log;
  Machine* pbx_machine = nullptr;

 private:
  void OnAmiEvent(const AmiMessage& event) override { events.push_back(event); }
  void OnLog(const std::string& level, const std::string& text) override {
    log.push_back(level + ": " + text);
  }
  void Add(const community::Account& account) { EXPECT_TRUE(login_->AddAccount(account).ok()); }
  void BuyLicense() {
    license::License license;
    license.key = community::KeyOf("pbx", 1);
    license.user = "James Bond";
    license.host_id = license::HostId(pbx_machine->NewProcess("register")->NetworkInterfaces());
    license.channels = 2;
    license.expires = community::kNoExpiry;
    const std::string directory = "/var/lib/asterisk/licenses";
    ASSERT_TRUE(pbx_machine->files().MakeDirectories(directory).ok());
    ASSERT_TRUE(pbx_machine->files()
                    .WriteAtomically(directory + "/" + license::FileName(license),
                                     community::LicenseAuthority().Issue(license).value(), 0644)
                    .ok());
  }
  Runtime& Process(Machine& machine, const std::string& name) {
    processes_.push_back(machine.NewProcess(name));
    return *processes_.back();
  }
  Machine& NewMachineAt(sim::Host& host) {
    machines_.push_back(
        NewMachine([&host](const std::string& name, FileSystem& files, Processes& processes,
                           class Log& out) { return host.NewProcess(name, files, processes, out); },
                   [this](const std::string& process, LogLevel, std::string_view text) {
                     log.push_back(process + ": " + std::string(text));
                   }));
    return *machines_.back();
  }

  bool stopped_ = false;
  sim::Simulation simulation_{{.seed = 3, .start = WallTime(seconds(1275350400))}};
  sim::Network network_{simulation_, ""};
  std::vector<std::unique_ptr<Machine>> machines_;
  std::vector<std::unique_ptr<Runtime>> processes_;
  std::unique_ptr<community::LoginServer> login_;
  std::vector<std::unique_ptr<community::Supernode>> nodes_;

 public:
  std::unique_ptr<community::TestPerson> austin;
  std::unique_ptr<Pbx> pbx;
};

TEST(SimulatedPbx, TakesACallAndEchoesIt) {
  World world("[demo]\nexten => 007,1,Answer()\nexten => 007,n,Echo()\n");
  ASSERT_EQ(world.start_error, "");
  ASSERT_TRUE(world.EngineRuns()) << world.Log();
  ASSERT_THAT(world.Command("skype show users"), HasSubstr("james_bond: Logged In")) << world.Log();
  ASSERT_NE(world.Event("SkypeAccountStatus"), nullptr);
  (*world.austin)->CallUser("james_bond");
  world.RunFor(seconds(8));
  ASSERT_NE(world.Event("Newchannel"), nullptr) << world.Log();
  EXPECT_EQ(world.Event("Newchannel")->Get("CallerIDNum"), "austin_powers");
  (*world.austin)->SendDigits("42");
  world.RunFor(seconds(5));
  ASSERT_NE(world.Event("DTMFEnd"), nullptr) << world.Log();
  EXPECT_EQ(world.Event("DTMFEnd")->Get("Digit"), "4");
  EXPECT_GE(community::Heard(*world.austin, *world.austin).correlation, 0.9);
  (*world.austin)->HangUp();
  world.RunFor(seconds(3));
  EXPECT_NE(world.Event("Hangup"), nullptr);
  EXPECT_THAT(world.Command("core show channels"), HasSubstr("0 active channels"));
}

TEST(SimulatedPbx, PlacesACallAndStopsWithoutLeavingAnEngine) {
  World world("[demo]\nexten => 100,1,Dial(Skype/austin_powers,20)\n");
  AmiMessage originate;
  originate.headers = {{"Action", "Originate"},
                       {"Channel", "Skype/james_bond@austin_powers"},
                       {"Application", "Echo"},
                       {"Async", "true"}};
  world.pbx->SendAction(originate, [](const std::vector<AmiMessage>&) {});
  world.RunFor(seconds(10));
  ASSERT_NE(world.Event("OriginateResponse"), nullptr) << world.Log();
  EXPECT_EQ(world.Event("OriginateResponse")->Get("Response"), "Success") << world.Log();
  EXPECT_TRUE(world.Stop());
  EXPECT_FALSE(world.EngineRuns());
}

}  // namespace
}  // namespace sfa::harness
