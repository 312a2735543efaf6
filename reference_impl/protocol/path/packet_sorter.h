// Who gets what arrives at a media port, by whatever way (RFC 7983).
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_PACKET_SORTER_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_PACKET_SORTER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "protocol/path/check_port.h"
#include "protocol/path/media_port.h"
#include "protocol/path/route.h"
#include "protocol/stun/message.h"

namespace sfa::path {

// Media goes by its SSRC, a Binding request by the first half of its USERNAME, an answer by its
// transaction. What is nobody's is counted and dropped.
class PacketSorter {
 public:
  // Gets the answers that no user expects, and says whether it was one for the port itself.
  using OwnAnswer = std::function<bool(const Route& from, const stun::Message& answer)>;
  explicit PacketSorter(OwnAnswer own_answer) : own_answer_(std::move(own_answer)) {}

  void AddReceiver(uint32_t ssrc, MediaReceiver* receiver) { receivers_[ssrc] = receiver; }
  void RemoveReceiver(uint32_t ssrc) { receivers_.erase(ssrc); }

  bool AddUser(const std::string& ufrag, CheckUser* user) {
    return users_.emplace(ufrag, user).second;
  }
  // Also what it expects. False when there is no such user.
  bool RemoveUser(const std::string& ufrag);
  bool HasUsers() const { return !users_.empty(); }
  void Expect(const stun::TransactionId& id, CheckUser* user) { expected_[id] = user; }
  void Forget(const stun::TransactionId& id) { expected_.erase(id); }

  // The receiver may do anything to sorter's users meanwhile, but not destroy the sorter.
  void OnPacket(const Route& from, std::span<const uint8_t> bytes);
  void Drop() { ++dropped_; }
  uint64_t dropped() const { return dropped_; }

  // Calls `tell` for each user that is there when its turn comes, in the order of their fragments.
  void TellUsers(const std::function<void(CheckUser&)>& tell);
  // Only these, as far as they are still there.
  void TellUsers(const std::vector<std::string>& ufrags,
                 const std::function<void(CheckUser&)>& tell);

 private:
  void OnStun(const Route& from, std::span<const uint8_t> bytes);
  void OnMedia(const Route& from, std::span<const uint8_t> bytes);

  OwnAnswer own_answer_;
  std::unordered_map<uint32_t, MediaReceiver*> receivers_;  // looked up only, never walked
  std::map<std::string, CheckUser*, std::less<>> users_;
  std::map<stun::TransactionId, CheckUser*> expected_;
  uint64_t dropped_ = 0;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_PACKET_SORTER_H_
