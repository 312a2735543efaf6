// Where users are: answers those who ask, out of this node's share of the directory, and by asking
// the other keepers and the login server.
#ifndef FAKE_SKYPE_NETWORK_LOOKUP_DESK_H_
#define FAKE_SKYPE_NETWORK_LOOKUP_DESK_H_

#include <cstdint>
#include <functional>
#include <map>
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

// Whether a name is one that is dialled: a number, or what is meant to be one.
bool IsDialled(const std::string& name);

// Contract:
//  1. Each question is answered, once: with the devices of the first keeper that knows the user,
//  and
//     with what the login server says of the user besides (no such user, forwarding, voicemail, or
//     that it has blocked who asks).
//  2. Both are asked at the same time. A login server that is out of reach is not waited for when a
//     keeper knows the user, one that does not answer only for kPatienceForMore. When no keeper
//     knows the user it is asked in any case.
//  3. A keeper or a login server that has not answered in kPatience knows nothing.
//  4. Numbers are known to the login server alone; emergency numbers are refused here.
//  5. Beyond kMaxQuestions under way the answer is at once that nobody is there.
class LookupDesk {
 public:
  static constexpr size_t kMaxQuestions = 10'000;
  static constexpr Duration kPatience = std::chrono::seconds(2);
  static constexpr Duration kPatienceForMore = std::chrono::seconds(1);

  // Brings the answer to the connection with that number, if it is there still.
  using Answer = std::function<void(uint64_t connection, const wire::Message& reply)>;

  LookupDesk(Runtime& runtime, const Endpoint& self, const Directory& directory,
             Neighbours& neighbours, Answer answer);

  // `asker` is the user of that connection.
  void Ask(uint64_t connection, const std::string& asker, const std::string& user);
  // What has come back for what this desk has sent.
  void OnKeepersReply(const Endpoint& keeper, const wire::Message& reply);
  void OnLoginServersReply(const wire::Message& reply);

 private:
  struct Question {
    uint64_t connection = 0;
    std::string asker;
    std::string user;
    std::vector<Endpoint> keepers;  // not asked yet
    Endpoint asked;                 // the latest of them
    bool keepers_done = false;      // they have said all
    enum class LoginServer { kNotAsked, kAsked, kDone } login_server = LoginServer::kNotAsked;
    wire::LookupReply known;
    int step = 0;
  };
  using LoginServer = Question::LoginServer;
  struct Deadline {
    uint32_t request;
    int step;  // of the keepers; kLoginServersStep
  };
  static constexpr int kLoginServersStep = -1;

  void AskKeepers(uint32_t request);
  void GoOn(uint32_t request);
  bool AskKeeper(uint32_t request, const Endpoint& keeper, const std::string& user);
  bool AskLoginServer(uint32_t request, const Question& question);
  void Await(uint32_t request, int step, Duration patience);
  void Finish(uint32_t request);
  void OnDeadline();

  Runtime& runtime_;
  const Endpoint self_;
  const Directory& directory_;
  Neighbours& neighbours_;
  const Answer answer_;
  uint32_t next_ = 1;
  std::unordered_map<uint32_t, Question> questions_;
  std::multimap<MonotonicTime, Deadline> deadlines_;  // of questions that have gone on, too
  std::unique_ptr<Timer> timer_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_LOOKUP_DESK_H_
