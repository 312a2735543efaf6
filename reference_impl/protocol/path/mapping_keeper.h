// How others see a media port's UDP socket: asked of supernodes by STUN, and kept alive.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_MAPPING_KEEPER_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_MAPPING_KEEPER_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "protocol/path/media_port.h"
#include "protocol/stun/builder.h"
#include "protocol/stun/message.h"
#include "protocol/stun/transaction.h"
#include "runtime/runtime.h"

namespace sfa::path {

// Contract:
//  1. `send` puts a message onto the UDP socket; answers come back by OnAnswer().
//  2. `changed` runs when mapped() has become another, never from inside a method other than
//     OnAnswer() and Adopt().
//  3. Only an answer from the endpoint that was asked counts.
class MappingKeeper {
 public:
  using Send = std::function<void(const Endpoint& to, stun::Bytes message)>;
  using Answered = std::function<void(const MediaPort::Sighting&)>;

  static constexpr Duration kKeepalive = std::chrono::seconds(15);  // RFC 8445 section 11
  // Questions under way at once: more than a survey has.
  static constexpr size_t kMaxQuestions = 64;

  MappingKeeper(Runtime& runtime, Send send, std::function<void()> changed);

  // Once, without repeating; `answered` runs once, after `wait` at the latest.
  void Ask(const Endpoint& node, Duration wait, Answered answered);
  // From now on, every 15 s.
  void UseServer(const Endpoint& server);
  std::optional<Endpoint> server() const { return server_; }
  std::optional<Endpoint> mapped() const { return mapped_; }
  // What somebody other than the server has seen counts from now on.
  void Adopt(const Endpoint& mapped);

  // Whether it answered one of these questions.
  bool OnAnswer(const Endpoint& from, const stun::Message& answer);

 private:
  struct Question {
    Endpoint node;
    MonotonicTime sent;
    Answered answered;
    std::unique_ptr<Timer> timer;
  };
  void AskServer();
  void End(const stun::TransactionId& id, std::optional<Endpoint> mapped);

  Runtime& runtime_;
  Send send_;
  std::function<void()> changed_;
  std::map<stun::TransactionId, Question> questions_;
  std::optional<Endpoint> server_;
  std::unique_ptr<stun::Transaction> question_;  // to the server
  std::unique_ptr<Timer> keepalive_;
  std::optional<Endpoint> mapped_;
};

// A Binding request without credentials.
stun::Builder MappingQuestion(const stun::TransactionId& id);
// The mapping in an answer to one; nothing when it is an error or garbled.
std::optional<Endpoint> MappingIn(const stun::Message& answer);

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_MAPPING_KEEPER_H_
