// What the desks of the login server have in common: who asks, and how it is answered.
#ifndef FAKE_SKYPE_NETWORK_SERVICE_DESK_H_
#define FAKE_SKYPE_NETWORK_SERVICE_DESK_H_

#include <string>
#include <utility>

#include "fake_skype_network/newsroom.h"
#include "fake_skype_network/records.h"
#include "fake_skype_network/views.h"
#include "protocol/signalling.pb.h"

namespace sfa::community {

// Whose login; it has an account.
struct Asker {
  std::string user;
  uint64_t device = 0;
};

// A request is answered at once, inside a change (newsroom.h) that the caller begins and ends.
struct DeskTools {
  Runtime& runtime;
  Records& records;
  Views& views;
  Newsroom& newsroom;
};

inline wire::ServiceReply Done() {
  wire::ServiceReply reply;
  reply.set_result(wire::SERVICE_DONE);
  return reply;
}

inline wire::ServiceReply Refused(wire::ServiceResult why, std::string text) {
  wire::ServiceReply reply;
  reply.set_result(why);
  reply.set_text(std::move(text));
  return reply;
}

inline wire::ServiceReply NoSuchUser(const std::string& name) {
  return Refused(wire::SERVICE_UNKNOWN_USER, "there is no user \"" + name.substr(0, 64) + "\"");
}

// For people: no NUL, which ends a text for many.
inline bool IsText(const std::string& text, size_t most) {
  return text.size() <= most && text.find('\0') == std::string::npos;
}

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_SERVICE_DESK_H_
