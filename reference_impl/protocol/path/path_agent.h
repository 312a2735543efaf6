// Finds the best path of one call by connectivity checks: ICE (RFC 8445), one component.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_PATH_AGENT_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_PATH_AGENT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "protocol/path/media_port.h"
#include "runtime/runtime.h"

namespace sfa::path {

// The values are the type preferences of RFC 8445 section 5.1.2.2.
enum class CandidateKind : uint8_t {
  kRelayed = 0,
  kServerReflexive = 100,
  kPeerReflexive = 110,
  kHost = 126
};
// "host", "server-reflexive", "peer-reflexive", "relayed"
const char* ToString(CandidateKind kind);

struct Candidate {
  CandidateKind kind = CandidateKind::kHost;
  Endpoint endpoint;
  uint32_t priority = 0;
  std::string foundation;
};

// One end's half: what the other end needs to check towards us.
struct PathDescription {
  std::string ufrag;
  std::string password;
  std::vector<Candidate> candidates;
};

enum class PathRole { kControlling, kControlled };  // the caller controls

class PathObserver {
 public:
  // A pair has been nominated: media may flow. Comes again when a better path replaces it.
  virtual void OnPathOpen(const Endpoint& remote) = 0;
  // Every check has failed, or an open path has gone silent (RFC 7675: 30 s without consent).
  virtual void OnPathFailed() = 0;

 protected:
  ~PathObserver() = default;
};

// Checks start when both SetRemote() has been called and one end's description is known here.
// Peer-reflexive candidates are learnt from incoming checks, also from ones that come before
// SetRemote(). While the path is open it is checked for consent, which keeps the NATs open.
class PathAgent {
 public:
  virtual ~PathAgent() = default;
  virtual const PathDescription& local() const = 0;
  virtual void SetRemote(const PathDescription& remote) = 0;
  // Of the nominated pair.
  virtual CandidateKind local_kind() const = 0;
  virtual Endpoint local_endpoint() const = 0;
  virtual Endpoint remote_endpoint() const = 0;
  virtual Duration round_trip() const = 0;
};

std::unique_ptr<PathAgent> NewPathAgent(Runtime& runtime, MediaPort& port, PathRole role,
                                        PathObserver& observer);

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_PATH_AGENT_H_
