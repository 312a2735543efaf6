// turnutils_natdiscovery (coturn) and stun (stun-client) judge our boxes: real programs in network
// namespaces behind each kind of NAT, and a real turnserver with two addresses in another one,
// joined by a simulated network under the real clock.
//
//   namespace "home"                        world                       namespace "servers"
//   natdiscovery, stun ⇄ TAP ⇄ LAN ─ NAT ─ link ─ Internet ─ link ⇄ two TAPs ⇄ turnserver
//
// Both end with 0 whatever they find, so what they print is read. Needs root; is skipped with the
// reason otherwise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "conformance/judges/nat/network_namespace.h"
#include "network_sim/nat_kinds.h"
#include "network_sim/site.h"

namespace sfa::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

// What the two programs must find.
struct Verdict {
  std::string kind;       // as sim::NatByName() calls it
  std::string mapping;    // natdiscovery, in RFC 5780's words
  std::string filtering;  // likewise
  std::string classic;    // stun, in words near RFC 3489's
  enum class Ports { kKept, kInSequence, kRandom } ports = Ports::kKept;
  bool hairpin = false;
};
using Ports = Verdict::Ports;

std::vector<Verdict> Verdicts() {
  const std::string independent = "Endpoint Independent", address = "Address Dependent",
                    address_and_port = "Address and Port Dependent";
  const std::string kept = ", preserves ports, no hairpin", drawn = ", random port, no hairpin";
  const std::string port_restricted = "Independent Mapping, Port Dependent Filter" + kept;
  const std::string dependent = "Dependent Mapping" + drawn;
  return {
      {"full-cone", independent, independent, "Independent Mapping, Independent Filter" + kept},
      {"full-cone", independent, independent,
       "Independent Mapping, Independent Filter, preserves ports, will hairpin", Ports::kKept,
       /*hairpin=*/true},
      {"address-restricted", independent, address,
       "Independent Mapping, Address Dependent Filter" + kept},
      {"port-restricted", independent, address_and_port, port_restricted},
      {"symmetric", address_and_port, address_and_port, dependent, Ports::kRandom},
      {"symmetric-sequential", address_and_port, address_and_port, dependent, Ports::kInSequence},
      // A router that keeps ports looks endpoint-independent to who asks with one port.
      {"linux-masquerade", independent, address_and_port, port_restricted},
      {"linux-masquerade-random", address_and_port, address_and_port, dependent, Ports::kRandom},
  };
}

// The ports that natdiscovery has had outside while it looked at the mapping, and its own.
struct PortsSeen {
  std::vector<int> outside;
  int own = 0;
};
PortsSeen PortsIn(const std::string& output) {
  PortsSeen seen;
  std::istringstream lines(output.substr(0, output.find("Filtering Behavior")));
  for (std::string line; std::getline(lines, line);) {
    const int port = std::atoi(line.substr(line.rfind(':') + 1).c_str());
    if (line.find("UDP reflexive addr") != std::string::npos) seen.outside.push_back(port);
    if (line.find("Local addr") != std::string::npos) seen.own = port;
  }
  return seen;
}

void ExpectPorts(Ports ports, const PortsSeen& seen) {
  ASSERT_GE(seen.outside.size(), 2u);
  // The other program behind the same box has ports too.
  constexpr int kTakenBetween = 12;
  for (size_t i = 0; i < seen.outside.size(); ++i) {
    EXPECT_EQ(seen.outside[i] == seen.own, ports == Ports::kKept);
    if (i == 0 || ports == Ports::kKept) continue;
    const int step = seen.outside[i] - seen.outside[i - 1];
    EXPECT_EQ(step > 0 && step <= kTakenBetween, ports == Ports::kInSequence) << step;
  }
}

// A real machine of a site.
struct RealMachine {
  std::unique_ptr<NetworkNamespace> space;
  std::vector<int> taps;
  ~RealMachine() {
    for (const int tap : taps) close(tap);
  }
};

class Discovery : public testing::Test {
 protected:
  static constexpr Duration kPatience = seconds(60);

  // Adds an interface of the machine and gives it its address; what is not possible on this
  // machine skips the test.
  void Join(RealMachine& machine, const std::string& site, sim::Network::RealHost& real) {
    if (!machine.space) {
      auto made = NetworkNamespace::Make();
      if (!made.ok()) GTEST_SKIP() << made.error().message;
      machine.space = std::move(*made);
    }
    const std::string name = "sfa" + std::to_string(machine.taps.size());
    const Result<int> tap = machine.space->OpenInterface(name, NetworkNamespace::Kind::kTap);
    if (!tap.ok()) GTEST_SKIP() << tap.error().message;
    machine.taps.push_back(*tap);
    real = network_.AddRealHost(site, name, *tap);
    const std::string table = std::to_string(100 + machine.taps.size());
    // Each address speaks through its own interface.
    const Status status = machine.space->Run(
        "echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter\n"
        "echo 0 >/proc/sys/net/ipv4/conf/" +
        name +
        "/rp_filter\n"
        "echo 1 >/proc/sys/net/ipv6/conf/" +
        name +
        "/disable_ipv6\n"
        "ip link set lo up\n"
        "ip link set " +
        name +
        " up\n"
        "ip address add " +
        real.address.ToString() + "/32 dev " + name +
        "\n"
        "ip route add default dev " +
        name + " metric " + table +
        "\n"
        "ip route add default dev " +
        name + " table " + table +
        "\n"
        "ip rule add from " +
        real.address.ToString() + " table " + table + "\n");
    ASSERT_TRUE(status.ok()) << status.error().message;
  }

