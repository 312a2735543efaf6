#include "runtime/posix/sockets.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

#include "runtime/posix/errors.h"

namespace sfa::posix {

sockaddr_in ToSockaddr(const Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(endpoint.address.value);
  address.sin_port = htons(endpoint.port);
  return address;
}

Endpoint FromSockaddr(const sockaddr_in& address) {
  return {{ntohl(address.sin_addr.s_addr)}, ntohs(address.sin_port)};
}

Result<Descriptor> OpenBound(int type, const Endpoint& local) {
  const std::string what = std::string(type == SOCK_DGRAM ? "UDP " : "TCP ") + local.ToString();
  Descriptor fd(::socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return SystemError(errno, "cannot open " + what);
  if (type == SOCK_STREAM) SetOption(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (type == SOCK_STREAM && !local.is_set()) return fd;
  const sockaddr_in address = ToSockaddr(local);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return SystemError(errno, "cannot bind " + what);
  }
  return fd;
}

namespace {

Endpoint NameOf(int fd, int (*name)(int, sockaddr*, socklen_t*)) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (name(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  return address.sin_family == AF_INET ? FromSockaddr(address) : Endpoint{};
}

}  // namespace

Endpoint LocalOf(int fd) {
  return NameOf(fd, [](int f, sockaddr* a, socklen_t* s) { return ::getsockname(f, a, s); });
}

Endpoint RemoteOf(int fd) {
  return NameOf(fd, [](int f, sockaddr* a, socklen_t* s) { return ::getpeername(f, a, s); });
}

int TakeError(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

void SetOption(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

}  // namespace sfa::posix
