#include "protocol/path/survey.h"

#include <algorithm>
#include <utility>

namespace sfa::path {

class Survey::Impl {
 public:
  Impl(Runtime& runtime, MediaPort& port, std::vector<Endpoint> nodes,
       std::function<void(const Surroundings&)> done)
      : runtime_(runtime),
        port_(port),
        nodes_(std::move(nodes)),
        done_(std::move(done)),
        timer_(runtime.NewTimer([this] { OnTimer(); })) {
    constexpr size_t kMost = size_t{kSurveyRounds} * kSurveyNodesPerRound;
    if (nodes_.size() > kMost) nodes_.resize(kMost);
    if (!port_.uses_udp()) nodes_.clear();
    sightings_.resize(nodes_.size());
    timer_->Start(Duration{});
  }

 private:
  // The next one is due: a request, a round, or the end.
  void OnTimer();
  void OnAnswer(size_t index, const MediaPort::Sighting& sighting);

  Runtime& runtime_;
  MediaPort& port_;
  std::vector<Endpoint> nodes_;
  std::function<void(const Surroundings&)> done_;
  std::unique_ptr<Timer> timer_;
  std::vector<MediaPort::Sighting> sightings_;  // one for each node
  size_t asked_ = 0;
  size_t under_way_ = 0;
  MonotonicTime round_end_{};
  // Answers that come after the end are nobody's.
  std::shared_ptr<Impl*> self_ = std::make_shared<Impl*>(this);
};

void Survey::Impl::OnTimer() {
  if (asked_ == nodes_.size()) {
    // Out of the object first: the call may destroy it.
    const auto done = std::move(done_);
    done(Conclude(sightings_, port_.host_endpoints()));
    return;
  }
  if (asked_ % kSurveyNodesPerRound == 0) round_end_ = runtime_.Now() + kSurveyWait;
  const size_t index = asked_++;
  ++under_way_;
  // A round's questions end with the round.
  port_.AskMapping(
      nodes_[index], round_end_ - runtime_.Now(),
      [self = std::weak_ptr<Impl*>(self_), index](const MediaPort::Sighting& sighting) {
        if (const auto alive = self.lock()) (*alive)->OnAnswer(index, sighting);
      });
  const bool round_goes_on = asked_ < nodes_.size() && asked_ % kSurveyNodesPerRound != 0;
  if (round_goes_on) timer_->Start(kSurveyPace);
}

void Survey::Impl::OnAnswer(size_t index, const MediaPort::Sighting& sighting) {
  sightings_[index] = sighting;
  --under_way_;
  const bool round_asked = asked_ == nodes_.size() || asked_ % kSurveyNodesPerRound == 0;
  if (under_way_ == 0 && round_asked) timer_->Start(Duration{});
}

Survey::Survey(Runtime& runtime, MediaPort& port, std::vector<Endpoint> nodes,
               std::function<void(const Surroundings&)> done)
    : impl_(std::make_unique<Impl>(runtime, port, std::move(nodes), std::move(done))) {}

Survey::~Survey() = default;

namespace {

// What a NAT that goes on in steps may have given to others between two of our flows.
constexpr int kMostStepsBetween = 16;
// One jump may be the NAT's return to its first port, if this many steps agree.
constexpr int kStepsThatExcuseAJump = 3;

// The step in which these ports go on, in the order in which they were given; 0 when in none.
// `ports[i]` is that of the i-th flow, nothing when it is not known.
int FindStep(const std::vector<std::optional<int>>& ports) {
  struct Distance {
    int ports, flows;
  };
  std::vector<Distance> distances;
  std::optional<size_t> last;
  for (size_t i = 0; i < ports.size(); ++i) {
    if (!ports[i]) continue;
    if (last) distances.push_back({*ports[i] - *ports[*last], static_cast<int>(i - *last)});
    last = i;
  }
  // The step is what the closest two differ by; others may have taken some ports between.
  int step = 0;
  for (const Distance& distance : distances) {
    if (distance.ports % distance.flows != 0) continue;
    const int each = distance.ports / distance.flows;
    if (each != 0 && (step == 0 || std::abs(each) < std::abs(step))) step = each;
  }
  if (step == 0 || std::abs(step) > kMostStepsBetween) return 0;
  int agree = 0;
  int jumps = 0;
  for (const Distance& distance : distances) {
    const int steps = distance.ports / step;
    const bool agrees = distance.ports % step == 0 && steps >= distance.flows &&
                        steps <= distance.flows * kMostStepsBetween;
    ++(agrees ? agree : jumps);
  }
  return jumps == 0 || (jumps == 1 && agree >= kStepsThatExcuseAJump) ? step : 0;
}

}  // namespace

Surroundings Conclude(const std::vector<MediaPort::Sighting>& sightings,
                      const std::vector<Endpoint>& host_endpoints) {
  Surroundings result;
  std::vector<Endpoint> seen;
  std::vector<std::optional<int>> ports;
  for (const MediaPort::Sighting& sighting : sightings) {
    ports.push_back(sighting.mapped ? std::optional<int>(sighting.mapped->port) : std::nullopt);
    if (!sighting.mapped) continue;
    seen.push_back(*sighting.mapped);
    result.nodes.push_back({sighting.node, sighting.round_trip});
  }
  std::stable_sort(
      result.nodes.begin(), result.nodes.end(),
      [](const SeenNode& a, const SeenNode& b) { return a.round_trip < b.round_trip; });
  if (seen.empty()) {
    result.mapping = sightings.size() > 1 ? Mapping::kBlocked : Mapping::kUnknown;
    return result;
  }
  if (seen.size() == 1) return result;
  const Endpoint& first = seen.front();
  const auto all = [&](const auto& holds) { return std::all_of(seen.begin(), seen.end(), holds); };
  if (all([&](const Endpoint& mapped) { return mapped == first; })) {
    const bool ours =
        std::find(host_endpoints.begin(), host_endpoints.end(), first) != host_endpoints.end();
    result.mapping = ours ? Mapping::kNone : Mapping::kEndpointIndependent;
    return result;
  }
  const bool one_address =
      all([&](const Endpoint& mapped) { return mapped.address == first.address; });
  result.port_step = one_address ? FindStep(ports) : 0;
  result.mapping = result.port_step != 0 ? Mapping::kSequential : Mapping::kUnpredictable;
  return result;
}

}  // namespace sfa::path
