// coturn's turnutils_uclient, a real program in a network namespace, relays through the supernodes
// of a paced world and counts what comes back. It ends with 0 whatever happens, so its words are
// judged. Needs root; says so otherwise.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/host/clock.h"
#include "conformance/judges/nat/network_namespace.h"
#include "conformance/world/computer.h"
#include "fake_skype_network/login_server.h"
#include "fake_skype_network/supernode.h"
#include "network_sim/test_support.h"
#include "protocol/peer/network.h"
#include "protocol/stream/message_stream.h"

namespace sfa::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kProgram[] = "/usr/bin/turnutils_uclient";
constexpr stream::Key kSeed = {7};
constexpr uint16_t kPort = 33033;
constexpr Endpoint kLoginServer = {Ipv4Address::Of(198, 51, 100, 100), kPort};
// The program sends its RTCP to the next port.
constexpr Endpoint kEcho = {Ipv4Address::Of(198, 51, 100, 7), 3480};
constexpr Ipv4Address kNodes[] = {Ipv4Address::Of(198, 51, 100, 1),
                                  Ipv4Address::Of(198, 51, 100, 2)};
constexpr int kMessages = 25;

// Logs in as a user does, for the credential that the relays take.
class Login final : private stream::MessageHandler {
 public:
  Login(Runtime& runtime, const std::string& user, const std::string& password)
      : user_(user),
        password_(password),
        stream_(runtime, kLoginServer, stream::SigningKeyOf(kSeed).public_key,
                wire::NODE_LOGIN_SERVER, *this) {}
  const wire::RelayCredential& credential() const { return reply_.relay(); }

 private:
  void OnOpen(stream::MessageStream& stream) override {
    wire::Message message;
    wire::LoginRequest* login = message.mutable_login_request();
    login->set_version(peer::kProtocolVersion);
    login->set_user(user_);
    login->set_password(password_);
    login->set_signing_key(std::string(32, 'k'));
    stream.Send(message);
  }
  void OnMessage(stream::MessageStream&, const wire::Message& message) override {
    reply_ = message.login_reply();
  }
  void OnClosed(stream::MessageStream&, const Error&) override {}

  const std::string user_, password_;
  wire::LoginReply reply_;
  stream::MessageStream stream_;
};

// What the program says it has sent and received, and lost, in the end.
struct Account {
  int sent = -1, received = -1;
  std::string lost;
};
Account Read(const std::string& output) {
  Account account;
  std::smatch match;
  if (std::regex_search(output, match,
                        std::regex("start_mclient: tot_send_msgs=(\\d+), tot_recv_msgs=(\\d+)"))) {
    account.sent = std::stoi(match[1]);
    account.received = std::stoi(match[2]);
  }
  if (std::regex_search(
          output, match,
          std::regex("Total lost packets (\\d+ \\([^)]*\\), total send dropped \\d+)"))) {
    account.lost = match[1];
  }
  return account;
}

class UclientTest : public testing::Test {
 protected:
  void SetUp() override {
    if (access(kProgram, X_OK) != 0) GTEST_SKIP() << "needs " << kProgram << " (coturn)";
    auto made = NetworkNamespace::Make();
    if (!made.ok()) GTEST_SKIP() << made.error().message;
    namespace_ = std::move(*made);
    Build();
  }

