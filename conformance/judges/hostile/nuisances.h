// TCP connections that nobody wants: silent, half a handshake, garbage, readers that do not read,
// strangers in encrypted streams that say what only users and nodes may say; as many as are asked
// for at once, and a new one for each that is thrown out.
#ifndef CONFORMANCE_JUDGES_HOSTILE_NUISANCES_H_
#define CONFORMANCE_JUDGES_HOSTILE_NUISANCES_H_

#include <map>
#include <memory>
#include <vector>

#include "conformance/judges/hostile/packets.h"
#include "protocol/peer/peer.h"
#include "runtime/runtime.h"

namespace sfa::conformance {

class Nuisances {
 public:
  // What connections begin with, when it is known: the first bytes of a real stream.
  explicit Nuisances(Runtime& runtime, const peer::NetworkSettings& network);
  ~Nuisances();

  void LearnOpening(const PacketBytes& bytes) { opening_ = bytes; }
  // One more; what it does follows from how many there were.
  void Connect(const Endpoint& target);
  // One that says nothing, or half of a beginning.
  void ConnectSilently(const Endpoint& target);
  // Those that are open say more, where that belongs to what they do.
  void Tick();
  void EndAll();

  size_t now() const { return connections_.size(); }
  uint64_t begun() const { return begun_; }
  uint64_t thrown_out() const { return thrown_out_; }
  uint64_t secured() const { return secured_; }

 private:
  class Connection;
  class RawConnection;
  class Liar;

  void Gone(uint64_t number, bool secured);

  Runtime& runtime_;
  const peer::NetworkSettings network_;
  PacketBytes opening_;
  uint64_t begun_ = 0;
  uint64_t thrown_out_ = 0;
  uint64_t secured_ = 0;
  std::map<uint64_t, std::unique_ptr<Connection>> connections_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_JUDGES_HOSTILE_NUISANCES_H_
