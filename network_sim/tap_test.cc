// A real kernel in a network namespace talks to simulated hosts. Needs root; says so otherwise.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "network_sim/test_support.h"
#include "runtime/contract/echo_server.h"

namespace sfa::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// This program moves into a network namespace of its own, which ends with it, and makes the TAP
// there, which ends with its descriptor: nothing is left behind whatever happens.
class RealMachine {
 public:
  RealMachine() {
    if (geteuid() != 0) {
      why_not_ = "needs root for a network namespace";
    }
  }
  ~RealMachine() {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    if (tap_ >= 0) close(tap_);
  }

  const std::string& why_not() const { return why_not_; }
  int tap() const { return tap_; }

  // Runs `work` in a child inside the namespace, once Go() is called; its result is the exit code.
  bool Run(const Network::RealHost& real, int (*work)(uint32_t peer), Ipv4Address peer) {
    child_ = fork();
    if (child_ != 0) return child_ > 0;
    char go;
    if (read(go_[0], &go, 1) != 1) _exit(90);
    const std::string address =
        "ip address add " + real.address.ToString() + "/" + std::to_string(real.prefix_length) +
        " dev sfatest && ip link set lo up && ip link set sfatest up && ip route add default via " +
        real.gateway.ToString();
    if (std::system(address.c_str()) != 0) _exit(91);
    _exit(work(peer.value));
  }

  // Makes the TAP in a namespace of this process's own, so that children inherit both.
  bool Enter() {
    if (unshare(CLONE_NEWNET) != 0) {
      why_not_ = "may not make a network namespace";
      return false;
    }
    // A TAP belongs to the namespace in which the device file was opened.
    tap_ = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (tap_ < 0) {
      why_not_ = "cannot open /dev/net/tun";
      return false;
    }
    ifreq request{};
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    std::strcpy(request.ifr_name, "sfatest");
    if (ioctl(tap_, TUNSETIFF, &request) != 0) {
      why_not_ = "may not make a TAP interface";
      return false;
    }
    return pipe2(go_, O_CLOEXEC) == 0;
  }
  void Go() { EXPECT_EQ(write(go_[1], "g", 1), 1); }

  // The exit code once the child has ended.
  std::optional<int> Ended() {
    int status;
    if (child_ <= 0 || waitpid(child_, &status, WNOHANG) != child_) return std::nullopt;
    child_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
  }

 private:
  std::string why_not_;
  int tap_ = -1;
  int go_[2] = {-1, -1};
  pid_t child_ = 0;
};

sockaddr_in To(uint32_t address, uint16_t port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(address);
  to.sin_port = htons(port);
  return to;
}

int Socket(int type) {
  const int fd = socket(AF_INET, type, 0);
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  return fd;
}

int UdpAndTcpEcho(uint32_t peer) {
  char answer[65536];
  const int udp = Socket(SOCK_DGRAM);
  const sockaddr_in echo = To(peer, 7);
  if (connect(udp, reinterpret_cast<const sockaddr*>(&echo), sizeof(echo)) != 0) return 1;
  if (send(udp, "ping", 4, 0) != 4 || recv(udp, answer, sizeof(answer), 0) != 4) return 2;

  const int refused = Socket(SOCK_STREAM);
  const sockaddr_in closed = To(peer, 9);
  if (connect(refused, reinterpret_cast<const sockaddr*>(&closed), sizeof(closed)) == 0) return 3;
  if (errno != ECONNREFUSED) return 4;

  const int tcp = Socket(SOCK_STREAM);
  if (connect(tcp, reinterpret_cast<const sockaddr*>(&echo), sizeof(echo)) != 0) return 5;
  std::string sent(60'000, 'x');
  for (size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>('a' + i * 7 % 26);
  if (send(tcp, sent.data(), sent.size(), 0) != static_cast<ssize_t>(sent.size())) return 6;
  shutdown(tcp, SHUT_WR);
  std::string heard;
  for (ssize_t size; (size = recv(tcp, answer, sizeof(answer), 0)) != 0;) {
    if (size < 0) return 7;
    heard.append(answer, static_cast<size_t>(size));
  }
  return heard == sent ? 0 : 8;
}

TEST(Tap, KernelInANamespaceTalksToASimulatedHost) {
  RealMachine machine;
  if (!machine.why_not().empty() || !machine.Enter()) GTEST_SKIP() << machine.why_not();
  Simulation simulation({.clock = ClockKind::kReal});
  Network network(simulation, "");
  network.AddSite({.name = "office"});
  const auto real = network.AddRealHost("office", "asterisk", machine.tap());
  Host& server = network.AddPublicHost("server", Ipv4Address::Of(198, 51, 100, 7));
  Machine disk;
  const auto process = disk.Start(server, "echo");
  UdpLog log;
  const auto udp = std::move(*process->OpenUdp({Ipv4Address::Any(), 7}, log));
  log.echo = udp.get();
  const contract::EchoServer tcp(*process, {Ipv4Address::Any(), 7});

  ASSERT_TRUE(machine.Run(real, UdpAndTcpEcho, server.address()));
  machine.Go();
  std::optional<int> code;
  // The child's end is no event of the world.
  while (!code && simulation.Now() < At(seconds(20))) {
    simulation.RunUntil(simulation.Now() + milliseconds(5));
    code = machine.Ended();
  }
  ASSERT_TRUE(code.has_value()) << "the real machine did not finish";
  EXPECT_EQ(*code, 0) << "see UdpAndTcpEcho for the step that failed";
  ASSERT_EQ(log.datagrams.size(), 1u);
  EXPECT_EQ(log.datagrams.at(0).from.address, real.address);
}

}  // namespace
}  // namespace sfa::sim
