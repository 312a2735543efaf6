// Text messages outside of calls: into the dialplan, and out of it by a technology.
#ifndef ASTERISK_HARNESS_SIMULATED_MESSAGES_H_
#define ASTERISK_HARNESS_SIMULATED_MESSAGES_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "asterisk_harness/simulated/routine.h"
#include "asterisk_harness/simulated/wakeup.h"

namespace sfa::harness {

class Channel;
class PbxCore;

// What MESSAGE() and MESSAGE_DATA() read and write; a channel has one at most.
struct TextMessage {
  std::string to, from, body;
  std::map<std::string, std::string> data;
};

enum class SendResult { kSent, kFailed, kNoTechnology };

class Messages {
 public:
  using Sender = std::function<bool(const std::string& to, const TextMessage& message)>;

  explicit Messages(PbxCore& core) : core_(core) {}

  // Takes what goes to "<technology>:<address>"; an empty one takes it away.
  void SetTechnology(const std::string& technology, Sender sender);
  SendResult Send(const std::string& to, const TextMessage& message);

  // Runs the dialplan for it, one message after the other, all on the same channel, which comes
  // with the first message. False when there is no such extension, or too many wait.
  bool Receive(const std::string& context, const std::string& exten, TextMessage message);
  // What waits is dropped; the channel ends, after the message that it is busy with.
  void Stop();

 private:
  struct Waiting {
    std::string context, exten;
    TextMessage message;
  };
  Routine<void> Work(Wakeup& wakeup);
  Channel& ReadyChannel();
  void EndChannel();

  PbxCore& core_;
  std::map<std::string, Sender> senders_;  // by lower-case technology
  std::deque<Waiting> queue_;
  bool working_ = false;
  uint64_t channel_ = 0;  // its number, 0 for none
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_MESSAGES_H_
