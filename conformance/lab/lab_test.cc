// Labs as their users meet them: brought up by the program, driven by its clients and by a plain
// manager connection, taken down, and nothing is left of them.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "conformance/host/children.h"
#include "conformance/host/files.h"

namespace sfa::conformance {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;

constexpr char kScenario[] = SFA_SOURCE_ROOT "/scenarios/incoming-call-two-nats.yaml";
constexpr auto kLong = std::chrono::seconds(20);
constexpr int kCannotTell = 3;

// Standard output only, or with the error output.
ChildResult Program(const std::string& arguments, bool with_errors = true) {
  return RunChild({"sh", "-c",
                   "\"$0\" --source-root \"$1\" " + arguments + (with_errors ? " 2>&1" : ""),
                   SFA_PROGRAM, SFA_SOURCE_ROOT});
}

json Parsed(const std::string& text) { return json::parse(text, nullptr, false); }

// The objects of lines.
std::vector<json> Lines(const std::string& text) {
  std::vector<json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(Parsed(line));
  return lines;
}

bool Saw(const ChildResult& client, const std::string& what) {
  for (const json& line : Lines(client.output)) {
    if (line.is_object() && line.value("what", "") == what) return true;
  }
  return false;
}

// A manager client that knows nothing of us.
class PlainManager {
 public:
  explicit PlainManager(int port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<uint16_t>(port));
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  ~PlainManager() { close(socket_); }

  bool connected() const { return connected_; }
  void Say(const std::string& text) const {
    EXPECT_EQ(send(socket_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // Reads until all of that has been heard.
  bool Hear(const std::string& text) {
    const auto deadline = Clock::now() + kLong;
    while (heard_.find(text) == std::string::npos && Clock::now() < deadline) {
      pollfd waiting{socket_, POLLIN, 0};
      if (poll(&waiting, 1, 1000) <= 0) continue;
      char buffer[4096];
      const ssize_t count = recv(socket_, buffer, sizeof buffer, 0);
      if (count <= 0) return false;
      heard_.append(buffer, static_cast<size_t>(count));
    }
    return heard_.find(text) != std::string::npos;
  }
  const std::string& heard() const { return heard_; }

 private:
  const int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool connected_ = false;
  std::string heard_;
};

class LabTest : public testing::Test {
 protected:
  ~LabTest() override {
    if (up_) Program("lab down --dir " + dir_);
  }

  // Its doors; skips the test when this machine cannot do it.
  void Up(const std::string& more) {
    const ChildResult up =
        Program("lab up " + std::string(kScenario) + " --dir " + dir_ + ' ' + more, false);
    if (up.exit_code == kCannotTell) {
      const ChildResult why =
          Program("lab up " + std::string(kScenario) + " --dir " + dir_ + ' ' + more + " ; true");
      if (why.output.find("did not start") == std::string::npos) GTEST_SKIP() << why.output;
    }
    ASSERT_EQ(up.exit_code, 0) << up.output;
    up_ = true;
    doors_ = Parsed(up.output);
    ASSERT_TRUE(doors_.is_object()) << up.output;
  }
  ChildResult Client(const std::string& arguments, bool with_errors = false) {
    return Program("client --dir " + dir_ + ' ' + arguments, with_errors);
  }
  json StatusNow() { return Parsed(Program("lab status --dir " + dir_, false).output); }

  // The lab's process, the Asterisk with what made its namespaces.
  std::vector<int> Processes() {
    std::vector<int> found = {StatusNow().value("pid", 0)};
    if (doors_["asterisk_pid"].is_number()) {
      for (int pid = doors_["asterisk_pid"]; pid > 1 && found.size() < 4; pid = ParentOf(pid)) {
        found.push_back(pid);
      }
    }
    return found;
  }
  static int ParentOf(int pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; status >> word;) {
      int parent = 0;
      if (word == "PPid:" && status >> parent) return parent;
    }
    return 0;
  }
  // One that has ended and that its parent, process 1, has not looked at yet does not run.
  static bool Runs(int pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; status >> word;) {
      if (word == "State:" && status >> word) return word != "Z" && word != "X";
    }
    return false;
  }
  static void ExpectGone(const std::vector<int>& processes) {
    for (const int pid : processes) {
      ASSERT_GT(pid, 1);
      EXPECT_FALSE(Runs(pid)) << "process " << pid << " is left";
    }
  }
  static std::string Mounts() {
    std::ifstream mounts("/proc/self/mounts");
    return {std::istreambuf_iterator<char>(mounts), {}};
  }

  const TemporaryDirectory folder_;
  const std::string dir_ = folder_.path() + "/lab";
  json doors_;
  bool up_ = false;
};

TEST_F(LabTest, SimulatedOneIsDrivenByItsClients) {
  Up("--on sim");
  EXPECT_TRUE(doors_["asterisk_pid"].is_null());
  EXPECT_EQ(StatusNow()["state"], "running");
  EXPECT_EQ(StatusNow()["people"][0]["name"], "austin_powers");

  // A second one in the same folder is refused, and the first one lives on.
  const ChildResult again =
      Program("lab up " + std::string(kScenario) + " --dir " + dir_ + " --on sim");
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.output, HasSubstr("a lab is running in " + dir_));

