#include "runtime/posix/posix_udp.h"

// linux/errqueue.h needs the timespec of time.h and says nothing of it.
#include <linux/icmp.h>
#include <netinet/ip.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/errqueue.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "runtime/posix/errors.h"
#include "runtime/posix/sockets.h"

namespace sfa::posix {
namespace {

// Larger than any datagram that this system sends; what is longer came from elsewhere and is
// dropped.
constexpr size_t kReceiveBytes = 2048;
// Datagrams taken with one system call, and such calls before others get their turn.
constexpr size_t kBatch = 8;
constexpr int kBatchesPerTurn = 8;

// ICMP "destination unreachable" (RFC 792), apart from "fragmentation needed", which is not the end
// of the destination.
bool IsUnreachable(const sock_extended_err& error) {
  return error.ee_origin == SO_EE_ORIGIN_ICMP && error.ee_type == ICMP_DEST_UNREACH &&
         error.ee_code != ICMP_FRAG_NEEDED;
}

}  // namespace

Result<std::unique_ptr<UdpSocket>> PosixUdpSocket::Open(EventLoop& loop, const Endpoint& local,
                                                        UdpReceiver& receiver) {
  auto fd = OpenBound(SOCK_DGRAM, local);
  if (!fd.ok()) return fd.error();
  // Queues ICMP errors with the destination to which they belong, see ip(7).
  SetOption(fd->get(), IPPROTO_IP, IP_RECVERR, 1);
  return std::unique_ptr<UdpSocket>(
      std::make_unique<PosixUdpSocket>(loop, std::move(*fd), receiver));
}

PosixUdpSocket::PosixUdpSocket(EventLoop& loop, Descriptor fd, UdpReceiver& receiver)
    : watch_(loop, std::move(fd), *this), receiver_(receiver), local_(LocalOf(watch_.fd())) {
  watch_.Await(EventLoop::Readiness::kReadable);
}

PosixUdpSocket::~PosixUdpSocket() {
  if (destroyed_ != nullptr) *destroyed_ = true;
}

Status PosixUdpSocket::Send(const Endpoint& to, std::span<const uint8_t> bytes) {
  if (bytes.size() > kMaxDatagramBytes) {
    return Error{ErrorCode::kInvalid, "a datagram of " + std::to_string(bytes.size()) +
                                          " bytes to " + to.ToString() + " is longer than " +
                                          std::to_string(kMaxDatagramBytes)};
  }
  const sockaddr_in address = ToSockaddr(to);
  // An ICMP error for an earlier datagram is reported once by whatever call comes next; it is not
  // about this one, and its details wait in the error queue. Several may have come.
  for (int attempt = 0;; ++attempt) {
    if (::sendto(watch_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), sizeof address) >= 0) {
      return {};
    }
    switch (errno) {
      case EAGAIN:
      case ENOBUFS:
        return {};  // lost on the way out
      case EINTR:
        break;
      case ECONNREFUSED:
        if (attempt >= 4) return {};
        break;
      default:
        if (attempt >= 4) return SystemError(errno, "cannot send to " + to.ToString());
    }
  }
}

void PosixUdpSocket::OnReady(EventLoop::Readiness) {
  if (!DeliverErrors() || !DeliverDatagrams()) return;
  watch_.Await(EventLoop::Readiness::kReadable);
}

bool PosixUdpSocket::DeliverErrors() {
  bool destroyed = false;
  destroyed_ = &destroyed;
  for (int turn = 0; turn < kBatchesPerTurn; ++turn) {
    sockaddr_in to{};
    uint8_t payload[1];
    iovec part{payload, sizeof payload};
    alignas(cmsghdr) char control[512];
    msghdr message{};
    message.msg_name = &to;
    message.msg_namelen = sizeof to;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    if (::recvmsg(watch_.fd(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) break;
    for (cmsghdr* item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item)) {
      if (item->cmsg_level != IPPROTO_IP || item->cmsg_type != IP_RECVERR) continue;
      if (!IsUnreachable(*reinterpret_cast<const sock_extended_err*>(CMSG_DATA(item)))) continue;
      receiver_.OnUnreachable(FromSockaddr(to));
      if (destroyed) return false;
    }
  }
  destroyed_ = nullptr;
  return true;
}

bool PosixUdpSocket::DeliverDatagrams() {
  std::array<std::array<uint8_t, kReceiveBytes>, kBatch> bytes;
  std::array<sockaddr_in, kBatch> from;
  std::array<iovec, kBatch> parts;
  std::array<mmsghdr, kBatch> messages;

  bool destroyed = false;
  destroyed_ = &destroyed;
  for (int turn = 0; turn < kBatchesPerTurn; ++turn) {
    for (size_t i = 0; i < kBatch; ++i) {
      parts[i] = {bytes[i].data(), bytes[i].size()};
      messages[i] = {};
      messages[i].msg_hdr.msg_name = &from[i];
      messages[i].msg_hdr.msg_namelen = sizeof from[i];
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int count = ::recvmmsg(watch_.fd(), messages.data(), kBatch, MSG_DONTWAIT, nullptr);
    // A pending ICMP error is reported here too; its details are in the error queue.
    if (count < 0 && (errno == ECONNREFUSED || errno == EHOSTUNREACH || errno == ENETUNREACH ||
                      errno == EINTR)) {
      continue;
    }
    for (int i = 0; i < count; ++i) {
      const mmsghdr& message = messages[static_cast<size_t>(i)];
      if (message.msg_hdr.msg_flags & MSG_TRUNC) continue;
      receiver_.OnDatagram(FromSockaddr(from[static_cast<size_t>(i)]),
                           {bytes[static_cast<size_t>(i)].data(), message.msg_len});
      if (destroyed) return false;
    }
    if (count < static_cast<int>(kBatch)) break;
  }
  destroyed_ = nullptr;
  return true;
}

}  // namespace sfa::posix