  void RunUntil(const std::function<bool()>& done) {
    const MonotonicTime deadline = simulation_.Now() + kPatience;
    // What programs do is no event of the world.
    while (!done() && simulation_.Now() < deadline) {
      simulation_.RunUntil(simulation_.Now() + milliseconds(5));
    }
    EXPECT_TRUE(done()) << "somebody did not finish";
  }

  // A machine with the two programs on it.
  struct Client {
    Verdict expected;
    std::unique_ptr<RealMachine> machine;
    sim::Network::RealHost real;
    std::unique_ptr<BesideProgram> natdiscovery, stun;
  };

  std::unique_ptr<BesideProgram> StartServer(const RealMachine& machine, Ipv4Address first,
                                             Ipv4Address second) {
    auto server = machine.space->Start({"turnserver", "-n", "-S", "-L", first.ToString(), "-L",
                                        second.ToString(), "--no-tls", "--no-dtls", "--no-tcp",
                                        "--no-cli", "--no-auth", "--log-file", "stdout",
                                        "--pidfile", "/dev/null", "--userdb", "/dev/null"});
    EXPECT_NE(server, nullptr);
    if (!server) return nullptr;
    RunUntil([&] { return server->Ended() || ListeningPorts(*machine.space) == 4; });
    EXPECT_FALSE(server->Ended()) << server->Output();
    return server;
  }

  static void Start(Client& client, Ipv4Address server) {
    const NetworkNamespace& space = *client.machine->space;
    client.natdiscovery = space.Start({"turnutils_natdiscovery", "-m", "-f", "-L",
                                       client.real.address.ToString(), server.ToString()});
    client.stun = space.Start({"stun", server.ToString(), "-p", "41000"});
    ASSERT_TRUE(client.natdiscovery && client.stun);
  }

  static bool Ended(const Client& client) {
    return client.natdiscovery->Ended() && client.stun->Ended();
  }

  static void Check(const Client& client) {
    const Verdict& expected = client.expected;
    SCOPED_TRACE(expected.kind);
    const std::string& modern = client.natdiscovery->Output();
    EXPECT_THAT(modern, HasSubstr("NAT with " + expected.mapping + " Mapping"));
    EXPECT_THAT(modern, HasSubstr("NAT with " + expected.filtering + " Filtering"));
    ExpectPorts(expected.ports, PortsIn(modern));
    EXPECT_THAT(client.stun->Output(), HasSubstr("Primary: " + expected.classic));
  }

  // How many of the two addresses' two STUN ports (RFC 5780 section 6) are bound in the namespace.
  static int ListeningPorts(const NetworkNamespace& space) {
    int ports = 0;
    space.Inside([&] {
      std::ifstream sockets("/proc/thread-self/net/udp");
      std::set<std::string> bound;  // threads share an address
      for (std::string line; std::getline(sockets, line);) {
        std::istringstream words(line);
        std::string number, local;
        words >> number >> local;
        const bool stun = local.ends_with(":0D96") || local.ends_with(":0D97");  // 3478, 3479
        if (stun) bound.insert(local);
      }
      ports = static_cast<int>(bound.size());
    });
    return ports;
  }

  sim::Simulation simulation_{{.clock = sim::ClockKind::kReal}};
  sim::Network network_{simulation_, ""};
};

TEST_F(Discovery, SeesEachKindAsWhatItIs) {
  network_.AddSite({.name = "servers"});
  RealMachine server;
  sim::Network::RealHost first, second;
  Join(server, "servers", first);
  if (!IsSkipped()) Join(server, "servers", second);
  if (IsSkipped() || HasFatalFailure()) return;
  const auto turnserver = StartServer(server, first.address, second.address);
  if (HasFatalFailure()) return;

  std::vector<Client> clients;
  for (const Verdict& verdict : Verdicts()) {
    const std::string site = verdict.kind + (verdict.hairpin ? "-hairpin" : "");
    auto nat = sim::NatByName(verdict.kind);
    ASSERT_TRUE(nat);
    nat->hairpin = verdict.hairpin;
    network_.AddSite({.name = site, .nat = nat});
    clients.push_back({verdict, std::make_unique<RealMachine>(), {}, nullptr, nullptr});
    Join(*clients.back().machine, site, clients.back().real);
    if (IsSkipped() || HasFatalFailure()) return;
  }
  for (Client& client : clients) Start(client, first.address);
  if (HasFatalFailure()) return;
  simulation_.ForgetLateness();
  RunUntil([&] { return std::all_of(clients.begin(), clients.end(), Ended); });
  // They take what comes too late for what does not come.
  if (simulation_.worst_lateness().by > milliseconds(300)) {
    GTEST_SKIP() << "this machine was too slow to tell: late "
                 << simulation_.worst_lateness().ToString();
  }
  for (const Client& client : clients) Check(client);
}

}  // namespace
}  // namespace sfa::conformance
