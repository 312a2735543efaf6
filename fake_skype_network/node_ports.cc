#include "fake_skype_network/node_ports.h"

#include <string>
#include <utility>

namespace sfa::community {
namespace {

constexpr uint16_t kWebPorts[] = {80, 443};

void LogMissing(Runtime& runtime, const char* transport, const Endpoint& place,
                const Error& error) {
  runtime.log().Write(
      LogLevel::kNotice, "node",
      std::string("goes on without ") + transport + " " + place.ToString() + ": " + error.message);
}

}  // namespace

std::vector<Endpoint> PortsOfNode(const Endpoint& own) {
  std::vector<Endpoint> places = {own};
  for (const uint16_t port : kWebPorts) {
    if (port != own.port) places.push_back({own.address, port});
  }
  return places;
}

Result<std::vector<std::unique_ptr<TcpListener>>> ListenOnNodePorts(Runtime& runtime,
                                                                    const Endpoint& own,
                                                                    AcceptHandler& handler) {
  std::vector<std::unique_ptr<TcpListener>> listeners;
  for (const Endpoint& place : PortsOfNode(own)) {
    auto listener = runtime.ListenTcp(place, handler);
    if (listener) {
      listeners.push_back(std::move(*listener));
    } else if (place == own) {
      return listener.error();
    } else {
      LogMissing(runtime, "TCP", place, listener.error());
    }
  }
  return listeners;
}

Result<std::unique_ptr<UdpDoor>> UdpDoor::Open(Runtime& runtime, const Endpoint& local,
                                               uint32_t number, RelayServer& relay) {
  std::unique_ptr<UdpDoor> door(new UdpDoor(number, relay));
  auto socket = runtime.OpenUdp(local, *door);
  if (!socket) return socket.error();
  door->socket_ = std::move(*socket);
  return door;
}

Result<std::vector<std::unique_ptr<UdpDoor>>> OpenUdpDoors(Runtime& runtime, const Endpoint& own,
                                                           uint32_t first_number,
                                                           RelayServer& relay) {
  std::vector<std::unique_ptr<UdpDoor>> doors;
  for (const Endpoint& place : PortsOfNode(own)) {
    auto door = UdpDoor::Open(runtime, place, first_number++, relay);
    if (door) {
      doors.push_back(std::move(*door));
    } else if (place == own) {
      return door.error();
    } else {
      LogMissing(runtime, "UDP", place, door.error());
    }
  }
  return doors;
}

}  // namespace sfa::community
