#include "conformance/world/actor.h"

namespace sfa::conformance {

void Actor::OnSight(const community::ClientSight& sight) {
  trace_.Add({sight.at, Observer::kClient, name_, sight.kind, sight.fields});
  if (sight.kind == "answered") answered_ = true;
  // Before the answer something may be heard, too.
  if (sight.kind == "progress") progressed_ = true;
  if (sight.kind == "ended") BreakOff(sight.at);
  // A recording comes after its call's end.
  const Observation seen{sight.at, Observer::kClient, name_, sight.kind, sight.fields};
  OnSeen(seen);
}

void Actor::BreakOff(MonotonicTime at) {
  if (answered_ || progressed_) KeepRecording(at);
  answered_ = progressed_ = false;
}

void Actor::KeepRecording(MonotonicTime at) {
  const community::AudioRecord& record = audio();
  const peer::MediaStatistics measures = statistics();
  trace_.AddRecording(at, {name_, record.sent_start, record.heard_start, record.sent, record.heard,
                           measures.packets_received, measures.packets_lost});
}

std::vector<media::Codec> CodecsOf(const std::vector<std::string>& names) {
  std::vector<media::Codec> codecs;
  codecs.reserve(names.size());
  for (const std::string& name : names) {
    codecs.push_back(name == "alaw"   ? media::Codec::kPcma
                     : name == "g729" ? media::Codec::kG729
                                      : media::Codec::kPcmu);
  }
  return codecs;
}

}  // namespace sfa::conformance
