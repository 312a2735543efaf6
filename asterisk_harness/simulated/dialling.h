// The channels of one Dial(), from the request to the answer.
#ifndef ASTERISK_HARNESS_SIMULATED_DIALLING_H_
#define ASTERISK_HARNESS_SIMULATED_DIALLING_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "asterisk_harness/simulated/dial.h"
#include "asterisk_harness/simulated/pbx_thread.h"

namespace sfa::harness {

struct DialOptions {
  bool go_on = false;  // g: go on in the dialplan when the peer hangs up
  bool ring = false;   // r: tell the caller that it rings at once
  std::string digits;  // D(digits): sent to the peer after it answered
};

// Sets the variable `name` to the whole seconds, and `name`_MS.
void SetTimes(const Call& call, const std::string& name, Duration length);

class Dialling {
 public:
  Dialling(Call call, DialOptions options) : call_(call), options_(std::move(options)) {}
  ~Dialling() { call_.channel.SetVoiceTarget(nullptr); }
  Dialling(const Dialling&) = delete;
  Dialling& operator=(const Dialling&) = delete;

  // Requests and calls every destination; false when the argument cannot be read.
  bool Place(const std::string& destinations);
  // The channel that answered, of which the caller's variables and AMI then know; nullptr when none
  // did, and status() tells why.
  Routine<Channel*> WaitForAnswer(std::optional<MonotonicTime> deadline);
  const std::string& status() const { return status_; }

 private:
  void PlaceOne(const DialTarget& target);
  void OnFrame(Channel* peer, const Frame& frame, Channel** winner);
  void OnCallersFrame(const Frame& frame);
  void OnGone(Channel* peer);
  void End(Channel* peer, const char* status, int cause);
  void EndAll(const char* status, int cause, const Channel* but);
  void NoteCause(Channel* peer);
  void TellRinging();
  void Emit(const char* event, const Channel& peer, const char* status);

  Call call_;
  const MonotonicTime start_ = call_.core.runtime().Now();
  DialOptions options_;
  std::string status_ = "CHANUNAVAIL";
  DialFailures failures_;
  int destinations_ = 0;
  bool rang_ = false;
  bool progressed_ = false;
  bool ringing_told_ = false;
  // With one destination the caller hears it before it answers, and learns who it is.
  bool single_ = false;
  std::map<const Channel*, Frame> parties_;  // news of several, kept until one answers
  std::vector<Channel*> peers_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_DIALLING_H_
