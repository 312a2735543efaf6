#include "protocol/peer/attachment.h"

#include <algorithm>
#include <utility>

#include "protocol/peer/network.h"
#include "protocol/stream/credentials.h"

namespace sfa::peer {
namespace {

// A credential that ends sooner is not worth registering with.
constexpr std::chrono::hours kLeastValidity{1};
// How often a mapping that another peer of this process may have learnt is looked at.
constexpr std::chrono::milliseconds kContactTick{500};

}  // namespace

Attachment::Attachment(Runtime& runtime, path::MediaPort& port, const PeerSettings& settings,
                       AttachmentObserver& observer)
    : runtime_(runtime),
      port_(port),
      settings_(settings),
      observer_(observer),
      cache_(settings.network.bootstrap_nodes),
      wait_(runtime.NewTimer([this] { OnWaitOver(); })),
      keepalive_(runtime.NewTimer([this] {
        if (keepalive_due_) return GiveUpNode("the supernode does not answer");
        wire::Message message;
        message.mutable_keepalive();
        Send(message);
        keepalive_due_ = true;
        keepalive_->Start(kWaitForKeepalive);
      })) {}

Attachment::~Attachment() { *self_ = nullptr; }

void Attachment::Start() {
  if (state_ != LoginState::kLoggedOut) return;
  state_ = LoginState::kConnectingToP2p;
  runtime_.Post([self = self_] {
    if (*self == nullptr || (*self)->state_ != LoginState::kConnectingToP2p) return;
    (*self)->signing_key_ = stream::NewSigningKey((*self)->runtime_.random());
    (*self)->SetState(LoginState::kConnectingToP2p);
    (*self)->Begin();
  });
}

void Attachment::Stop() {
  if (state_ == LoginState::kLoggedOut || state_ == LoginState::kLoggingOut) return;
  if (state_ == LoginState::kLoggedIn) {
    wire::Message message;
    message.mutable_unregister();
    Send(message);
  }
  wait_->Cancel();
  keepalive_->Cancel();
  contacting_ = false;
  credential_.Clear();
  state_ = LoginState::kLoggingOut;
  runtime_.Post([self = self_] {
    if (*self == nullptr) return;
    (*self)->DropStreams();
    (*self)->SetState(LoginState::kLoggingOut);
    (*self)->SetState(LoginState::kLoggedOut);
  });
}

bool Attachment::Send(const wire::Message& message) {
  return supernode_ && supernode_->Send(message);
}

void Attachment::SetState(LoginState state, const std::string& reason) {
  state_ = state;
  observer_.OnState(state, reason);
}

void Attachment::Begin() {
  nodes_ = cache_.Shuffled(runtime_.random());
  std::reverse(nodes_.begin(), nodes_.end());
  TryNextNode();
}

void Attachment::TryNextNode() {
  if (nodes_.empty()) return Pause();
  node_ = nodes_.back();
  nodes_.pop_back();
  if (mapping_in_use_ && port_.mapped()) return ConnectSupernode();
  ContactByUdp();
}

void Attachment::ContactByUdp() {
  contacting_ = true;
  udp_deadline_ = runtime_.Now() + kWaitForUdp;
  wait_->Start(kContactTick);
  port_.UseStunServer(node_, [self = self_](std::optional<Endpoint> mapped) {
    if (mapped && *self != nullptr && (*self)->contacting_) (*self)->OnUdpContact();
  });
}

void Attachment::OnUdpContact() {
  contacting_ = false;
  ConnectSupernode();
}

void Attachment::ConnectSupernode() {
  // The stream's own time limit covers the connection.
  wait_->Cancel();
  supernode_ = std::make_unique<stream::MessageStream>(runtime_, node_, settings_.network.root_key,
                                                       wire::NODE_SUPERNODE, Handler());
}

void Attachment::OnOpen(stream::MessageStream& stream) {
  wire::Message message;
  if (&stream == supernode_.get()) {
    message.mutable_network_request()->set_version(kProtocolVersion);
  } else {
    SetState(LoginState::kLoggingIn);
    if (!login_) return;
    wire::LoginRequest* request = message.mutable_login_request();
    request->set_version(kProtocolVersion);
    request->set_user(settings_.user);
    request->set_password(settings_.password);
    request->set_signing_key(stream::ToString(signing_key_.public_key));
    request->set_driver(settings_.driver);
  }
  message.set_request(1);
  stream.Send(message);
  wait_->Start(kWaitForReply);
}

void Attachment::OnMessage(stream::MessageStream& stream, const wire::Message& message) {
  if (message.has_refusal()) return OnRefusal(stream, message.refusal().reason());
  if (&stream == login_.get()) {
    if (message.has_login_reply() && state_ == LoginState::kLoggingIn) {
      OnLoginReply(message.login_reply());
    }
    return;
  }
  switch (message.body_case()) {
    case wire::Message::kNetworkReply:
      if (state_ == LoginState::kConnectingToP2p) OnNetworkReply(message.network_reply());
      return;
    case wire::Message::kRegisterReply:
      if (state_ == LoginState::kInitializing) OnRegistered();
      return;
    case wire::Message::kKeepalive:
      if (!keepalive_due_) return;
      keepalive_due_ = false;
      keepalive_->Start(kKeepaliveInterval);
      return;
    case wire::Message::kNodeList:
      for (const auto& each : message.node_list().supernodes()) cache_.Add(FromWire(each));
      return;
    default:
      if (state_ == LoginState::kLoggedIn) observer_.OnNetworkMessage(message);
      return;
  }
}

void Attachment::OnNetworkReply(const wire::NetworkReply& reply) {
  wait_->Cancel();
  login_server_ = FromWire(reply.login_server());
  int added = 0;
  for (const wire::NodeAddress& each : reply.supernodes()) {
    if (++added > static_cast<int>(HostCache::kMaxHosts)) break;
    cache_.Add(FromWire(each));
  }
  if (CredentialIsGood()) return Register();
  if (!login_server_.is_set()) return GiveUpNode("the supernode knows no login server");
  SetState(LoginState::kConnectingToServer);
  if (state_ != LoginState::kConnectingToServer) return;
  login_ = std::make_unique<stream::MessageStream>(
      runtime_, login_server_, settings_.network.root_key, wire::NODE_LOGIN_SERVER, Handler());
}

void Attachment::OnLoginReply(const wire::LoginReply& reply) {
  const wire::UserCredential& credential = reply.credential();
  const Status status =
      stream::VerifyCredential(credential, settings_.network.root_key, runtime_.WallNow());
  if (!status || credential.user() != settings_.user ||
      credential.signing_key() != stream::ToString(signing_key_.public_key)) {
    return GiveUpNode("the login server's credential is of no use");
  }
  credential_ = credential;
  fullname_ = reply.profile().fullname();
  int added = 0;
  for (const wire::NodeAddress& each : reply.supernodes()) {
    if (++added > static_cast<int>(HostCache::kMaxHosts)) break;
    cache_.Add(FromWire(each));
  }
  login_ = nullptr;
  Register();
}

void Attachment::Register() {
  SetState(LoginState::kInitializing);
  if (state_ != LoginState::kInitializing || !supernode_) return;
  wire::Message message;
  message.set_request(2);
  wire::RegisterRequest* request = message.mutable_register_request();
  *request->mutable_credential() = credential_;
  request->set_proof(stream::ProveUser(signing_key_, supernode_->handshake_hash()));
  Send(message);
  wait_->Start(kWaitForReply);
}

void Attachment::OnRegistered() {
  wait_->Cancel();
  pause_ = kFirstPause;
  cache_.Add(node_);
  keepalive_due_ = false;
  keepalive_->Start(kKeepaliveInterval);
  SetState(LoginState::kLoggedIn);
}

void Attachment::OnRefusal(stream::MessageStream& stream, wire::RefusalReason reason) {
  const bool by_login_server = &stream == login_.get();
  const bool account_refused = by_login_server && reason != wire::REFUSAL_OVERLOADED;
  if (!account_refused && reason != wire::REFUSAL_UNSUPPORTED_VERSION) {
    credential_.Clear();
    return GiveUpNode(ToText(reason));
  }
  wait_->Cancel();
  DropStreams();
  SetState(LoginState::kLoggedOut, ToText(reason));
}

void Attachment::OnClosed(stream::MessageStream& stream, const Error& error) {
  if (&stream == login_.get()) return GiveUpNode("login server: " + error.message);
  cache_.Remove(node_);
  GiveUpNode("supernode: " + error.message);
}

void Attachment::OnWaitOver() {
  if (contacting_) {
    // Another peer of this process may have turned the port to another server meanwhile.
    if (port_.mapped() || runtime_.Now() >= udp_deadline_) return OnUdpContact();
    wait_->Start(kContactTick);
    return;
  }
  if (supernode_) {
    if (!login_) cache_.Remove(node_);
    return GiveUpNode("no reply");
  }
  if (state_ == LoginState::kConnectingToP2p) Begin();
}

void Attachment::GiveUpNode(const std::string& why) {
  // Streams that are closing find nothing to report any more.
  const bool was_logged_in = state_ == LoginState::kLoggedIn;
  runtime_.log().Write(LogLevel::kNotice, "peer", node_.ToString() + ": " + why);
  DropStreams();
  wait_->Cancel();
  keepalive_->Cancel();
  if (state_ == LoginState::kLoggingOut || state_ == LoginState::kLoggedOut) return;
  mapping_in_use_ = false;
  if (was_logged_in) nodes_.clear();
  if (state_ != LoginState::kConnectingToP2p) {
    SetState(LoginState::kConnectingToP2p, why);
    if (was_logged_in) observer_.OnSupernodeLost();
    if (state_ != LoginState::kConnectingToP2p) return;
  }
  TryNextNode();
}

void Attachment::Pause() {
  // Up to as much again, so that those who lost the same supernode do not return together.
  const auto extra =
      static_cast<Duration::rep>(runtime_.random().Below(static_cast<uint64_t>(pause_.count())));
  wait_->Start(pause_ + Duration(extra));
  pause_ = std::min(2 * pause_, kLongestPause);
}

void Attachment::DropStreams() {
  login_ = nullptr;
  supernode_ = nullptr;
}

bool Attachment::CredentialIsGood() const {
  return stream::VerifyCredential(credential_, settings_.network.root_key,
                                  runtime_.WallNow() + kLeastValidity)
      .ok();
}

}  // namespace sfa::peer
