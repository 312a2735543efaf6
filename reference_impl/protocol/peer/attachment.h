// How a user is attached to the network: finds a supernode, logs in, registers there, stays
// registered, and comes back when the supernode is lost.
//
// The first time, as Skype's client did it (Baset and Schulzrinne 2004):
//
//   kConnectingToP2p      a round: a Binding request to a node, its answer or 5 s, whichever is
//                         first; TCP to the node's port, to 80, to 443: where is the login server,
//                         who else is there? When none of them answers: 6 s later another round
//                         with another node, five in all
//   kConnectingToServer   TCP to the login server, the same three ports
//   kLoggingIn            name and password for a credential
//   kInitializing         the credential, with proof, to the supernode: this is home now. Then,
//                         once for all who share the port, the survey of the network
//   kLoggedIn             a Keepalive each way every 60 s
//
// After the fifth round: kLoggedOut with a reason, and all over again after a pause that doubles
// from 10 s to 5 min. Only a refusal of the account ends the attempts; too many of them are one for
// now.
//
// Who has lost its home has a credential and knows its surroundings: it registers at once, first
// where it was, then elsewhere, five nodes with little patience each, before the rounds begin, and
// those do without UDP.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_ATTACHMENT_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_ATTACHMENT_H_

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "protocol/path/media_port.h"
#include "protocol/peer/host_cache.h"
#include "protocol/peer/node_stream.h"
#include "protocol/peer/peer.h"
#include "protocol/peer/port_share.h"
#include "protocol/signalling.pb.h"
#include "runtime/runtime.h"

namespace sfa::peer {

class AttachmentObserver {
 public:
  virtual void OnState(LoginState state, const std::string& reason) = 0;
  // While logged in: whatever the home supernode sends that is not about the attachment itself.
  virtual void OnNetworkMessage(const wire::Message& message) = 0;
  virtual void OnSupernodeLost() = 0;

 protected:
  ~AttachmentObserver() = default;
};

class Attachment final : private NodeStreamHandler {
 public:
  // The login order of Skype's client (Baset and Schulzrinne 2004).
  static constexpr Duration kWaitForUdp = std::chrono::seconds(5);
  static constexpr Duration kRoundPause = std::chrono::seconds(6);
  static constexpr int kRounds = 5;
  // For each port. As long as UDP has; three SYNs go out meanwhile (RFC 6298 section 2: 0, 1, 3 s).
  static constexpr Duration kWaitForTcp = std::chrono::seconds(5);
  static constexpr Duration kWaitForReply = std::chrono::seconds(10);
  // The way back: a connection takes two round trips until the node has proved who it is.
  static constexpr int kQuickAttempts = 5;
  static constexpr Duration kWaitForQuick = std::chrono::seconds(1);
  static constexpr Duration kKeepaliveInterval = std::chrono::seconds(60);  // likewise
  static constexpr Duration kWaitForKeepalive = std::chrono::seconds(20);
  // When a call's path has gone silent: about six round trips, or three slow ones.
  static constexpr Duration kWaitForSuspect = std::chrono::milliseconds(600);
  static constexpr Duration kLongestSuspect = std::chrono::seconds(3);
  static constexpr Duration kFirstPause = std::chrono::seconds(10);
  static constexpr Duration kLongestPause = std::chrono::minutes(5);
  // A credential is renewed at half its validity; so long after an attempt that has failed.
  static constexpr Duration kRenewalPause = std::chrono::minutes(10);

  // `settings` outlives this; its share is set.
  Attachment(Runtime& runtime, path::MediaPort& port, const PeerSettings& settings,
             AttachmentObserver& observer);
  ~Attachment();

  // Both report by the observer, later.
  void Start();
  void Stop();
  // Something has gone silent: asks the home supernode whether it is still there, with little
  // patience.
  void Suspect();
  // The network works: what waits for a pause to end need not wait any longer.
  void Hasten();