  // An account may take a moment to log in.
  EXPECT_EQ(Client("--as asterisk --wait 4s 'cli skype show users'").exit_code, 0);
  const ChildResult call = Client("--as austin_powers --until answered call james_bond");
  EXPECT_EQ(call.exit_code, 0) << call.output;
  EXPECT_TRUE(StatusNow()["people"][0]["in_call"]);
  EXPECT_EQ(Client("--as austin_powers --wait 2s 'dtmf 42'").exit_code, 0);
  const ChildResult end = Client("--as austin_powers --until voice --wait 10s hangup");
  EXPECT_EQ(end.exit_code, 0) << end.output;
  EXPECT_TRUE(Saw(end, "ended"));
  EXPECT_TRUE(Saw(end, "heard"));

  // Its manager speaks to anybody, too.
  PlainManager manager(doors_["ami"]["port"]);
  ASSERT_TRUE(manager.connected());
  EXPECT_TRUE(manager.Hear("Asterisk Call Manager/"));
  manager.Say("Action: Login\r\nUsername: sfalab\r\nSecret: " +
              doors_["ami"]["secret"].get<std::string>() + "\r\n\r\n");
  EXPECT_TRUE(manager.Hear("Response: Success")) << manager.heard();
  manager.Say("Action: Ping\r\nActionID: 7\r\n\r\n");
  EXPECT_TRUE(manager.Hear("ActionID: 7")) << manager.heard();

  // One line after another, from standard input.
  const ChildResult lines = RunChild({"sh", "-c",
                                      "printf 'answer\\n\\n# nothing\\ncal x\\n' | \"$0\" client "
                                      "--dir \"$1\" --as austin_powers 2>&1",
                                      SFA_PROGRAM, dir_});
  EXPECT_EQ(lines.exit_code, 2);
  EXPECT_THAT(lines.output, HasSubstr("there is no call to answer"));
  EXPECT_THAT(lines.output, HasSubstr("did you mean 'call'?"));
  EXPECT_EQ(Client("--as austin_powers answer").exit_code, 1);
  const ChildResult stranger = Client("--as austin_power hangup", true);
  EXPECT_EQ(stranger.exit_code, 2);
  EXPECT_THAT(stranger.output, HasSubstr("did you mean 'austin_powers'?"));

