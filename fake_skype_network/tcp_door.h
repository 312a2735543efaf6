// What comes in by TCP at a supernode: signalling or TURN, told apart by its first two bytes.
#ifndef FAKE_SKYPE_NETWORK_TCP_DOOR_H_
#define FAKE_SKYPE_NETWORK_TCP_DOOR_H_

#include <map>
#include <memory>
#include <vector>

#include "fake_skype_network/relay_server.h"
#include "fake_skype_network/turn_stream.h"
#include "runtime/runtime.h"

namespace sfa::community {

// A secure stream begins with the length of its first message, which is 0x0021 and no STUN
// message's type; a client of TURN begins with a STUN request.
//
// Contract:
//  1. What begins like neither is reset; so is who has said nothing for kPatience, and everybody
//     beyond kMaxTurnStreams. Beyond kMaxUndecided who have not spoken yet the oldest makes room:
//     those who mean it speak at once, and the silent cannot keep them out.
//  2. Signalling streams are handed on with every byte that came, as if nobody had looked: their
//     handler hears OnData() right after OnAccept(), never inside one of the stream's methods.
class TcpDoor final : private AcceptHandler {
 public:
  static constexpr size_t kMaxUndecided = 500;
  static constexpr size_t kMaxTurnStreams = 1000;
  static constexpr Duration kPatience = std::chrono::seconds(10);

  // `relay` and `signalling` outlive this. TURN's ways are numbered from `first_number` on.
  TcpDoor(Runtime& runtime, uint32_t first_number, RelayServer& relay, AcceptHandler& signalling);
  ~TcpDoor();
  // On all ports of a node.
  Status Listen(const Endpoint& own);

  size_t turn_streams() const { return turn_streams_.size(); }

 private:
  class Undecided;

  void OnAccept(std::unique_ptr<ByteStream> stream) override;
  void Decide(uint32_t number, std::unique_ptr<ByteStream> stream, stun::Bytes bytes);

  Runtime& runtime_;
  RelayServer& relay_;
  AcceptHandler& signalling_;
  uint32_t next_number_;
  std::map<uint32_t, std::unique_ptr<Undecided>> undecided_;
  std::map<uint32_t, std::unique_ptr<TurnStream>> turn_streams_;
  std::vector<std::unique_ptr<TcpListener>> listeners_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_TCP_DOOR_H_