  LoginState state() const { return state_; }
  // False when there is no supernode to send to.
  bool Send(const wire::Message& message);

  const stream::SigningKey& signing_key() const { return signing_key_; }
  const wire::UserCredential& credential() const { return credential_; }
  const std::string& fullname() const { return profile_.fullname(); }
  // What the account knows of itself, as of the latest login.
  const wire::Profile& profile() const { return profile_; }
  const Endpoint& home() const { return node_; }
  const std::vector<Endpoint>& hosts() const { return cache_.hosts(); }

 private:
  // What `wait_` waits for.
  enum class Wait { kNothing, kReply, kRoundPause, kRetry };

  void OnOpen(NodeStream& stream) override;
  void OnMessage(NodeStream& stream, const wire::Message& message) override;
  void OnClosed(NodeStream& stream, const Error& error) override;

  void SetState(LoginState state, const std::string& reason = {});
  void WaitFor(Wait what, Duration duration);
  void StopWaiting();
  void OnWaitOver();

  // Rounds.
  void BeginRounds();
  void NextRound();
  Endpoint NextNode();
  // All that are known, this one before the others.
  void BeginWith(const Endpoint& node);
  void ContactByUdp();
  void ConnectSupernode(std::vector<uint16_t> ports, Duration patience);
  // This node will not do: the next one, soon.
  void GiveUpNode(const std::string& why);
  void Fail();

  // Login.
  void AskNetwork();
  void OnNetworkReply(const wire::NetworkReply& reply);
  void ConnectLoginServer();
  void AskToLogIn();
  void OnLoginReply(const wire::LoginReply& reply);
  void OnRefusal(NodeStream& stream, wire::RefusalReason reason);
  void TakeCredential(const wire::LoginReply& reply);
  void Renew();
  void OnRenewalFailed(const std::string& why);

  // Home.
  void Register();
  void OnRegistered();
  void OnSurveyed();
  void OnHomeLost(const std::string& why);
  void Return();
  void TryQuickly();
  void OnKeepaliveDue();
  void ShareRelays();

  void AddToCache(const google::protobuf::RepeatedPtrField<wire::NodeAddress>& nodes);
  bool CredentialIsGood() const;
  bool renewing() const { return login_ && registered_; }
  NodeStreamHandler& handler() { return *this; }

  Runtime& runtime_;
  path::MediaPort& port_;
  const PeerSettings& settings_;
  AttachmentObserver& observer_;
  PortShare& share_;
  LoginState state_ = LoginState::kLoggedOut;

  HostCache cache_;
  Endpoint first_;               // where to begin; once
  std::vector<Endpoint> nodes_;  // still to be tried, the next one last
  std::set<Endpoint> tried_;     // in these rounds
  Endpoint node_;
  int round_ = 0;
  int quick_left_ = 0;
  uint64_t contact_ = 0;  // of the Binding request under way; an earlier one's answer is late
  bool contacting_ = false;
  bool node_reached_ = false;  // in these rounds
  std::string why_;            // the latest attempt has failed
  Duration pause_ = kFirstPause;

  Endpoint login_server_;
  stream::SigningKey signing_key_;
  wire::UserCredential credential_;
  wire::RelayCredential relay_;
  wire::Profile profile_;

  bool registered_ = false;
  bool quickly_ = false;        // this attempt is one of the way back
  uint16_t way_in_ = 0;         // the port at which the latest home was reached
  bool keepalive_due_ = false;  // the answer to one is
  MonotonicTime asked_{};       // the latest question to the home
  Duration round_trip_{};       // to the home

  Wait waiting_for_ = Wait::kNothing;
  std::unique_ptr<Timer> wait_;
  std::unique_ptr<Timer> keepalive_;
  std::unique_ptr<Timer> renewal_;
  std::unique_ptr<NodeStream> supernode_;
  std::unique_ptr<NodeStream> login_;
  std::shared_ptr<Attachment*> self_ = std::make_shared<Attachment*>(this);
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_ATTACHMENT_H_
