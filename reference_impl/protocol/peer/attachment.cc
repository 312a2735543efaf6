// Rounds and login; what comes after them is in attachment_home.cc.
#include "protocol/peer/attachment.h"

#include <algorithm>
#include <utility>

#include "protocol/peer/network.h"
#include "protocol/stream/credentials.h"

namespace sfa::peer {
namespace {

// A credential that ends sooner is not worth registering with.
constexpr std::chrono::hours kLeastValidity{1};

}  // namespace

Attachment::Attachment(Runtime& runtime, path::MediaPort& port, const PeerSettings& settings,
                       AttachmentObserver& observer)
    : runtime_(runtime),
      port_(port),
      settings_(settings),
      observer_(observer),
      share_(*settings.share),
      cache_(settings.network.bootstrap_nodes),
      first_(settings.home),
      wait_(runtime.NewTimer([this] { OnWaitOver(); })),
      keepalive_(runtime.NewTimer([this] { OnKeepaliveDue(); })),
      renewal_(runtime.NewTimer([this] { Renew(); })) {
  for (const Endpoint& host : settings.hosts) cache_.Add(host);
}

Attachment::~Attachment() {
  *self_ = nullptr;
  share_.SetHome(this, {});
}

void Attachment::Start() {
  if (state_ != LoginState::kLoggedOut) return;
  StopWaiting();
  state_ = LoginState::kConnectingToP2p;
  runtime_.Post([self = self_] {
    if (*self == nullptr || (*self)->state_ != LoginState::kConnectingToP2p) return;
    Attachment& attachment = **self;
    // Who has got one keeps it: calls that go on are signed with it.
    if (!attachment.CredentialIsGood()) {
      attachment.signing_key_ = stream::NewSigningKey(attachment.runtime_.random());
    }
    attachment.pause_ = kFirstPause;
    attachment.SetState(LoginState::kConnectingToP2p);
    if (attachment.state_ == LoginState::kConnectingToP2p) attachment.BeginRounds();
  });
}

void Attachment::Stop() {
  StopWaiting();
  keepalive_->Cancel();
  renewal_->Cancel();
  contacting_ = false;
  if (state_ == LoginState::kLoggedOut || state_ == LoginState::kLoggingOut) return;
  if (registered_) {
    wire::Message message;
    message.mutable_unregister();
    Send(message);
  }
  registered_ = false;
  credential_.Clear();
  share_.LoggedOut(this);
  state_ = LoginState::kLoggingOut;
  runtime_.Post([self = self_] {
    if (*self == nullptr) return;
    (*self)->login_ = nullptr;
    (*self)->supernode_ = nullptr;
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

void Attachment::WaitFor(Wait what, Duration duration) {
  waiting_for_ = what;
  wait_->Start(duration);
}

void Attachment::StopWaiting() {
  waiting_for_ = Wait::kNothing;
  wait_->Cancel();
}

void Attachment::OnWaitOver() {
  switch (std::exchange(waiting_for_, Wait::kNothing)) {
    case Wait::kNothing:
      return;
    case Wait::kReply:
      return GiveUpNode(login_ ? "the login server does not reply" : "no reply");
    case Wait::kRoundPause:
      return NextRound();
    case Wait::kRetry:
      SetState(LoginState::kConnectingToP2p);
      if (state_ == LoginState::kConnectingToP2p) BeginRounds();
      return;
  }
}

void Attachment::Hasten() {
  if (waiting_for_ == Wait::kRoundPause || waiting_for_ == Wait::kRetry) {
    wait_->Start(Duration::zero());
  }
}

// ---- Rounds ---------------------------------------------------------------------------------

void Attachment::BeginRounds() {
  round_ = 0;
  node_reached_ = false;
  tried_.clear();
  nodes_.clear();
  if (const Endpoint first = std::exchange(first_, {}); first.is_set()) BeginWith(first);
  NextRound();
}

void Attachment::NextRound() {
  ++round_;
  node_ = NextNode();
  if (!node_.is_set()) {
    why_ = "no supernode is known";
    return Fail();
  }
  tried_.insert(node_);
  // What a survey has found out need not be asked again.
  if (port_.uses_udp() && !share_.surveyed()) return ContactByUdp();
  ConnectSupernode(PortsOf(node_), kWaitForTcp);
}

Endpoint Attachment::NextNode() {
  if (nodes_.empty()) {
    nodes_ = cache_.Shuffled(runtime_.random());
    std::reverse(nodes_.begin(), nodes_.end());
  }
  if (nodes_.empty()) return {};
  const Endpoint node = nodes_.back();
  nodes_.pop_back();
  return node;
}

void Attachment::BeginWith(const Endpoint& node) {
  nodes_ = cache_.Shuffled(runtime_.random());
  std::reverse(nodes_.begin(), nodes_.end());
  nodes_.erase(std::remove(nodes_.begin(), nodes_.end(), node), nodes_.end());
  nodes_.push_back(node);
}

void Attachment::ContactByUdp() {
  contacting_ = true;
  port_.AskMapping(node_, kWaitForUdp,
                   [self = self_, contact = ++contact_](const path::MediaPort::Sighting&) {
                     if (*self == nullptr) return;
                     Attachment& attachment = **self;
                     if (!attachment.contacting_ || contact != attachment.contact_) return;
                     attachment.contacting_ = false;
                     attachment.ConnectSupernode(PortsOf(attachment.node_), kWaitForTcp);
                   });
}

void Attachment::ConnectSupernode(std::vector<uint16_t> ports, Duration patience) {
  supernode_ =
      std::make_unique<NodeStream>(runtime_, node_, std::move(ports), patience,
                                   settings_.network.root_key, wire::NODE_SUPERNODE, handler());
}

void Attachment::GiveUpNode(const std::string& why) {
  runtime_.log().Write(LogLevel::kNotice, "peer", node_.ToString() + ": " + why);
  why_ = why;
  login_ = nullptr;
  supernode_ = nullptr;
  StopWaiting();
  keepalive_->Cancel();
  if (state_ == LoginState::kLoggingOut || state_ == LoginState::kLoggedOut) return;
  if (registered_) return OnHomeLost(why);
  if (state_ != LoginState::kConnectingToP2p) {
    SetState(LoginState::kConnectingToP2p, why);
    if (state_ != LoginState::kConnectingToP2p) return;
  }
  if (quickly_) return TryQuickly();
  if (round_ < kRounds) return WaitFor(Wait::kRoundPause, kRoundPause);
  Fail();
}

void Attachment::Fail() {
  std::string reason = why_;
  if (!node_reached_ && !tried_.empty()) {
    const bool by_udp = port_.uses_udp() && !share_.surveyed();
    reason = "no supernode could be reached: tried " + std::to_string(tried_.size()) +
             (tried_.size() == 1 ? " node by " : " nodes by ") + (by_udp ? "UDP and TCP" : "TCP");
  }
  // Up to as much again, so that those who lost the same supernode do not return together.
  const auto extra =
      static_cast<Duration::rep>(runtime_.random().Below(static_cast<uint64_t>(pause_.count())));
  WaitFor(Wait::kRetry, pause_ + Duration(extra));
  pause_ = std::min(2 * pause_, kLongestPause);
  SetState(LoginState::kLoggedOut, reason);
}

// ---- Login ----------------------------------------------------------------------------------

void Attachment::OnOpen(NodeStream& stream) {
  if (&stream == login_.get()) {
    if (!renewing()) SetState(LoginState::kLoggingIn);
    if (login_) AskToLogIn();
    return;
  }
  node_reached_ = true;
  way_in_ = stream.port();
  if (quickly_ && CredentialIsGood()) return Register();
  AskNetwork();
}

void Attachment::AskNetwork() {
  wire::Message message;
  message.set_request(1);
  message.mutable_network_request()->set_version(kProtocolVersion);
  Send(message);
  WaitFor(Wait::kReply, kWaitForReply);
}

void Attachment::OnMessage(NodeStream& stream, const wire::Message& message) {
  if (message.has_refusal()) return OnRefusal(stream, message.refusal().reason());
  if (&stream == login_.get()) {
    if (message.has_login_reply()) OnLoginReply(message.login_reply());
    return;
  }
  switch (message.body_case()) {
    case wire::Message::kNetworkReply:
      if (state_ == LoginState::kConnectingToP2p) OnNetworkReply(message.network_reply());
      return;
    case wire::Message::kRegisterReply:
      if (state_ == LoginState::kInitializing && !registered_) OnRegistered();
      return;
    case wire::Message::kKeepalive:
      if (!keepalive_due_) return;
      keepalive_due_ = false;
      round_trip_ = runtime_.Now() - asked_;
      keepalive_->Start(kKeepaliveInterval);
      return;
    case wire::Message::kNodeList:
      AddToCache(message.node_list().supernodes());
      return;
    default:
      if (registered_) observer_.OnNetworkMessage(message);
      return;
  }
}

void Attachment::OnClosed(NodeStream& stream, const Error& error) {
  if (&stream == login_.get()) {
    if (renewing()) return OnRenewalFailed(error.message);
    return GiveUpNode("login server: " + error.message);
  }
  cache_.Remove(node_);
  GiveUpNode("supernode: " + error.message);
}

void Attachment::OnNetworkReply(const wire::NetworkReply& reply) {
  StopWaiting();
  login_server_ = FromWire(reply.login_server());
  AddToCache(reply.supernodes());
  if (CredentialIsGood()) return Register();
  if (!login_server_.is_set()) return GiveUpNode("the supernode knows no login server");
  SetState(LoginState::kConnectingToServer);
  if (state_ == LoginState::kConnectingToServer) ConnectLoginServer();
}

void Attachment::ConnectLoginServer() {
  login_ =
      std::make_unique<NodeStream>(runtime_, login_server_, PortsOf(login_server_), kWaitForTcp,
                                   settings_.network.root_key, wire::NODE_LOGIN_SERVER, handler());
}

void Attachment::AskToLogIn() {
  wire::Message message;
  message.set_request(1);
  wire::LoginRequest* request = message.mutable_login_request();
  request->set_version(kProtocolVersion);
  request->set_user(settings_.user);
  request->set_password(settings_.password);
  request->set_signing_key(stream::ToString(signing_key_.public_key));
  request->set_driver(settings_.driver);
  login_->Send(message);
  if (renewing()) {
    renewal_->Start(kWaitForReply);
  } else {
    WaitFor(Wait::kReply, kWaitForReply);
  }
}

void Attachment::OnLoginReply(const wire::LoginReply& reply) {
  const wire::UserCredential& credential = reply.credential();
  const Status status =
      stream::VerifyCredential(credential, settings_.network.root_key, runtime_.WallNow());
  const bool good = status.ok() && credential.user() == settings_.user &&
                    credential.signing_key() == stream::ToString(signing_key_.public_key);
  if (renewing()) {
    if (!good) return OnRenewalFailed("the login server's credential is of no use");
    TakeCredential(reply);
    return ShareRelays();
  }
  if (state_ != LoginState::kLoggingIn) return;
  if (!good) return GiveUpNode("the login server's credential is of no use");
  StopWaiting();
  TakeCredential(reply);
  Register();
}

void Attachment::TakeCredential(const wire::LoginReply& reply) {
  credential_ = reply.credential();
  relay_ = reply.relay();
  profile_ = reply.profile();
  AddToCache(reply.supernodes());
  const auto expires = WallTime(std::chrono::seconds(credential_.expires_unix_seconds()));
  renewal_->Start(std::chrono::duration_cast<Duration>(expires - runtime_.WallNow()) / 2);
  login_ = nullptr;
}

void Attachment::OnRefusal(NodeStream& stream, wire::RefusalReason reason) {
  const bool by_login_server = &stream == login_.get();
  if (by_login_server && renewing()) return OnRenewalFailed(ToText(reason));
  const bool account_refused = by_login_server && reason != wire::REFUSAL_OVERLOADED;
  if (!account_refused && reason != wire::REFUSAL_UNSUPPORTED_VERSION) {
    credential_.Clear();
    return GiveUpNode(ToText(reason));
  }
  StopWaiting();
  keepalive_->Cancel();
  renewal_->Cancel();
  login_ = nullptr;
  supernode_ = nullptr;
  registered_ = false;
  credential_.Clear();
  share_.SetHome(this, {});
  if (reason == wire::REFUSAL_TOO_MANY_ATTEMPTS) {
    // Asking on at the usual pace would make it worse.
    why_ = ToText(reason);
    return Fail();
  }
  SetState(LoginState::kLoggedOut, ToText(reason));
}

void Attachment::AddToCache(const google::protobuf::RepeatedPtrField<wire::NodeAddress>& nodes) {
  int added = 0;
  for (const wire::NodeAddress& each : nodes) {
    if (++added > static_cast<int>(HostCache::kMaxHosts)) break;
    cache_.Add(FromWire(each));
  }
}

bool Attachment::CredentialIsGood() const {
  return stream::VerifyCredential(credential_, settings_.network.root_key,
                                  runtime_.WallNow() + kLeastValidity)
      .ok();
}

}  // namespace sfa::peer
