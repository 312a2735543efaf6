// What a path agent needs of the media port: STUN out, STUN in.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_CHECK_PORT_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_CHECK_PORT_H_

#include <string>

#include "protocol/stun/message.h"
#include "runtime/address.h"

namespace sfa::path {

// Who sends checks and answers them. Calls come from datagrams, never from inside a CheckPort's
// method; the user may remove and destroy itself in any of them.
class CheckUser {
 public:
  // A Binding request whose USERNAME begins with this user's fragment. Its FINGERPRINT is right;
  // its integrity has not been looked at.
  virtual void OnRequest(const Endpoint& from, const stun::Message& request) = 0;
  // A success or an error with an expected transaction id. Neither its integrity nor where it came
  // from has been looked at.
  virtual void OnAnswer(const Endpoint& from, const stun::Message& answer) = 0;

 protected:
  ~CheckUser() = default;
};

class CheckPort {
 public:
  // False when the fragment is taken.
  virtual bool AddUser(const std::string& ufrag, CheckUser* user) = 0;
  // Also forgets what the user still expects.
  virtual void RemoveUser(const std::string& ufrag) = 0;
  virtual void Expect(const stun::TransactionId& id, CheckUser* user) = 0;
  virtual void Forget(const stun::TransactionId& id) = 0;
  virtual void SendStun(const Endpoint& to, stun::Bytes message) = 0;

 protected:
  ~CheckPort() = default;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_CHECK_PORT_H_
