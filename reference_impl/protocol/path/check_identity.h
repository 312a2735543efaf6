// Who the two ends of a call are to each other in their checks: fragments, passwords and roles
// (RFC 8445 sections 5.3 and 6.1.1). Makes the requests and tells genuine messages.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_CHECK_IDENTITY_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_CHECK_IDENTITY_H_

#include <string>

#include "protocol/path/path_agent.h"
#include "protocol/stun/builder.h"
#include "protocol/stun/message.h"

namespace sfa::path {

class CheckIdentity {
 public:
  // With a password of its own, and no fragment yet: whoever uses it finds one that is free.
  CheckIdentity(Random& random, PathRole role);

  const std::string& NewFragment();
  const std::string& fragment() const { return fragment_; }
  const std::string& password() const { return password_; }

  // False when no check can succeed with these.
  bool SetRemote(const std::string& fragment, const std::string& password);
  bool has_remote() const { return !remote_fragment_.empty(); }

  PathRole role() const { return role_; }
  void SwitchRole();
  // After the other end has refused our role (RFC 8445 section 7.2.5.1).
  void SwitchRoleAndTieBreaker();
  // Section 7.3.1.1, with a request of the other end: takes over the other role if that is what has
  // to happen. False when it is the other end that must.
  bool SettleRoles(const stun::Message& request);

  // A check, or with `nomination` one that nominates its pair as the latest of all so far.
  stun::Builder NewRequest(WayKind way_kind, uint32_t nomination);
  stun::Builder NewAnswer(const stun::Message& request, const Endpoint& from) const;

  bool IsGenuineRequest(const stun::Message& request) const;
  bool IsGenuineAnswer(const stun::Message& answer) const;

 private:
  Random& random_;
  PathRole role_;
  uint64_t tie_breaker_;
  std::string fragment_, password_;
  std::string remote_fragment_, remote_password_;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_CHECK_IDENTITY_H_