  void Build() {
    const Computer::LogSink no_log = [](const std::string&, std::string_view) {};
    login_computer_ = std::make_unique<Computer>(
        network_.AddPublicHost("login-server", kLoginServer.address), no_log);
    ASSERT_TRUE(login_computer_->runtime().files().MakeDirectories("/var/lib/skype").ok());
    community::LoginServerSettings login;
    login.listen = kLoginServer;
    login.database = "/var/lib/skype/accounts.sqlite";
    login.root_seed = kSeed;
    login_server_ = std::move(*community::NewLoginServer(login_computer_->runtime(), login));
    for (const char* user : {"james_bond", "austin_powers"}) {
      ASSERT_TRUE(login_server_->AddAccount({user, "secret", {}, ""}).ok());
    }
    for (const Ipv4Address address : kNodes) {
      const std::string name = "supernode-" + address.ToString();
      node_computers_.push_back(
          std::make_unique<Computer>(network_.AddPublicHost(name, address), no_log));
      community::SupernodeSettings settings;
      settings.name = name;
      settings.listen = {address, kPort};
      settings.login_server = kLoginServer;
      settings.root_seed = kSeed;
      nodes_.push_back(
          std::move(*community::NewSupernode(node_computers_.back()->runtime(), settings)));
    }
    echo_process_ = disk_.Start(network_.AddPublicHost("echo", kEcho.address), "echo");
    for (size_t i = 0; i < 2; ++i) {
      const Endpoint place = {kEcho.address, static_cast<uint16_t>(kEcho.port + i)};
      echoes_[i] = std::move(*echo_process_->OpenUdp(place, echo_logs_[i]));
      echo_logs_[i].echo = echoes_[i].get();
    }
    user_process_ =
        disk_.Start(network_.AddPublicHost("user", Ipv4Address::Of(198, 51, 100, 8)), "user");

    sim::SiteSettings office;
    office.name = "office";
    office.nat = sim::NatSettings();
    office.nat->linux_masquerade = true;
    network_.AddSite(office);
    const auto tap = namespace_->OpenInterface("judge", NetworkNamespace::Kind::kTap);
    ASSERT_TRUE(tap.ok()) << tap.error().message;
    tap_.number = *tap;
    const auto real = network_.AddRealHost("office", "judge", *tap);
    const Status set_up = namespace_->Run(
        "ip address add " + real.address.ToString() + "/" + std::to_string(real.prefix_length) +
        " dev judge\nip link set lo up\nip link set judge up\nip route add default via " +
        real.gateway.ToString());
    ASSERT_TRUE(set_up.ok()) << set_up.error().message;
  }

  wire::RelayCredential LogIn(const std::string& user) {
    const Login login(*user_process_, user, "secret");
    simulation_.RunUntilOrTimeout([&] { return !login.credential().name().empty(); },
                                  simulation_.Now() + seconds(10));
    return login.credential();
  }

  struct Round {
    std::string title;
    std::vector<std::string> options;
    Ipv4Address node;
    uint16_t port;
    std::unique_ptr<BesideProgram> program;
  };
  void Start(Round& round, const wire::RelayCredential& credential) {
    std::vector<std::string> arguments = {kProgram, "-n", std::to_string(kMessages)};
    arguments.insert(arguments.end(), round.options.begin(), round.options.end());
    for (const std::string& each :
         {std::string("-u"), credential.name(), std::string("-w"), credential.password(),
          std::string("-p"), std::to_string(round.port), round.node.ToString()}) {
      arguments.push_back(each);
    }
    round.program = namespace_->Start(arguments);
    ASSERT_TRUE(round.program);
  }
  // Until all have ended, or so long.
  void RunAll(const std::vector<Round*>& rounds, Duration at_most) {
    const MonotonicTime deadline = simulation_.Now() + at_most;
    const auto all_ended = [&] {
      return std::all_of(rounds.begin(), rounds.end(), [](Round* round) {
        round->program->Output();
        return round->program->Ended();
      });
    };
    // Their ends are no events of the world.
    while (!all_ended() && simulation_.Now() < deadline) {
      simulation_.RunUntil(simulation_.Now() + milliseconds(5));
    }
  }

  // The network, which reads from it, ends before it.
  struct Descriptor {
    ~Descriptor() {
      if (number >= 0) close(number);
    }
    int number = -1;
  };

  std::unique_ptr<NetworkNamespace> namespace_;
  Descriptor tap_;
  sim::Simulation simulation_{{1, sim::ClockKind::kReal, HostDate()}};
  sim::Network network_{simulation_, ""};
  sim::Machine disk_;
  std::unique_ptr<Computer> login_computer_;
  std::unique_ptr<community::LoginServer> login_server_;
  std::vector<std::unique_ptr<Computer>> node_computers_;
  std::vector<std::unique_ptr<community::Supernode>> nodes_;
  sim::UdpLog echo_logs_[2];
  std::unique_ptr<Runtime> echo_process_, user_process_;
  std::unique_ptr<UdpSocket> echoes_[2];
};

