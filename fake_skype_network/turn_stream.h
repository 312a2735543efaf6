// A TCP connection on which a client speaks STUN and TURN (RFC 8656 section 3.1, RFC 8489 section
// 6.2.2).
#ifndef FAKE_SKYPE_NETWORK_TURN_STREAM_H_
#define FAKE_SKYPE_NETWORK_TURN_STREAM_H_

#include <functional>
#include <memory>
#include <vector>

#include "fake_skype_network/relay_server.h"
#include "fake_skype_network/relay_way.h"
#include "runtime/runtime.h"

namespace sfa::community {

// Contract:
//  1. Whole messages go to the relay in order, however TCP cuts them; what cannot be the beginning
//     of one ends the connection.
//  2. Towards a client that reads slowly at most kMaxQueued bytes wait: media beyond kMaxMedia is
//     dropped, whole message by whole message; an answer beyond kMaxQueued ends the connection.
//  3. A connection that has no allocation and says nothing for kIdle ends.
//  4. `ended` runs once, when the connection is over, and may destroy this; nothing runs after
//  that.
//     Destroying it ends its allocation.
class TurnStream final : private StreamHandler, private RelayWay {
 public:
  static constexpr size_t kMaxMedia = 16 * 1024;
  static constexpr size_t kMaxQueued = 64 * 1024;
  static constexpr Duration kIdle = std::chrono::seconds(60);

  // `relay` outlives this.
  TurnStream(Runtime& runtime, std::unique_ptr<ByteStream> stream, uint32_t number,
             RelayServer& relay, std::function<void()> ended);
  ~TurnStream();

 private:
  void OnData(std::span<const uint8_t> bytes) override;
  void OnWritable() override;
  void OnEndOfStream() override { Finish(); }
  void OnError(const Error&) override { Finish(); }
  void SendToClient(const Endpoint& client, stun::Bytes message) override;

  RelayClient self() { return {*this, remote_}; }
  void LookIdle();
  void Finish();

  Runtime& runtime_;
  RelayServer& relay_;
  std::function<void()> ended_;
  std::unique_ptr<Timer> end_soon_;
  std::unique_ptr<Timer> idle_;
  bool failing_ = false;
  MonotonicTime heard_;
  std::vector<uint8_t> incoming_;  // at most one message
  std::vector<uint8_t> queue_;     // accepted, from `sent_` on not yet taken by the network
  size_t sent_ = 0;
  std::unique_ptr<ByteStream> stream_;
  const Endpoint remote_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_TURN_STREAM_H_
