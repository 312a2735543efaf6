// Answers the other end's checks (RFC 8445 section 7.3), and keeps those that come before its
// description does.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_INCOMING_CHECKS_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_INCOMING_CHECKS_H_

#include <optional>
#include <string_view>
#include <vector>

#include "protocol/path/check_identity.h"
#include "protocol/path/check_port.h"

namespace sfa::path {

// A genuine check, answered.
struct ReceivedCheck {
  Route from;
  uint32_t priority = 0;  // of the candidate that is learnt from it
  bool nominates = false;
  std::optional<uint32_t> nomination;  // its number, if it has one
};

class IncomingChecks {
 public:
  static constexpr size_t kMaxEarly = 16;

  IncomingChecks(CheckPort& port, CheckIdentity& identity) : port_(port), identity_(identity) {}

  // Sends an answer or a refusal. Returns what there is to act upon; nothing while the other end is
  // not known. May change the role.
  std::optional<ReceivedCheck> OnRequest(const Route& from, const stun::Message& request);
  // Those that came before the other end was known; one for each route.
  std::vector<ReceivedCheck> TakeEarly();

 private:
  void Refuse(const Route& to, const stun::Message& request, int code, std::string_view reason);

  CheckPort& port_;
  CheckIdentity& identity_;
  std::vector<ReceivedCheck> early_;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_INCOMING_CHECKS_H_
