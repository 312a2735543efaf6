// Finds the best path of one call by connectivity checks, keeps it, mends it, and takes a better
// one when there is one: ICE (RFC 8445) for one component, with candidates that come and go (RFC
// 8838) and nomination that goes on.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_PATH_AGENT_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_PATH_AGENT_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "protocol/path/description.h"
#include "protocol/path/media_port.h"
#include "runtime/runtime.h"

namespace sfa::path {

enum class PathRole { kControlling, kControlled };  // the caller controls

// The path in use.
struct PathInfo {
  WayKind way = WayKind::kUdp;
  CandidateKind local_kind = CandidateKind::kHost, remote_kind = CandidateKind::kHost;
  Endpoint local;  // as the other end sees it
  Endpoint remote;
  // "direct" (UDP from end to end), "tcp" (a connection from end to end), "relay"
  const char* name() const;
};

// Never called from inside a method of the agent; may destroy it.
class PathObserver {
 public:
  // A pair has been nominated: media may flow. Comes again when another path replaces it.
  virtual void OnPathOpen(const PathInfo& path) = 0;
  // local().candidates has changed: the other end should be told (UpdateRemote() there).
  virtual void OnLocalCandidates() = 0;
  // The open path has gone silent and does not answer; it is being looked for another. For whoever
  // can help: signalling may be broken by the same cause. OnPathOpen() follows, or OnPathFailed().
  virtual void OnPathSilent() = 0;
  // Every check has failed, or an open path has been silent for 30 s (RFC 7675).
  virtual void OnPathFailed() = 0;

 protected:
  ~PathObserver() = default;
};

// Checks start when SetRemote() has been called; what arrives before it is kept. Peer-reflexive
// candidates are learnt from incoming checks. An open path is checked for consent, which keeps the
// NATs open. Order of preference: direct by UDP, by TCP, through a relay.
class PathAgent {
 public:
  virtual ~PathAgent() = default;
  virtual const PathDescription& local() const = 0;
  virtual void SetRemote(const PathDescription& remote) = 0;
  // All candidates that the other end has now, known ones among them. What is new is checked at
  // once; everything is, every second, when the path is silent.
  virtual void UpdateRemote(const std::vector<Candidate>& candidates) = 0;

  // By the open path; lost before there is one.
  virtual void SendMedia(std::span<const uint8_t> packet) = 0;
  // A genuine packet has come by this route. Only by the open path does it prove that the path
  // lives: what comes by another one may mean that the other end's NAT has moved it. Cheap; per
  // packet.
  virtual void OnMediaHeard(const Route& from) = 0;

  virtual bool is_open() const = 0;
  virtual const PathInfo& path() const = 0;  // of the nominated pair
  virtual Duration round_trip() const = 0;
};

std::unique_ptr<PathAgent> NewPathAgent(Runtime& runtime, MediaPort& port, PathRole role,
                                        PathObserver& observer);

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_PATH_AGENT_H_
