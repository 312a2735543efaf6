// A user's presence on the network: log in through a supernode, stay reachable, place and take
// calls. The engine has one per account, a desktop client has one.
//
// Layers below: path/ (connectivity checks), media/ (RTP in SRTP, jitter buffer, concealment),
// stream/ (the encrypted stream), stun/. A Peer owns none of the audio: frames go in and come out.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_PEER_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_PEER_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "protocol/media/codec.h"
#include "protocol/path/media_port.h"
#include "protocol/path/path_agent.h"
#include "protocol/signalling.pb.h"
#include "runtime/runtime.h"

namespace sfa::peer {

// The product's own account states and order (engine vocabulary, 1 to 8).
enum class LoginState {
  kLoggedOut = 1,
  kLoggedOutPasswordSaved,
  kConnectingToP2p,
  kConnectingToServer,
  kLoggingIn,
  kInitializing,
  kLoggedIn,
  kLoggingOut,
};

enum class EndReason {
  kNormal = 1,
  kBusy,
  kRejected,
  kNoAnswer,
  kUnknownUser,
  kOffline,
  kNoLicense,
  kNoCommonCodec,
  kNoPath,
  kMediaLost,
  kCancelled,
  kAnsweredElsewhere,
  kNetwork,
  kNoCredit = 15,  // numbered as on the wire
  kEmergency,
  kInvalidNumber,
  kBlocked,
};

// What a call carries besides speech. Of a placed call: what the called end shall see.
struct CallProperties {
  std::string topic;
  std::string token;
  std::vector<std::string> languages;  // the caller's
  std::string forwarded_by;            // who was called at first
  // From and of services only: the telephone that calls, the number that it has dialled. To a
  // service `target_identity` is the number that it shall connect, set by the peer.
  std::string presented_caller;
  std::string target_identity;
};

// Where the network is found, and the key that vouches for its nodes.
struct NetworkSettings {
  std::vector<Endpoint> bootstrap_nodes;  // UDP and TCP
  std::array<uint8_t, 32> root_key{};     // Ed25519 public key
};
// The seven built-in bootstrap nodes 198.51.100.1 to .7, port 33033, and the test network's key.
NetworkSettings BuiltInNetwork();
// The seed of that key, published on purpose: 32 ASCII characters.
inline constexpr char kTestNetworkSeed[33] = "published seed of a test network";

class Call;
class PortShare;

// What a call tells its owner. Any of them may destroy the call, none of them the peer.
class CallObserver {
 public:
  virtual void OnRinging() {}
  // Before the answer: from here on OnAudio() comes already, what is sent goes nowhere.
  virtual void OnProgress(media::Codec codec) { static_cast<void>(codec); }
  // Before OnAnswered(), when another than the one who was called is at the far end.
  virtual void OnParty(const std::string& user, const std::string& fullname) {
    static_cast<void>(user);
    static_cast<void>(fullname);
  }
  // In an answered call: the far end does not listen now; it does again.
  virtual void OnHold(bool held) { static_cast<void>(held); }
  // The far end wants this one to call `user` instead and waits for AnswerTransfer().
  virtual void OnTransfer(const std::string& user) { static_cast<void>(user); }
  // How Transfer() went. After a success the far end needs this call no more.
  virtual void OnTransferred(bool done, EndReason reason) {
    static_cast<void>(done);
    static_cast<void>(reason);
  }
  // Both ends have agreed and a path is open: media flows from here on.
  virtual void OnAnswered(media::Codec codec) = 0;
  // The way that media takes: when it opens, and each time another one replaces it.
  virtual void OnPath(const path::PathInfo& path) { static_cast<void>(path); }
  // The last call, once, whoever ended it; never from inside a method.
  virtual void OnEnded(EndReason reason) = 0;
  // Every 20 ms of an answered call, paced by the runtime's clock and out of the jitter buffer:
  // 160 samples at 8 kHz, encoded as the agreed codec, concealed where packets were lost.
  virtual void OnAudio(std::span<const uint8_t> encoded_20ms) = 0;
  // A digit has begun (`duration` zero) or has ended.
  virtual void OnDigit(char digit, bool ended, Duration duration) = 0;

 protected:
  ~CallObserver() = default;
};

struct MediaStatistics {
  uint64_t packets_sent = 0;
  uint64_t packets_received = 0;
  uint64_t packets_lost = 0;  // never came, or came too late to be played
  uint64_t frames_concealed = 0;
  uint64_t packets_rejected = 0;  // forged, garbled or replayed
  Duration jitter{};              // RFC 3550 section 6.4.1
  Duration playout_delay{};       // the jitter buffer's, now
  Duration round_trip{};          // from the path's checks
  path::PathInfo path;
};

// One call. Destroying it ends it at the far end as well (kNormal, or kCancelled before answer).
class Call {
 public:
  virtual ~Call() = default;

  virtual void SetObserver(CallObserver* observer) = 0;
  // The same at both ends; of a placed call, once it is answered, the id of whoever has answered.
  virtual std::string id() const { return {}; }
  // As it was called; of an incoming call who calls, a telephone's number when a service says so.
  virtual const std::string& remote_user() const = 0;
  virtual const std::string& remote_fullname() const = 0;
  virtual const std::vector<media::Codec>& offered_codecs() const = 0;

