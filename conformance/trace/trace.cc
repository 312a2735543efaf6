#include "conformance/trace/trace.h"

#include <sodium.h>
#include <strings.h>

#include <array>
#include <nlohmann/json.hpp>

namespace sfa::conformance {
namespace {

// Little-endian, so that the hash does not depend on the machine.
std::string HashSamples(const std::vector<int16_t>& samples) {
  std::vector<uint8_t> bytes;
  bytes.reserve(samples.size() * 2);
  for (const int16_t sample : samples) {
    const uint16_t bits = static_cast<uint16_t>(sample);
    bytes.push_back(static_cast<uint8_t>(bits));
    bytes.push_back(static_cast<uint8_t>(bits >> 8));
  }
  return HashBytes(bytes.data(), bytes.size());
}

}  // namespace

std::string InSession(const std::string& asterisk, const std::string& manager) {
  return asterisk + " as " + manager;
}

const char* ToString(Observer observer) {
  switch (observer) {
    case Observer::kStep:
      return "step";
    case Observer::kClient:
      return "client";
    case Observer::kAmi:
      return "ami";
    case Observer::kResponse:
      return "response";
    case Observer::kConsole:
      return "console";
    case Observer::kLog:
      return "log";
    case Observer::kProcess:
      return "process";
    case Observer::kFiles:
      return "files";
    case Observer::kAudio:
      return "audio";
    case Observer::kWorld:
      return "world";
  }
  return "world";
}

const std::string& Observation::Get(const std::string& name) const {
  static const std::string kNothing;
  for (const auto& [key, value] : fields) {
    if (strcasecmp(key.c_str(), name.c_str()) == 0) return value;
  }
  return kNothing;
}

void Trace::BeginAt(MonotonicTime zero) {
  zero_ = zero;
  for (Observation& seen : observations_) seen.at = MonotonicTime();
}

void Trace::Add(Observation observation) {
  observation.at -= zero_.time_since_epoch();
  if (listener_ != nullptr) observations_.clear();
  observations_.push_back(std::move(observation));
  if (listener_ != nullptr) listener_->OnObservation(observations_.back());
}

void Trace::AddRecording(MonotonicTime at, Recording recording) {
  recording.sent_start -= zero_.time_since_epoch();
  recording.heard_start -= zero_.time_since_epoch();
  const auto instant = [](MonotonicTime time) {
    return std::to_string(time.time_since_epoch().count());
  };
  Add({at,
       Observer::kAudio,
       recording.actor,
       "call",
       {{"sent_start", instant(recording.sent_start)},
        {"sent_samples", std::to_string(recording.sent.size())},
        {"sent_hash", HashSamples(recording.sent)},
        {"heard_start", instant(recording.heard_start)},
        {"heard_samples", std::to_string(recording.heard.size())},
        {"heard_hash", HashSamples(recording.heard)},
        {"packets_received", std::to_string(recording.packets_received)},
        {"packets_lost", std::to_string(recording.packets_lost)}}});
  if (listener_ != nullptr) return listener_->OnRecording(recording);
  recordings_.push_back(std::move(recording));
}

std::string Trace::ToJsonLines() const {
  std::string text;
  for (const Observation& seen : observations_) {
    nlohmann::ordered_json fields = nlohmann::ordered_json::array();
    for (const auto& [name, value] : seen.fields) fields.push_back({name, value});
    const nlohmann::ordered_json line = {{"ns", seen.at.time_since_epoch().count()},
                                         {"by", ToString(seen.observer)},
                                         {"of", seen.subject},
                                         {"what", seen.kind},
                                         {"fields", std::move(fields)}};
    text += line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    text += '\n';
  }
  return text;
}

std::string Trace::Hash() const {
  const std::string text = ToJsonLines();
  return HashBytes(text.data(), text.size());
}

std::string HashBytes(const void* bytes, size_t size) {
  std::array<unsigned char, crypto_generichash_BYTES> hash;
  crypto_generichash(hash.data(), hash.size(), static_cast<const unsigned char*>(bytes), size,
                     nullptr, 0);
  std::array<char, crypto_generichash_BYTES * 2 + 1> text;
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  return text.data();
}

}  // namespace sfa::conformance
