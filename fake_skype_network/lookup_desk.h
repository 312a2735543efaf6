// Where users are: answers those who ask, out of this node's share of the directory, and by asking
// the other keepers and the login server.
#ifndef FAKE_SKYPE_NETWORK_LOOKUP_DESK_H_
#define FAKE_SKYPE_NETWORK_LOOKUP_DESK_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "fake_skype_network/directory.h"
#include "fake_skype_network/neighbours.h"
#include "runtime/runtime.h"

namespace sfa::community {

wire::Device ToWire(const DeviceEntry& device);
DeviceEntry FromWire(const wire::Device& device);

// Contract: each question is answered, once: by the first keeper that knows the user; else by the
// login server, which knows whether there is such a user at all; else, when none of them has
// answered in kPatience each, as somebody who is not there. Beyond kMaxQuestions under way the
// answer is the latter at once.
class LookupDesk {
 public:
  static constexpr size_t kMaxQuestions = 10'000;
  static constexpr Duration kPatience = std::chrono::seconds(2);

  // Brings the answer to the connection with that number, if it is there still.
  using Answer = std::function<void(uint64_t connection, const wire::Message& reply)>;

  LookupDesk(Runtime& runtime, const Endpoint& self, const Directory& directory,
             Neighbours& neighbours, Answer answer);

  void Ask(uint64_t connection, const std::string& user);
  // What has come back for what this desk has sent.
  void OnKeepersReply(const Endpoint& keeper, const wire::Message& reply);
  void OnLoginServersReply(const wire::Message& reply);

 private:
  struct Question {
    uint64_t connection;
    std::string user;
    std::vector<Endpoint> keepers;  // not asked yet
    Endpoint asked;                 // the latest of them
    bool login_server_asked = false;
    int step = 0;
  };
  struct Deadline {
    MonotonicTime at;
    uint32_t request;
    int step;
  };

  void GoOn(uint32_t request);
  bool Send(uint32_t request, const Endpoint* keeper, const std::string& user);
  void Finish(uint32_t request, const wire::LookupReply& reply);
  void OnDeadline();

  Runtime& runtime_;
  const Endpoint self_;
  const Directory& directory_;
  Neighbours& neighbours_;
  const Answer answer_;
  uint32_t next_ = 1;
  std::unordered_map<uint32_t, Question> questions_;
  std::deque<Deadline> deadlines_;  // in order; of questions that have gone on, too
  std::unique_ptr<Timer> timer_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_LOOKUP_DESK_H_
