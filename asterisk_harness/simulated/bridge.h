// Two channels that hear each other.
#ifndef ASTERISK_HARNESS_SIMULATED_BRIDGE_H_
#define ASTERISK_HARNESS_SIMULATED_BRIDGE_H_

#include <functional>
#include <string>

#include "asterisk_harness/simulated/pbx_core.h"

namespace sfa::harness {

// The one with whom it has begun stays to its end; the other one, the peer, may leave and be
// followed by another, which then belongs to whoever runs the bridge.
class Bridge {
 public:
  // Both have `wakeup` as their waiter.
  Bridge(PbxCore& core, Channel& caller, Channel& peer, Wakeup& wakeup);
  ~Bridge();
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;

  Channel& caller() { return caller_; }
  Channel* peer() { return peer_; }  // nullptr: the caller is alone
  // What AMI shows of it.
  Headers Describe(const std::string& prefix = "") const;
  // The peer leaves for another bridge: it is of whoever asks for this, and has no waiter.
  Channel& Part();
  // Only while the caller is alone.
  void Attach(Channel& newcomer);
  // The end: both are out.
  void Leave(bool caller_first);

 private:
  void Enter(Channel& channel, int count);
  void Exit(Channel& channel, int count);
  void Meet();

  PbxCore& core_;
  Channel& caller_;
  Channel* peer_;
  Wakeup& wakeup_;
  int members_ = 0;
  const std::string id_;
};

enum class BridgeEnd { kCallerGone, kPeerGone };

struct BridgeResult {
  BridgeEnd end;
  Channel* peer;  // the last one; nullptr when the caller was alone
};

// Passes voice, digits and indications both ways until one of them is hung up. Both channels have
// `wakeup` as their waiter. Voice goes from driver to driver without stopping here.
// `met`, if any, runs once both are in.
Routine<BridgeResult> RunBridge(PbxCore& core, Channel& caller, Channel& peer, Wakeup& wakeup,
                                std::function<void()> met = nullptr);

// `channel` learns that `other` is at the far end.
void Introduce(Channel& channel, const Channel& other);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_BRIDGE_H_
