#include "skypeforasterisk/engine.h"

#include "res_skypeforasterisk/engine_service.h"
#include "res_skypeforasterisk/version.h"
#include "skypeforasterisk/engine_impl.h"
#include "skypeforasterisk/vocabulary.h"

namespace sfa::engine {
namespace {

// Less than the driver's patience (3 s): who is not logged out by then is left to its supernode.
constexpr std::chrono::seconds kLeaveDeadline{2};

}  // namespace

std::unique_ptr<Engine> NewEngineOn(NetworkFactory network, Runtime& runtime,
                                    std::unique_ptr<ByteStream> control,
                                    std::function<void(int status)> exit, int pid) {
  return std::make_unique<EngineImpl>(std::move(network), runtime, std::move(control),
                                      std::move(exit), pid);
}

EngineImpl::EngineImpl(NetworkFactory network, Runtime& runtime,
                       std::unique_ptr<ByteStream> control, std::function<void(int status)> exit,
                       int pid)
    : network_(std::move(network)),
      runtime_(runtime),
      control_(std::move(control)),
      exit_(std::move(exit)),
      voice_log_(runtime.NewTimer([this] { LogVoices(); })),
      leave_(runtime.NewTimer([this] {
        left_ = true;
        if (database_) database_->Flush();
        if (port_ && port_->dropped() > 0) {
          Log(LogLevel::kNotice,
              "dropped " + std::to_string(port_->dropped()) + " packets that were nobody's");
        }
        exit_(status_);
      })) {
  control_->SetHandler(this);
  control::Event event;
  control::Hello& hello = *event.mutable_hello();
  hello.set_version(res::kControlProtocolVersion);
  hello.set_engine_version(res::kVersion);
  hello.set_pid(pid);
  Tell(event);
}

EngineImpl::~EngineImpl() = default;

// ---- The control stream ---------------------------------------------------------------------

void EngineImpl::OnData(std::span<const uint8_t> bytes) {
  cutter_.Add(bytes);
  while (!leaving_) {
    const std::optional<std::string> message = cutter_.Next();
    if (!message) break;
    Obey(*message);
  }
  if (cutter_.broken()) Broken("a message is longer than 64 KiB");
}

void EngineImpl::OnWritable() { writer_.OnWritable(*control_); }

void EngineImpl::OnEndOfStream() {
  driver_gone_ = true;
  if (!leaving_) Log(LogLevel::kNotice, "the driver has gone: logging everybody out");
  Leave(0);
}

void EngineImpl::OnError(const Error& error) {
  driver_gone_ = true;
  if (!leaving_) Log(LogLevel::kNotice, "the driver has gone: " + error.message);
  Leave(0);
}

void EngineImpl::Tell(const control::Event& event) {
  if (driver_gone_) return;
  if (writer_.Send(*control_, event.SerializeAsString())) return;
  driver_gone_ = true;
  Broken("the driver does not read");
}

void EngineImpl::Broken(const std::string& what) {
  if (leaving_) return;
  Log(LogLevel::kError, "control stream: " + what);
  Leave(1);
}

void EngineImpl::Leave(int status) {
  if (leaving_) return LeaveWhenDone();
  leaving_ = true;
  status_ = status;
  arrivals_.clear();
  for (auto& [id, call] : calls_) {
    if (!call->ending()) call->End(Reason::kNormal);
  }
  for (auto& [name, account] : accounts_) account->LogOut();
  leave_->Start(kLeaveDeadline);
  LeaveWhenDone();
}

void EngineImpl::LeaveWhenDone() {
  if (left_) return;
  for (const auto& [name, account] : accounts_) {
    if (!account->finished()) return;
  }
  // Not from here: the caller may be a callback of what is destroyed next.
  leave_->Start(Duration::zero());
}

void EngineImpl::Obey(const std::string& message) {
  control::Command command;
  if (!command.ParseFromString(message)) return Broken("a message that is no command");
  const bool configures = command.body_case() == control::Command::kConfigure;
  if (command.body_case() == control::Command::kShutdown) return Leave(0);
  if (configures == configured_) {
    return Broken(configured_ ? "Configure came twice" : "a command came before Configure");
  }
  switch (command.body_case()) {
    case control::Command::kConfigure:
      return OnConfigure(command.configure());
    case control::Command::kLogin:
      return OnLogin(command.login());
    case control::Command::kLogout:
      return OnLogout(command.logout());
    case control::Command::kPlaceCall:
      return OnPlaceCall(command.place_call());
    case control::Command::kRingCall:
      return OnRingCall(command.ring_call());
    case control::Command::kProgressCall:
      return OnProgressCall(command.progress_call());
    case control::Command::kAnswerCall:
      // The call may have ended while the command was on its way; so for the others.
      if (EngineCall* call = Find(command.answer_call().call())) call->Answer();
      return;
    case control::Command::kEndCall:
      return OnEndCall(command.end_call());
    case control::Command::kAskService:
      return OnAskService(command.ask_service());
    case control::Command::kHoldCall:
      return OnHoldCall(command.hold_call());
    case control::Command::kTransferCall:
      return OnTransferCall(command.transfer_call());
    case control::Command::kSetDebug:
      return OnSetDebug(command.set_debug());
    default:
      return Broken("a command that this version does not know");
  }
}

// ---- Configuration and accounts -------------------------------------------------------------

void EngineImpl::OnConfigure(const control::Configure& configure) {
  if (configure.version() != res::kControlProtocolVersion) {
    return Broken("the driver speaks version " + std::to_string(configure.version()) +
                  " of the control protocol, this engine version " +
                  std::to_string(res::kControlProtocolVersion));
  }
  configured_ = true;
  verbosity_.Set("", false, configure.debug());
  rtp_address_ = {configure.rtp_address()};
  if (rtp_address_.is_any()) rtp_address_ = Ipv4Address::Loopback();

  network_settings_ = peer::BuiltInNetwork();
  if (configure.bootstrap_nodes_size() > 0) {
    network_settings_.bootstrap_nodes.clear();
    for (const control::Endpoint& node : configure.bootstrap_nodes()) {
      const std::optional<Endpoint> endpoint = FromControl(node);
      if (!endpoint) return Broken("a bootstrap node without address or port");
      network_settings_.bootstrap_nodes.push_back(*endpoint);
    }
  }
  const std::string& key = configure.network_root_key();
  if (!key.empty()) {
    if (key.size() != network_settings_.root_key.size()) {
      return Broken("the network's root key has " + std::to_string(key.size()) +
                    " bytes, it must have 32");
    }
    std::copy(key.begin(), key.end(), network_settings_.root_key.begin());
  }
  if (configure.has_proxy()) {
    const control::Proxy& proxy = configure.proxy();
    const std::optional<Endpoint> server = FromControl(proxy.server());
    if (!server) return Broken("a proxy without address or port");
    proxied_.emplace(
        runtime_, proxy::Proxy{proxy.socks5() ? proxy::Kind::kSocks5 : proxy::Kind::kHttps, *server,
                               proxy.user(), proxy.password()});
  }
  if (!configure.data_directory().empty()) {
    database_ = std::make_unique<Database>(runtime_, configure.data_directory());
  }
  OpenMediaPort(configure);
}

// Manual 3.1; readings 3: disable_tcpauto leaves an explicit bind_port alone.
void EngineImpl::OpenMediaPort(const control::Configure& configure) {
  path::PortSettings settings;
  settings.bind.address = {configure.bind_address()};
  if (configure.bind_port() <= 0xFFFF) {
    settings.bind.port = static_cast<uint16_t>(configure.bind_port());
  }
  const uint16_t wanted = settings.bind.port;
  settings.udp = !configure.disable_udp();
  settings.tcp_auto = !configure.disable_tcpauto();
  settings.listen_tcp = settings.tcp_auto || wanted != 0;
  if (!settings.udp && !settings.listen_tcp) {
    Log(LogLevel::kNotice,
        "UDP is disabled and nothing listens on TCP: calls are carried by connections to the other "
        "end, or by a supernode");
  }
  auto port = network_.new_port(network_runtime(), settings);
  if (!port && wanted != 0) {
    settings.bind.port = 0;
    settings.listen_tcp = settings.tcp_auto;
    port = network_.new_port(network_runtime(), settings);
  }
  if (!port) {
    no_port_reason_ =
        "cannot bind " + settings.bind.address.ToString() + ": " + port.error().message;
    Log(LogLevel::kError, no_port_reason_ + " (see bind_address in chan_skype.conf)");
    return;
  }
  port_ = std::move(*port);
  share_ = std::make_shared<peer::PortShare>(network_runtime(), *port_);
  // A suggestion only (manual 3.1); the product says nothing of it.
  if (wanted != 0 && port_->local().port != wanted) {
    Log(LogLevel::kNotice, "bind_port " + std::to_string(wanted) + " cannot be used: taking port " +
                               std::to_string(port_->local().port));
  }
  std::string listeners;
  for (const Endpoint& each : port_->tcp_listeners()) listeners += " " + each.ToString();
  Log(LogLevel::kDebug, std::string(settings.udp ? "UDP " + port_->local().ToString() : "no UDP") +
                            ", TCP" + (listeners.empty() ? " none" : listeners));
}

void EngineImpl::OnLogin(const control::Login& login) {
  if (login.account().empty()) return Broken("Login without an account");
  if (!port_) return TellState(login.account(), peer::LoginState::kLoggedOut, no_port_reason_);
  auto& account = accounts_[login.account()];
  if (!account) {
    peer::PeerSettings settings;
    settings.user = login.account();
    settings.driver = true;
    settings.network = network_settings_;
    settings.share = share_;
    if (database_) {
      settings.hosts = database_->hosts();
      settings.home = database_->HomeOf(login.account());
    }
    account = std::make_unique<Account>(
        runtime_, std::move(settings),
        [this](peer::PeerSettings peer_settings, peer::PeerObserver& observer) {
          return network_.new_peer(network_runtime(), *port_, std::move(peer_settings), observer);
        },
        static_cast<AccountObserver&>(*this));
  }
  account->LogIn(login.secret());
}

void EngineImpl::OnLogout(const control::Logout& logout) {
  const auto found = accounts_.find(logout.account());
  if (found == accounts_.end()) {
    return TellState(logout.account(), peer::LoginState::kLoggedOut, "");
  }
  EndCallsOf(logout.account());
  found->second->LogOut();
}

void EngineImpl::OnAccountState(Account& account, peer::LoginState state,
                                const std::string& reason) {
  Debug(account.name(),
        "state " + std::to_string(static_cast<int>(state)) + (reason.empty() ? "" : ", " + reason));
  TellState(account.name(), state, reason);
  if (database_ && account.logged_in()) {
    database_->NoteLogin(account.name(), account.peer()->home(), account.peer()->hosts());
  }
  if (!account.finished()) return;
  ForgetCallsOf(account.name());
  accounts_.erase(accounts_.find(account.name()));
  if (leaving_) LeaveWhenDone();
}

void EngineImpl::TellState(const std::string& account, peer::LoginState state,
                           const std::string& reason) {
  control::Event event;
  control::AccountStatus& status = *event.mutable_account_status();
  status.set_account(account);
  status.set_state(ToControl(state));
  status.set_reason(reason);
  Tell(event);
}

}  // namespace sfa::engine
