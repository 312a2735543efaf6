#include "protocol/path/local_candidates.h"

#include <algorithm>
#include <string>

#include "protocol/path/candidate.h"

namespace sfa::path {
namespace {

// Type preference of TCP listeners: below everything that is direct by UDP, above relays. RFC 6544
// section 4.2 leaves it to us to prefer UDP in this way.
constexpr uint32_t kTcpTypePreference = 90;
static_assert(kTcpTypePreference < static_cast<uint32_t>(CandidateKind::kServerReflexive) &&
              kTcpTypePreference > static_cast<uint32_t>(CandidateKind::kRelayed));

class List {
 public:
  void Add(CandidateKind kind, CandidateTransport transport, const Endpoint& endpoint, WayId way) {
    Candidate candidate;
    candidate.kind = kind;
    candidate.transport = transport;
    candidate.endpoint = endpoint;
    // Each has a base or a server of its own, and with that a foundation (RFC 8445 section
    // 5.1.1.3). A lower local preference for each keeps the priorities apart (section 5.1.2.1).
    const auto preference = static_cast<uint16_t>(kBestLocalPreference - candidates_.size());
    candidate.priority = CandidatePriority(kind, preference);
    if (transport == CandidateTransport::kTcpPassive) {
      candidate.priority = (candidate.priority & 0x00FFFFFF) | kTcpTypePreference << 24;
    }
    candidate.foundation = std::to_string(candidates_.size() + 1);
    candidates_.push_back({candidate, way});
  }
  std::vector<LocalCandidate> Take() { return std::move(candidates_); }

 private:
  std::vector<LocalCandidate> candidates_;
};

template <typename Each>
void ForFirst(const std::vector<Endpoint>& endpoints, size_t count, Each each) {
  std::for_each_n(endpoints.begin(), std::min(endpoints.size(), count), each);
}

}  // namespace

std::vector<LocalCandidate> ListCandidates(const Offerings& offerings) {
  List list;
  ForFirst(offerings.hosts, kMaxHosts, [&](const Endpoint& host) {
    list.Add(CandidateKind::kHost, CandidateTransport::kUdp, host, kUdpWay);
  });
  const auto& hosts = offerings.hosts;
  if (offerings.mapped && std::find(hosts.begin(), hosts.end(), *offerings.mapped) == hosts.end()) {
    list.Add(CandidateKind::kServerReflexive, CandidateTransport::kUdp, *offerings.mapped, kUdpWay);
  }
  ForFirst(offerings.foretold, kForetoldPorts, [&](const Endpoint& endpoint) {
    if (endpoint == offerings.mapped) return;
    list.Add(CandidateKind::kServerReflexive, CandidateTransport::kUdp, endpoint, kUdpWay);
  });
  ForFirst(offerings.listeners,
           offerings.foretold.empty() ? kMaxListeners : kMaxListenersBesideForetold,
           [&](const Endpoint& listener) {
             list.Add(CandidateKind::kHost, CandidateTransport::kTcpPassive, listener, kUdpWay);
           });
  if (offerings.relayed) {
    list.Add(CandidateKind::kRelayed, CandidateTransport::kUdp, *offerings.relayed,
             offerings.relay);
  }
  return list.Take();
}

std::vector<Endpoint> Foretell(const Endpoint& sample, int port_step) {
  std::vector<Endpoint> endpoints;
  for (int i = 1; i <= kForetoldPorts; ++i) {
    const int port = sample.port + i * port_step;
    if (port < 1 || port > 65535) break;  // where it goes on is not known
    endpoints.push_back({sample.address, static_cast<uint16_t>(port)});
  }
  return endpoints;
}

bool SameCandidates(const std::vector<LocalCandidate>& a, const std::vector<LocalCandidate>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const LocalCandidate& x, const LocalCandidate& y) {
                      return x.way == y.way && x.candidate.kind == y.candidate.kind &&
                             x.candidate.endpoint == y.candidate.endpoint &&
                             x.candidate.transport == y.candidate.transport;
                    });
}

}  // namespace sfa::path
