// For the tests of a media port's ways: ports and relays on plain pipes. Nothing of it is deployed.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_WAYS_FIXTURE_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_WAYS_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/path/check_port.h"
#include "protocol/path/media_port.h"
#include "protocol/stream/test_world.h"
#include "protocol/turn/test_server.h"

namespace sfa::path {

// A process whose host keeps some TCP ports to itself.
class WaysRuntime final : public stream::TestRuntime {
 public:
  using TestRuntime::TestRuntime;
  std::set<uint16_t> forbidden;
  Result<std::unique_ptr<TcpListener>> ListenTcp(const Endpoint& local,
                                                 AcceptHandler& handler) override {
    if (forbidden.count(local.port) != 0) return Error{ErrorCode::kPermissionDenied, "forbidden"};
    return TestRuntime::ListenTcp(local, handler);
  }
};

// Keeps what happens to it as text.
class WaysUser final : public CheckUser, public MediaReceiver {
 public:
  void OnRequest(const Route& from, const stun::Message& request) override {
    told.push_back("request");
    last = from;
    if (on_request) on_request(from, request);
  }
  void OnAnswer(const Route& from, const stun::Message&) override {
    told.push_back("answer");
    last = from;
  }
  void OnLocalCandidates() override { told.push_back("candidates"); }
  void OnWayClosed(WayId way) override {
    told.push_back("closed");
    closed.push_back(way);
  }
  void OnMedia(const Route& from, std::span<const uint8_t> packet) override {
    last = from;
    media.emplace_back(packet.begin(), packet.end());
  }
  std::vector<std::string> told;
  std::vector<WayId> closed;
  std::vector<std::vector<uint8_t>> media;
  Route last;
  std::function<void(const Route&, const stun::Message&)> on_request;
};

inline std::vector<std::string> Texts(const std::vector<LocalCandidate>& candidates) {
  std::vector<std::string> texts;
  for (const LocalCandidate& each : candidates) {
    const bool tcp = each.candidate.transport == CandidateTransport::kTcpPassive;
    texts.push_back(std::string(tcp ? "tcp " : "") + ToString(each.candidate.kind) + " " +
                    each.candidate.endpoint.ToString());
  }
  return texts;
}

// Media of this SSRC.
inline std::vector<uint8_t> MediaPacket(uint8_t ssrc, size_t payload = 160) {
  std::vector<uint8_t> packet(12 + payload, 0x55);
  packet[0] = 0x80;
  packet[8] = packet[9] = packet[10] = 0;
  packet[11] = ssrc;
  return packet;
}

inline stun::Builder Check(Random& random, const std::string& to) {
  stun::Builder builder(stun::MessageClass::kRequest, stun::kBinding,
                        stun::NewTransactionId(random));
  builder.AddText(stun::AttributeType::kUsername, to + ":other").AddFingerprint();
  return builder;
}

class WaysTest : public ::testing::Test {
 protected:
  static Endpoint NodeAt(int number) {
    return {Ipv4Address::Of(198, 51, 100, static_cast<uint8_t>(number)), 33033};
  }
  turn::TestServer& AddRelay(int number,
                             const std::vector<uint16_t>& tcp_ports = {33033, 80, 443}) {
    const Endpoint at = NodeAt(number);
    auto& runtime = nodes_.emplace_back(world_, at.address, static_cast<uint64_t>(number));
    return relays_.emplace_back(runtime, at, tcp_ports);
  }
  static RelaySettings Relays(const std::vector<int>& numbers) {
    RelaySettings settings;
    settings.name = turn::kTestName;
    settings.password = turn::kTestPassword;
    for (const int number : numbers) settings.nodes.push_back(NodeAt(number));
    return settings;
  }
  // UDP on port 5000 and no listeners, if nothing else is said.
  std::unique_ptr<MediaPort> Port(WaysRuntime& host, bool udp = true, bool listen = false) {
    PortSettings settings;
    settings.bind.port = 5000;
    settings.udp = udp;
    settings.listen_tcp = listen;
    return NewMediaPort(host, settings).value();
  }
  static std::optional<LocalCandidate> Relayed(const std::vector<LocalCandidate>& candidates) {
    const auto found = std::find_if(
        candidates.begin(), candidates.end(),
        [](const LocalCandidate& each) { return each.candidate.kind == CandidateKind::kRelayed; });
    return found == candidates.end() ? std::nullopt : std::optional(*found);
  }
  static int Count(const std::vector<std::string>& told, const std::string& what) {
    return static_cast<int>(std::count(told.begin(), told.end(), what));
  }

  stream::TestWorld world_;
  std::deque<stream::TestRuntime> nodes_;
  std::deque<turn::TestServer> relays_;
  WaysRuntime anna_{world_, Ipv4Address::Of(192, 0, 2, 1), 101};
  WaysRuntime bert_{world_, Ipv4Address::Of(192, 0, 2, 2), 102};
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_WAYS_FIXTURE_H_