// Of its further requests (-G), every second one on the average is about an IPv6 peer. To an IPv4
// allocation the answer to that is this error (RFC 8656 section 10.2).
constexpr std::string_view kForeignPeer =
    "create permission error 443 (Peer Address Family Mismatch)";

std::string Without(std::string text, std::string_view part) {
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.erase(at, part.size());
  }
  return text;
}

TEST_F(UclientTest, EveryMessageComesBackOnEveryWay) {
  const wire::RelayCredential bond = LogIn("james_bond");
  const wire::RelayCredential austin = LogIn("austin_powers");
  ASSERT_FALSE(bond.password().empty() || austin.password().empty());
  const std::vector<std::string> echoed = {"-e", kEcho.address.ToString(), "-r",
                                           std::to_string(kEcho.port)};
  std::vector<Round> rounds;
  const auto add = [&](const std::string& title, std::vector<std::string> options, int node,
                       uint16_t port) {
    rounds.push_back({title, std::move(options), kNodes[node], port, nullptr});
  };
  add("client to client, UDP", {"-y"}, 0, kPort);
  add("client to client, TCP", {"-y", "-t"}, 0, kPort);
  add("client to client, UDP 80", {"-y"}, 1, 80);
  add("client to client, TCP 80", {"-y", "-t"}, 1, 80);
  add("client to client, TCP 443, indications", {"-y", "-t", "-s"}, 1, 443);
  add("peer, UDP", echoed, 0, kPort);
  add("peer, TCP, without RTCP", echoed, 1, kPort);
  rounds.back().options.insert(rounds.back().options.end(), {"-t", "-c"});
  add("peer, UDP 443, indications, more requests", echoed, 1, 443);
  rounds.back().options.insert(rounds.back().options.end(), {"-s", "-G"});
  add("IPv4 asked for", {"-y", "-X"}, 0, kPort);
  std::vector<Round*> all;
  for (size_t i = 0; i < rounds.size(); ++i) {
    Start(rounds[i], i % 2 == 0 ? bond : austin);
    all.push_back(&rounds[i]);
  }
  RunAll(all, seconds(40));

  uint64_t echoes = 0;
  for (Round& round : rounds) {
    const std::string output = round.program->Output();
    EXPECT_TRUE(round.program->Ended()) << round.title << " goes on for ever:\n" << output;
    const Account account = Read(output);
    EXPECT_GE(account.sent, kMessages) << round.title << "\n" << output;
    EXPECT_EQ(account.received, account.sent) << round.title << "\n" << output;
    EXPECT_EQ(account.lost, "0 (0.000000%), total send dropped 0") << round.title << "\n" << output;
    EXPECT_EQ(Without(output, kForeignPeer).find("error"), std::string::npos) << round.title << "\n"
                                                                              << output;
    if (account.sent > 0 && round.options.front() == "-e")
      echoes += static_cast<uint64_t>(account.sent);
  }
  // The stimulus has happened, through the relays and nowhere else.
  EXPECT_EQ(echo_logs_[0].datagrams.size() + echo_logs_[1].datagrams.size(), echoes);
  for (const sim::UdpLog& log : echo_logs_) {
    for (const auto& datagram : log.datagrams) {
      EXPECT_TRUE(datagram.from.address == kNodes[0] || datagram.from.address == kNodes[1]);
    }
  }
  for (const auto& node : nodes_) EXPECT_GT(node->relay_statistics().to_peers, 4u * kMessages);
}

TEST_F(UclientTest, WrongPasswordIsRefused) {
  wire::RelayCredential forged = LogIn("james_bond");
  forged.set_password("x" + forged.password());
  Round round{"forged", {"-y"}, kNodes[0], kPort, nullptr};
  Start(round, forged);
  RunAll({&round}, seconds(10));
  EXPECT_EQ(Read(round.program->Output()).received, -1) << round.program->Output();
  EXPECT_EQ(nodes_[0]->relays_now(), 0u);
  EXPECT_GT(nodes_[0]->relay_statistics().refused, 0u);
}

}  // namespace
}  // namespace sfa::conformance
