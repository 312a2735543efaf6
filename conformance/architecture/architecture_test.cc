// Two rules over all sources: no include points up the table of rooms, and the outside world is
// touched through the runtime only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "conformance/architecture/source_text.h"

namespace sfa::conformance {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

struct Rule {
  std::string prefix;  // of the path from the root
  std::string reason;
};

// What each folder may include beside itself; the first prefix that fits decides.
struct Room {
  std::string prefix;
  std::vector<std::string> may_use;
};
const std::vector<Room>& Rooms() {
  static const std::vector<Room> rooms = {
      {"reference_impl/runtime/", {}},
      {"reference_impl/protocol/", {"reference_impl/runtime/"}},
      {"reference_impl/", {"reference_impl/"}},
      {"fake_skype_network/", {"reference_impl/runtime/", "reference_impl/protocol/"}},
      {"network_sim/", {"reference_impl/runtime/"}},
      {"asterisk_harness/", {"reference_impl/"}},
      {"reports/", {"conformance/results/", "reference_impl/runtime/"}},
      // The program joins the rooms, the reports among them.
      {"conformance/command_line/",
       {"reference_impl/", "fake_skype_network/", "network_sim/", "asterisk_harness/",
        "conformance/", "reports/"}},
      // Stands alone, because the reports build on it.
      {"conformance/results/", {"reference_impl/runtime/"}},
      {"conformance/",
       {"reference_impl/", "fake_skype_network/", "network_sim/", "asterisk_harness/",
        "conformance/"}},
  };
  return rooms;
}

// A test of a world may hold what the worlds are joined from; it is not part of the room.
bool IsTest(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  return name.find("_test.") != std::string::npos || name.find("_bed.h") != std::string::npos ||
         name.rfind("test_", 0) == 0;
}

// Edges of the platform that touch the real world, each with its reason.
const std::vector<Rule>& Edges() {
  static const std::vector<Rule> edges = {
      {"reference_impl/runtime/", "the seam itself"},
      {"reference_impl/chan_skype/chan_skype_adapter.", "lives inside Asterisk and its threads"},
      {"reference_impl/res_skypeforasterisk/res_skypeforasterisk_adapter.",
       "lives inside Asterisk and its threads"},
      {"reference_impl/res_skypeforasterisk/res_glue.",
       "the adapter's C++ half: Asterisk's thread "
       "waits for the core's when loading and unloading"},
      {"reference_impl/skypeforasterisk/main.cc", "the deployed program's entry: log and exit"},
      {"network_sim/event_heap.", "under the real clock, paces the world by the machine's clock"},
      {"network_sim/inbox.",
       "under the real clock, other threads' frames and tasks wake the world"},
      {"network_sim/simulation.", "under the real clock, measures how late the world runs"},
      {"network_sim/ethernet_door", "reads and writes a TAP device"},
      {"network_sim/capture", "writes capture files"},
      {"network_sim/bench/cpu_time.", "the yardstick is the processor's time, not the world's"},
      {"asterisk_harness/real/", "drives a real Asterisk: processes, mounts, namespaces"},
      {"conformance/command_line/", "the program: arguments, terminal, output folders"},
      {"conformance/judges/nat/kernel_nat.", "writes packets to TUN devices and reads them"},
      {"conformance/judges/nat/network_namespace.", "makes namespaces, starts programs in them"},
      {"conformance/host/", "the program's files and child processes, in one place"},
      {"reports/store", "writes the result store"},
  };
  return edges;
}

const std::set<std::string>& ForbiddenIncludes() {
  static const std::set<std::string> includes = {
      "<thread>",       "<fstream>",    "<filesystem>", "<random>",
      "<sys/socket.h>", "<unistd.h>",   "<fcntl.h>",    "<poll.h>",
      "<sys/wait.h>",   "<spawn.h>",    "<pthread.h>",  "<sys/epoll.h>",
      "<ifaddrs.h>",    "<sys/stat.h>", "<future>",     "<condition_variable>"};
  return includes;
}
const std::set<std::string>& ForbiddenWords() {
  static const std::set<std::string> words = {"system_clock",
                                              "steady_clock",
                                              "high_resolution_clock",
                                              "jthread",
                                              "this_thread",
                                              "thread_local",
                                              "random_device",
                                              "mt19937",
                                              "mt19937_64",
                                              "ofstream",
                                              "ifstream",
                                              "fstream",
                                              "default_random_engine",
                                              "filesystem"};
  return words;
}
const std::set<std::string>& ForbiddenCalls() {
  static const std::set<std::string> functions = {"socket",
                                                  "socketpair",
                                                  "open",
                                                  "openat",
                                                  "creat",
                                                  "fopen",
                                                  "mkstemp",
                                                  "mkdtemp",
                                                  "unlink",
                                                  "fork",
                                                  "vfork",
                                                  "execv",
                                                  "execve",
                                                  "execvp",
                                                  "execl",
                                                  "execlp",
                                                  "posix_spawn",
                                                  "system",
                                                  "popen",
                                                  "getrandom",
                                                  "rand",
                                                  "srand",
                                                  "random",
                                                  "drand48",
                                                  "sleep",
                                                  "usleep",
                                                  "nanosleep",
                                                  "time",
                                                  "clock",
                                                  "clock_gettime",
                                                  "gettimeofday",
                                                  "pthread_create",
                                                  "getifaddrs",
                                                  "waitpid",
                                                  "poll",
                                                  "select",
                                                  "getenv",
                                                  "localtime",
                                                  "randombytes_buf",
                                                  "randombytes_random",
                                                  "randombytes_uniform",
                                                  "crypto_box_keypair",
                                                  "crypto_kx_keypair",
                                                  "crypto_sign_keypair",
                                                  "async"};
  return functions;
}

struct Source {
  std::string path;  // from the root
  std::string code;
};

std::string ReadText(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<Source> AllSources() {
  std::vector<Source> sources;
  const fs::path root(SFA_SOURCE_ROOT);
  for (const char* room : {"reference_impl", "fake_skype_network", "network_sim",
                           "asterisk_harness", "conformance", "reports"}) {
    if (!fs::exists(root / room)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / room)) {
      const std::string extension = entry.path().extension();
      if (extension != ".h" && extension != ".cc" && extension != ".c") continue;
      sources.push_back({fs::relative(entry.path(), root).string(),
                         WithoutCommentsAndLiterals(ReadText(entry.path()))});
    }
  }
  std::sort(sources.begin(), sources.end(),
            [](const Source& a, const Source& b) { return a.path < b.path; });
  return sources;
}

bool Begins(const std::string& text, const std::string& prefix) {
  return text.rfind(prefix, 0) == 0;
}

// Where an include of one of ours lies from the root; "" for other people's headers.
std::string PlaceOf(const std::string& include) {
  for (const char* room : {"reference_impl/", "fake_skype_network/", "network_sim/",
                           "asterisk_harness/", "conformance/", "reports/"}) {
    if (Begins(include, room)) return include;
  }
  for (const char* part : {"runtime/", "protocol/", "skypeforasterisk/", "res_skypeforasterisk/",
                           "chan_skype/", "codec_g729a/", "register/"}) {
    if (Begins(include, part)) return "reference_impl/" + include;
  }
  return "";
}

std::string At(const std::string& path, const Finding& finding) {
  return path + ":" + std::to_string(finding.line) + ": " + finding.what;
}

std::vector<std::string> IncludesThatPointUp(const Source& source) {
  std::vector<std::string> found;
  if (IsTest(source.path)) return found;
  const auto room = std::find_if(Rooms().begin(), Rooms().end(), [&](const Room& candidate) {
    return Begins(source.path, candidate.prefix);
  });
  for (const Finding& include : Includes(source.code)) {
    const std::string place = PlaceOf(include.what);
    const bool climbs =
        Begins(include.what, "../") || include.what.find("/../") < std::string::npos;
    bool allowed = place.empty();
    if (room != Rooms().end() && Begins(place, room->prefix)) allowed = true;
    if (room != Rooms().end()) {
      for (const std::string& use : room->may_use) allowed = allowed || Begins(place, use);
    }
    if (!allowed || climbs) found.push_back(At(source.path, include));
  }
  return found;
}

std::vector<std::string> TouchesTheWorld(const Source& source) {
  std::vector<Finding> findings = Words(source.code, ForbiddenWords());
  for (const Finding& call : Calls(source.code, ForbiddenCalls())) findings.push_back(call);
  for (const Finding& use : SimulationConditionals(source.code)) findings.push_back(use);
  for (const Finding& include : Includes(source.code)) {
    if (ForbiddenIncludes().count(include.what) > 0) findings.push_back(include);
  }
  std::vector<std::string> found;
  found.reserve(findings.size());
  for (const Finding& finding : findings) found.push_back(At(source.path, finding));
  return found;
}

TEST(Architecture, NoIncludePointsUpTheTableOfRooms) {
  const auto sources = AllSources();
  ASSERT_GT(sources.size(), 50u) << "the sources were not found";
  for (const Source& source : sources) {
    EXPECT_THAT(IncludesThatPointUp(source), IsEmpty());
  }
}

TEST(Architecture, OnlyTheRuntimeAndTheEdgesTouchTheWorld) {
  for (const Source& source : AllSources()) {
    const bool edge = std::any_of(Edges().begin(), Edges().end(), [&](const Rule& rule) {
      return Begins(source.path, rule.prefix);
    });
    if (edge || IsTest(source.path)) continue;
    EXPECT_THAT(TouchesTheWorld(source), IsEmpty());
  }
}

// The rules can fail: each forbidden thing is found, and its harmless neighbours are not.
TEST(Architecture, FindsWhatItLooksFor) {
  const auto touches = [](const std::string& text) {
    return TouchesTheWorld({"x.cc", WithoutCommentsAndLiterals(text)});
  };
  EXPECT_THAT(touches("auto t = std::chrono::steady_clock::now();\n"),
              ElementsAre("x.cc:1: steady_clock"));
  EXPECT_THAT(touches("\nint fd = ::open(path, 0);\n"), ElementsAre("x.cc:2: open()"));
  EXPECT_THAT(touches("if (x) return fork();"), ElementsAre("x.cc:1: fork()"));
  EXPECT_THAT(touches("return ::socket(1, 2, 3);"), ElementsAre("x.cc:1: socket()"));
  EXPECT_THAT(touches("x = std::rand();"), ElementsAre("x.cc:1: rand()"));
  EXPECT_THAT(touches("#include <thread>\n"), ElementsAre("x.cc:1: <thread>"));
  EXPECT_THAT(touches("#ifdef SFA_SIMULATION\n#endif\n"),
              ElementsAre("x.cc:1: #ifdef SFA_SIMULATION"));
  EXPECT_THAT(touches("// open(path)\n/* fork() */ char c[] = \"rand()\"; n = 1'000;"), IsEmpty());
  EXPECT_THAT(touches("file.open(); stream->open(); bool open() const; store::open(x);"),
              IsEmpty());
  EXPECT_THAT(touches("R\"(\" fork() )\"; int reopen(int);"), IsEmpty());

  const auto points_up = [](const std::string& path, const std::string& text) {
    return IncludesThatPointUp({path, WithoutCommentsAndLiterals(text)});
  };
  EXPECT_THAT(points_up("network_sim/nat.cc", "#include \"protocol/stun/message.h\"\n"),
              ElementsAre("network_sim/nat.cc:1: protocol/stun/message.h"));
  EXPECT_THAT(points_up("reference_impl/runtime/x.cc", "#include \"network_sim/site.h\"\n"),
              ElementsAre("reference_impl/runtime/x.cc:1: network_sim/site.h"));
  EXPECT_THAT(points_up("network_sim/nat.cc", "#include \"../reports/html.h\"\n"),
              ElementsAre("network_sim/nat.cc:1: ../reports/html.h"));
  EXPECT_THAT(points_up("network_sim/nat.cc", "#include \"runtime/time.h\"\n"), IsEmpty());
}

}  // namespace
}  // namespace sfa::conformance
