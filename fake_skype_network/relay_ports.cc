#include "fake_skype_network/relay_ports.h"

#include <utility>

namespace sfa::community {
namespace {

uint16_t Even(uint16_t port) { return static_cast<uint16_t>(port & ~1); }

}  // namespace

RelayPort::~RelayPort() { ports_.open_.reset(address_.port); }

std::unique_ptr<RelayPort> RelayPorts::Open() {
  for (int i = 0; i < kMaxTries; ++i) {
    if (auto port = OpenAt(AnyPort())) return port;
  }
  return nullptr;
}

std::unique_ptr<RelayPort> RelayPorts::OpenEven() {
  for (int i = 0; i < kMaxTries; ++i) {
    if (auto port = OpenAt(Even(AnyPort()))) return port;
  }
  return nullptr;
}

RelayPorts::Pair RelayPorts::OpenPair() {
  for (int i = 0; i < kMaxTries; ++i) {
    const uint16_t even = Even(AnyPort());
    Pair pair{OpenAt(even), nullptr};
    if (pair.even) pair.odd = OpenAt(static_cast<uint16_t>(even + 1));
    if (pair.odd) return pair;
  }
  return {};
}

std::unique_ptr<RelayPort> RelayPorts::OpenAt(uint16_t port) {
  if (open_[port]) return nullptr;
  std::unique_ptr<RelayPort> made(new RelayPort(*this, {address_, port}));
  auto socket = runtime_.OpenUdp(made->address_, *made);
  if (!socket) return nullptr;
  made->socket_ = std::move(*socket);
  open_.set(port);
  return made;
}

uint16_t RelayPorts::AnyPort() {
  return static_cast<uint16_t>(kFirstRelayPort + runtime_.random().Below(65536 - kFirstRelayPort));
}

}  // namespace sfa::community
