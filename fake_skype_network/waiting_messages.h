// What waits for somebody: chat until the next login, and voicemail.
#ifndef FAKE_SKYPE_NETWORK_WAITING_MESSAGES_H_
#define FAKE_SKYPE_NETWORK_WAITING_MESSAGES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fake_skype_network/login_server.h"
#include "fake_skype_network/store.h"
#include "protocol/signalling.pb.h"

namespace sfa::community {

class WaitingChat {
 public:
  static constexpr int64_t kMost = 100;  // for one user

  explicit WaitingChat(Store& store);

  int64_t Count(const std::string& to);
  void Keep(const wire::ChatMessage& message);
  // In the order of Keep(); nothing is kept of them.
  std::vector<wire::ChatMessage> Take(const std::string& to);

 private:
  Store& store_;
};

class Voicemails {
 public:
  static constexpr int64_t kMost = 100;  // for one user
  // Ten minutes of mu-law.
  static constexpr int64_t kMostBytes = 10 * 60 * 8000;
  // Messages that come in at the same time; the oldest makes room.
  static constexpr int64_t kMostBegun = 100;

  // Whatever has come in half is forgotten.
  explicit Voicemails(Store& store);

  // Those that are complete.
  int64_t Count(const std::string& user);
  // What a service brings, piece by piece. The whole message's seconds, once it is complete. What
  // is too long is cut.
  std::optional<uint32_t> Keep(const wire::KeepVoicemail& piece);
  // The latest, without its audio; nothing when none waits.
  std::optional<Voicemail> Last(const std::string& user);
  // The oldest first.
  std::vector<Voicemail> Of(const std::string& user);

 private:
  Store& store_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_WAITING_MESSAGES_H_
