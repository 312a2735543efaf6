#include "asterisk_harness/real/namespace_door.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <system_error>
#include <thread>

namespace sfa::harness {
namespace {

Error SystemError(const std::string& what) {
  const int number = errno;
  const ErrorCode code = number == EPERM || number == EACCES ? ErrorCode::kPermissionDenied
                         : number == ECONNREFUSED            ? ErrorCode::kRefused
                         : number == ENOENT                  ? ErrorCode::kNotFound
                                                             : ErrorCode::kOther;
  return Error{code, what + ": " + std::generic_category().message(number)};
}

// A namespace belongs to a thread, so one is made for the visit and ends with it.
Result<int> InNamespaceOf(int pid, const std::function<Result<int>()>& visit) {
  const std::string path = "/proc/" + std::to_string(pid) + "/ns/net";
  const int door = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (door < 0) return SystemError(path);
  Result<int> result = Error{};
  std::thread([&] {
    result = setns(door, CLONE_NEWNET) == 0 ? visit() : Result<int>(SystemError("setns " + path));
  }).join();
  close(door);
  return result;
}

}  // namespace

Result<int> OpenTapIn(int pid, const std::string& name) {
  return InNamespaceOf(pid, [&]() -> Result<int> {
    const int tap = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (tap < 0) return SystemError("/dev/net/tun");
    ifreq request{};
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
    if (ioctl(tap, TUNSETIFF, &request) != 0) {
      const Error error = SystemError("making the TAP interface " + name);
      close(tap);
      return error;
    }
    return tap;
  });
}

Status SetEthernetAddress(int tap, const std::array<uint8_t, 6>& address) {
  ifreq request{};
  request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
  std::memcpy(request.ifr_hwaddr.sa_data, address.data(), address.size());
  if (ioctl(tap, SIOCSIFHWADDR, &request) != 0) return SystemError("the TAP's Ethernet address");
  return {};
}

Result<int> ConnectTcpIn(int pid, const Endpoint& to) {
  return InNamespaceOf(pid, [&]() -> Result<int> {
    const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0) return SystemError("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(to.address.value);
    address.sin_port = htons(to.port);
    if (connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      const Error error = SystemError("connecting to " + to.ToString());
      close(connection);
      return error;
    }
    return connection;
  });
}

}  // namespace sfa::harness