  const std::vector<int> processes = Processes();
  EXPECT_EQ(Program("lab down --dir " + dir_).exit_code, 0);
  ExpectGone(processes);
  EXPECT_FALSE(fs::exists(dir_));
  EXPECT_EQ(StatusNow()["state"], "none");
  EXPECT_EQ(Program("lab down --dir " + dir_).exit_code, 2);
  EXPECT_EQ(Client("--as austin_powers hangup", true).exit_code, kCannotTell);
}

TEST_F(LabTest, AKilledOneIsToldAndTidiedUp) {
  Up("--on sim");
  const int pid = StatusNow()["pid"];
  ASSERT_EQ(kill(pid, SIGKILL), 0);
  const auto deadline = Clock::now() + kLong;
  while (StatusNow()["state"] == "running" && Clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(StatusNow()["state"], "killed");
  EXPECT_EQ(Program("lab status --dir " + dir_).exit_code, 1);
  const ChildResult down = Program("lab down --dir " + dir_);
  EXPECT_EQ(down.exit_code, 0) << down.output;
  EXPECT_THAT(down.output, HasSubstr("had ended already (it was killed)"));
  EXPECT_FALSE(fs::exists(dir_));
  // And its folder is free for another one.
  ASSERT_NO_FATAL_FAILURE(Up("--on sim"));
  EXPECT_EQ(StatusNow()["state"], "running");
}

TEST_F(LabTest, TwoStandSideBySideAndAFolderMayBeRelativeAndWasThere) {
  Up("--on sim");
  const std::string other = folder_.path() + "/other";
  ASSERT_TRUE(WriteFile(other + "/mine.txt", "mine").ok());
  const std::string there = "cd " + folder_.path() + " && \"$0\" --source-root \"$1\" ";
  const auto run = [&](const std::string& arguments) {
    return RunChild({"sh", "-c", there + arguments, SFA_PROGRAM, SFA_SOURCE_ROOT});
  };
  const ChildResult up = run("lab up " + std::string(kScenario) + " --dir other --on sim");
  EXPECT_EQ(up.exit_code, 0);
  EXPECT_NE(Parsed(up.output)["community"]["api"], doors_["community"]["api"]);
  EXPECT_EQ(run("lab down --dir other").exit_code, 0);
  EXPECT_EQ(StatusNow()["state"], "running");
  // What was there before stays.
  const auto left = ListFiles(other, "");
  ASSERT_TRUE(left.ok());
  EXPECT_THAT(*left, testing::ElementsAre("mine.txt"));
}

TEST_F(LabTest, BadInputIsToldWithItsPlaceAndNothingIsStarted) {
  const std::string broken = folder_.path() + "/broken.yaml";
  ASSERT_TRUE(WriteFile(broken, "scenario: broken\nsummry: x\n").ok());
  const ChildResult up = Program("lab up " + broken + " --on sim --dir " + dir_);
  EXPECT_EQ(up.exit_code, 2);
  EXPECT_THAT(up.output, HasSubstr(broken + ":2:1: unknown key 'summry'"));
  EXPECT_FALSE(fs::exists(dir_));
  const std::string scenario = kScenario;
  EXPECT_EQ(Program("lab up " + scenario + " --on sim --dir /dev/null/x").exit_code, 2);
  EXPECT_EQ(Program("lab up " + scenario + " --on sim --dir " + dir_ + " --etc /none").exit_code,
            2);
  EXPECT_THAT(Program("lab up " + scenario).output, HasSubstr("--dir is required"));
  EXPECT_THAT(Program("lab").output, HasSubstr("'lab' takes up, status, down"));
  EXPECT_THAT(Program("lab upp").output, HasSubstr("'lab' takes up, status, down"));
}

TEST_F(LabTest, RealAsteriskIsReachedByAnyManagerClientAndNothingIsLeft) {
  const std::string mounts = Mounts();
  const std::string etc = folder_.path() + "/etc";
  ASSERT_TRUE(WriteFile(etc + "/manager.conf",
                        "[general]\nenabled = no\n[alice]\nsecret = wonder\nread = all\n"
                        "write = all\n")
                  .ok());
  ASSERT_TRUE(WriteFile(etc + "/extensions.conf",
                        "[demo]\nexten => 007,1,Answer()\nexten => 007,n,Read(got,,3)\n"
                        "exten => 007,n,UserEvent(Digits,Got: ${got})\nexten => 007,n,Echo()\n")
                  .ok());
  Up("--on asterisk-22 --etc " + etc);
  if (!up_) return;
  const std::vector<int> processes = Processes();
  ASSERT_EQ(processes.size(), 4u);

  PlainManager manager(doors_["ami"]["port"]);
  ASSERT_TRUE(manager.connected());
  EXPECT_TRUE(manager.Hear("Asterisk Call Manager/"));
  manager.Say("Action: Login\r\nUsername: " + doors_["ami"]["username"].get<std::string>() +
              "\r\nSecret: " + doors_["ami"]["secret"].get<std::string>() + "\r\n\r\n");
  EXPECT_TRUE(manager.Hear("Message: Authentication accepted"));
  // A user of one's own configuration.
  PlainManager alice(doors_["ami"]["port"]);
  alice.Say("Action: Login\r\nUsername: alice\r\nSecret: wonder\r\n\r\n");
  EXPECT_TRUE(alice.Hear("Message: Authentication accepted"));
  // The secret is the lab's own.
  PlainManager stranger(doors_["ami"]["port"]);
  stranger.Say("Action: Login\r\nUsername: sfalab\r\nSecret: sfalab\r\n\r\n");
  EXPECT_TRUE(stranger.Hear("Message: Authentication failed"));

  // The account logs in within some seconds, then a person calls and dials.
  EXPECT_TRUE(Client("--as asterisk --wait 5s 'cli skype show users'").exit_code == 0);
  const ChildResult call = Client("--as austin_powers --until answered call james_bond");
  ASSERT_EQ(call.exit_code, 0) << call.output;
  EXPECT_EQ(Client("--as austin_powers 'dtmf 427'").exit_code, 0);
  EXPECT_TRUE(manager.Hear("Got: 427")) << manager.heard();
  EXPECT_EQ(Client("--as austin_powers --until ended hangup").exit_code, 0);

  // The other way round, by the manager.
  manager.Say(
      "Action: Originate\r\nChannel: Skype/james_bond@austin_powers\r\nContext: demo\r\nExten: "
      "007\r\n"
      "Priority: 1\r\nCallerID: james_bond\r\nAsync: true\r\nActionID: ring\r\n\r\n");
  const auto deadline = Clock::now() + kLong;
  while (!StatusNow()["people"][0]["in_call"] && Clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(Client("--as austin_powers reject").exit_code, 0);
  EXPECT_TRUE(manager.Hear("OriginateResponse")) << manager.heard();

  // The console, as printed.
  std::vector<std::string> console = doors_["console"];
  console.insert(console.end(), {"-x", "core show version"});
  EXPECT_THAT(RunChild(console).output, HasSubstr("Asterisk 22"));
  EXPECT_TRUE(fs::exists(doors_["root"].get<std::string>() + "/etc/asterisk/chan_skype.conf"));

  EXPECT_EQ(Program("lab down --dir " + dir_).exit_code, 0);
  ExpectGone(processes);
  EXPECT_FALSE(fs::exists(dir_));
  EXPECT_EQ(Mounts(), mounts);
}

TEST_F(LabTest, AKilledOneTakesItsAsteriskAlong) {
  Up("--on asterisk-22");
  if (!up_) return;
  const std::vector<int> processes = Processes();
  ASSERT_EQ(processes.size(), 4u);
  ASSERT_EQ(kill(processes[0], SIGKILL), 0);
  const ChildResult down = Program("lab down --dir " + dir_);
  EXPECT_EQ(down.exit_code, 0) << down.output;
  ExpectGone(processes);
  EXPECT_FALSE(fs::exists(dir_));
}

TEST_F(LabTest, AnAsteriskThatIsStoppedEndsItsLab) {
  Up("--on asterisk-22");
  if (!up_) return;
  std::vector<std::string> console = doors_["console"];
  console.insert(console.end(), {"-x", "core stop now"});
  RunChild(console);
  const auto deadline = Clock::now() + std::chrono::seconds(60);
  while (StatusNow()["state"] != "ended" && Clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(StatusNow()["reason"], "Asterisk has ended");
  const ChildResult down = Program("lab down --dir " + dir_);
  EXPECT_EQ(down.exit_code, 0);
  EXPECT_THAT(down.output, HasSubstr("Asterisk has ended"));
}

}  // namespace
}  // namespace sfa::conformance
