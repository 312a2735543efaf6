// How a user is attached to the network: finds a supernode, logs in, registers there, stays
// registered, and begins again when the supernode is lost.
//
//   kConnectingToP2p      a Binding request to a node; its answer, or 5 s, whichever is first;
//                         TCP to the same node: where is the login server, who else is there?
//   kConnectingToServer   TCP to the login server, unless the credential of last time is good
//   kLoggingIn            name and password for a credential
//   kInitializing         the credential, with proof, to the supernode: this is home now
//   kLoggedIn             a Keepalive each way every 60 s
//
// A node that does not answer is followed by the next one; after the last one a pause that doubles
// from 1 s to 64 s. Only a refusal of the account ends the attempts.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_ATTACHMENT_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_ATTACHMENT_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/path/media_port.h"
#include "protocol/peer/host_cache.h"
#include "protocol/peer/peer.h"
#include "protocol/signalling.pb.h"
#include "protocol/stream/message_stream.h"
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

class Attachment final : private stream::MessageHandler {
 public:
  // How long a node's answer over UDP is waited for (Skype's client, facts of the 2004 study).
  static constexpr Duration kWaitForUdp = std::chrono::seconds(5);
  static constexpr Duration kWaitForReply = std::chrono::seconds(10);
  static constexpr Duration kKeepaliveInterval = std::chrono::seconds(60);
  static constexpr Duration kWaitForKeepalive = std::chrono::seconds(20);
  static constexpr Duration kFirstPause = std::chrono::seconds(1);
  static constexpr Duration kLongestPause = std::chrono::seconds(64);

  // `settings` outlives this.
  Attachment(Runtime& runtime, path::MediaPort& port, const PeerSettings& settings,
             AttachmentObserver& observer);
  ~Attachment();

  // Both report by the observer, later.
  void Start();
  void Stop();

  LoginState state() const { return state_; }
  // False when there is no supernode to send to.
  bool Send(const wire::Message& message);

  const stream::SigningKey& signing_key() const { return signing_key_; }
  const wire::UserCredential& credential() const { return credential_; }
  const std::string& fullname() const { return fullname_; }

 private:
  void OnOpen(stream::MessageStream& stream) override;
  void OnMessage(stream::MessageStream& stream, const wire::Message& message) override;
  void OnClosed(stream::MessageStream& stream, const Error& error) override;

  stream::MessageHandler& Handler() { return *this; }
  void SetState(LoginState state, const std::string& reason = {});
  void Begin();
  void TryNextNode();
  void ContactByUdp();
  void OnUdpContact();
  void ConnectSupernode();
  void OnNetworkReply(const wire::NetworkReply& reply);
  void OnLoginReply(const wire::LoginReply& reply);
  void OnRefusal(stream::MessageStream& stream, wire::RefusalReason reason);
  void Register();
  void OnRegistered();
  void OnWaitOver();
  // This node will not do: the next one.
  void GiveUpNode(const std::string& why);
  void Pause();
  void DropStreams();
  bool CredentialIsGood() const;

  Runtime& runtime_;
  path::MediaPort& port_;
  const PeerSettings& settings_;
  AttachmentObserver& observer_;
  LoginState state_ = LoginState::kLoggedOut;
  HostCache cache_;
  std::vector<Endpoint> nodes_;  // still to be tried in this round, the next one last
  Endpoint node_;
  bool contacting_ = false;
  MonotonicTime udp_deadline_{};
  bool mapping_in_use_ = true;  // another peer of this process may have learnt it already
  Duration pause_ = kFirstPause;
  Endpoint login_server_;
  stream::SigningKey signing_key_;
  wire::UserCredential credential_;
  std::string fullname_;
  bool keepalive_due_ = false;  // the answer to one is

  std::unique_ptr<Timer> wait_;  // for the step under way
  std::unique_ptr<Timer> keepalive_;
  std::unique_ptr<stream::MessageStream> supernode_;
  std::unique_ptr<stream::MessageStream> login_;
  std::shared_ptr<Attachment*> self_ = std::make_shared<Attachment*>(this);
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_ATTACHMENT_H_
