#include "protocol/path/suspicion.h"

#include <algorithm>
#include <utility>

namespace sfa::path {

Suspicion::Suspicion(Runtime& runtime, MappingKeeper& mapping, std::function<void()> settled)
    : runtime_(runtime),
      mapping_(mapping),
      settled_(std::move(settled)),
      timer_(runtime.NewTimer([this] { OnTimer(); })) {}

void Suspicion::Begin(const Surroundings& surroundings, const std::vector<Endpoint>& nodes) {
  if (under_way_) return;
  under_way_ = true;
  ++round_;
  asked_ = 0;
  link_works_ = server_answers_ = false;
  same_for_all_ = surroundings.mapping == Mapping::kNone ||
                  surroundings.mapping == Mapping::kEndpointIndependent;
  seen_by_other_.reset();
  other_.reset();
  const auto consider = [&](const Endpoint& node) {
    if (!other_ && node != mapping_.server()) other_ = node;
  };
  for (const SeenNode& seen : surroundings.nodes) consider(seen.node);
  for (const Endpoint& node : nodes) consider(node);
  end_ = runtime_.Now() + kLongest;
  timer_->Start(Duration{});
}

void Suspicion::End() {
  under_way_ = false;
  ++round_;
  timer_->Cancel();
}

void Suspicion::OnTimer() {
  if (asked_ >= kAsks) {
    const bool cut = !link_works_ && runtime_.Now() < end_;
    if (!cut || (!mapping_.server() && !other_)) {
      under_way_ = false;
      if (!server_answers_ && seen_by_other_) {
        mapping_.UseServer(*other_);
        mapping_.Adopt(*seen_by_other_);
      }
      settled_();
      return;
    }
  }
  ++asked_;
  if (const auto server = mapping_.server()) Ask(*server);
  if (other_) Ask(*other_);
  timer_->Start(asked_ < kAsks ? kBetween : kBetweenWhileCut);
}

void Suspicion::Ask(const Endpoint& node) {
  mapping_.Ask(node, kWait, [this, round = round_](const MediaPort::Sighting& sighting) {
    OnAnswer(sighting, round);
  });
}

void Suspicion::OnAnswer(const MediaPort::Sighting& sighting, int round) {
  if (!under_way_ || round != round_ || !sighting.mapped) return;
  link_works_ = true;
  if (sighting.node == mapping_.server()) {
    server_answers_ = true;
    mapping_.Adopt(*sighting.mapped);
  } else {
    seen_by_other_ = sighting.mapped;
    if (same_for_all_) mapping_.Adopt(*sighting.mapped);
  }
}

}  // namespace sfa::path