  // Incoming calls: the user is being alerted, with the codec that an answer will use; answered;
  // refused (kBusy, kRejected, kNoLicense, kNoCommonCodec …).
  virtual void Ring(media::Codec codec) = 0;
  // After Ring(): what is sent from now on is heard at the caller, as soon as a path is open.
  virtual void Progress() {}
  virtual void Answer() = 0;
  virtual void End(EndReason reason) = 0;

  // Glare: this user and the other one call each other at the same time. To a PBX these are two
  // calls like any others. Who can have only one asks whether this one, which it has placed, gives
  // way to `incoming`; if so, it ends this one (kAnsweredElsewhere) and answers that one, if not,
  // it refuses that one (kBusy). The rule, which has the same outcome at both ends: the call with
  // the smaller id stays.
  virtual bool GivesWayTo(const Call& incoming) const {
    static_cast<void>(incoming);
    return false;
  }

  // Of an incoming call what it brought; of a placed one what was given to PlaceCall().
  virtual const CallProperties& properties() const {
    static const CallProperties kNone;
    return kNone;
  }
  // Answered calls.
  virtual void Hold(bool held) { static_cast<void>(held); }
  // OnTransferred() follows, always: kNoAnswer when the far end says nothing for 30 s.
  virtual void Transfer(const std::string& user) { static_cast<void>(user); }
  virtual void AnswerTransfer(bool done, EndReason reason) {
    static_cast<void>(done);
    static_cast<void>(reason);
  }

  // 160 encoded samples (G.729: 20 bytes). Dropped silently while the call is not answered.
  virtual void SendAudio(std::span<const uint8_t> encoded_20ms) = 0;
  // RFC 4733. Begins a digit; EndDigit() sends its end three times and more.
  virtual void BeginDigit(char digit) = 0;
  virtual void EndDigit(Duration duration) = 0;

  virtual MediaStatistics statistics() const = 0;
};

class PeerObserver {
 public:
  // `reason` is for people ("incorrect password"); empty when there is none.
  // Never from inside a method of the peer, and not to destroy it.
  virtual void OnLoginState(LoginState state, const std::string& reason) = 0;
  // The observer takes the call, sets its observer, and rings, answers or ends it.
  virtual void OnIncomingCall(std::unique_ptr<Call> call) = 0;
  // While logged in; never from inside a method of the peer.
  virtual void OnNews(const wire::ServiceNews& news) { static_cast<void>(news); }

 protected:
  ~PeerObserver() = default;
};

struct PeerSettings {
  std::string user;
  std::string password;
  bool driver = false;  // asks for use from an Asterisk: business accounts only
  NetworkSettings network;
  // From an earlier life of this user: supernodes, oldest first, and where it was logged in last,
  // which is asked first.
  std::vector<Endpoint> hosts;
  Endpoint home;
  // Common to all peers that use the same port (port_share.h); none: this one is alone.
  std::shared_ptr<PortShare> share;
};

inline constexpr Duration kServicePatience = std::chrono::seconds(10);

class Peer {
 public:
  virtual ~Peer() = default;

  virtual void LogIn() = 0;
  // Tells the supernode; ends the calls.
  virtual void LogOut() = 0;
  virtual LoginState state() const = 0;
  virtual const std::string& fullname() const = 0;
  // While logged in: the supernode where it is, and those that it knows, oldest first.
  virtual Endpoint home() const { return {}; }
  virtual std::vector<Endpoint> hosts() const { return {}; }
  // Only when logged in. The call rings at `user`; failures come by OnEnded(), never from inside.
  // `user` may be a telephone number. Forwarding, voicemail and several logins of the callee are
  // followed here.
  virtual std::unique_ptr<Call> PlaceCall(const std::string& user,
                                          const std::vector<media::Codec>& codecs,
                                          CallObserver& observer,
                                          const CallProperties& properties) = 0;
  std::unique_ptr<Call> PlaceCall(const std::string& user, const std::vector<media::Codec>& codecs,
                                  CallObserver& observer) {
    return PlaceCall(user, codecs, observer, CallProperties{});
  }
  // Asks the community's services. `done` runs once, later: with their answer, or with
  // SERVICE_UNREACHABLE after kServicePatience, when the home is lost or nobody is logged in; not
  // at all when the peer is destroyed.
  using ServiceDone = std::function<void(const wire::ServiceReply& reply)>;
  virtual void Ask(const wire::ServiceRequest& request, ServiceDone done) = 0;
  // Messages of calls that came in forged, garbled, old or out of place.
  virtual uint64_t dropped() const { return 0; }
};

// `port` is shared by all peers of a process and outlives them. A call may outlive its peer: it is
// over then, and silent.
std::unique_ptr<Peer> NewPeer(Runtime& runtime, path::MediaPort& port, PeerSettings settings,
                              PeerObserver& observer);

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_PEER_H_
