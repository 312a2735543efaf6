#include "chan_skype/core.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

#include "chan_skype/channel_state.h"
#include "chan_skype/text.h"

namespace sfa::skype {
namespace {

struct DialAddress {
  std::string_view originator;  // "": the default user
  std::string_view destination;
};

// Manual 3.2.1: [<originator>@]<destination>. People of the time wrote <originator>/<destination>,
// too.
DialAddress Split(std::string_view address) {
  const size_t at = std::min(address.find('@'), address.find('/'));
  if (at == std::string_view::npos) return {"", Trim(address)};
  return {Trim(address.substr(0, at)), Trim(address.substr(at + 1))};
}

// "" when the destination can be dialled.
std::string WhyNotDestination(std::string_view text) {
  constexpr const char* kExpected = "expected Skype/[<originator>@]<destination>; ";
  const auto has = [&](char c) { return text.find(c) != std::string_view::npos; };
  if (text.empty()) return std::string(kExpected) + "the destination is missing";
  if (has('@')) return std::string(kExpected) + "there is more than one @";
  if (has('/')) return std::string(kExpected) + "there is a / in the destination";
  if (text.size() > 255) return std::string(kExpected) + "the destination is too long";
  if (!IsName(text)) {
    return std::string(kExpected) +
           "the destination is one Skype name or number, without blanks, "
           "commas and control characters";
  }
  return "";
}

// The account's codecs, in its order, that the requester can use.
std::vector<pbx_codec> Common(const std::vector<pbx_codec>& allowed, const pbx_codec* requested) {
  std::vector<pbx_codec> common;
  for (const pbx_codec codec : allowed) {
    for (int i = 0; i < PBX_MAX_CODECS && requested[i] != PBX_CODEC_NONE; ++i) {
      if (requested[i] == codec && common.size() < PBX_MAX_CODECS) common.push_back(codec);
    }
  }
  return common;
}

template <size_t kSize>
void Copy(const std::string& from, char (&to)[kSize]) {
  std::snprintf(to, kSize, "%s", std::string(CutText(from, kSize - 1)).c_str());
}

// Manual 4.2.5 and 4.2.12.
std::string Describe(const control::DebugLine& line) {
  constexpr size_t kMaxText = 1000;
  return std::string(line.voice() ? "Skype voice engine [" : "Skype debug [") +
         OneLine(CutText(line.account(), 64)) + "] " + OneLine(CutText(line.text(), kMaxText));
}

struct Refusal {
  pbx_cause cause = PBX_CAUSE_NONE;
  std::string why;
};

}  // namespace

Core::Core(res::EngineService& service, const pbx_host& host, void* pbx, Settings settings)
    : service_(service),
      licenses_(service.licenses()),
      host_(host),
      pbx_(pbx),
      general_(std::move(settings.general)),
      desk_([this](const control::Command& command) { engine_->Send(command); }) {
  debug_ = general_.debug;
  for (UserSettings& user : settings.users) {
    accounts_.emplace_back();
    accounts_.back().settings = std::move(user);
  }
}

Core::~Core() = default;

void Core::Log(pbx_log_level level, const std::string& text) {
  host_.log(pbx_, level, text.c_str());
}

void Core::StartEngine() {
  EngineEvents& events = *this;
  engine_ = std::make_unique<EngineLink>(service_, events);
  fetch_again_ = runtime().NewTimer([this] { FetchWhatIsMissing(); });
  std::string directory;
  {
    MutexLock lock(mutex_);
    directory = general_.engine_directory;
  }
  engine_->Start(directory);
}

bool Core::BeginUnload() {
  size_t calls;
  {
    MutexLock lock(mutex_);
    calls = calls_.size();
    if (calls == 0) unloading_ = true;
  }
  if (calls == 0) return true;
  Log(PBX_LOG_WARNING, "not unloaded: Skype calls exist (" + std::to_string(calls) + ")");
  return false;
}

void Core::End(Task ended) {
  if (!engine_) {
    ended();
    return;
  }
  fetch_again_->Cancel();
  engine_->Stop([this, ended = std::move(ended)] {
    AllLoggedOut("");
    ended();
  });
}

std::vector<pbx_codec> Core::UsableCodecs(const UserSettings& user) {
  const bool g729 = host_.can_use_codec && host_.can_use_codec(pbx_, PBX_CODEC_G729) != 0;
  return user.UsableCodecs(g729);
}

int Core::Request(const char* address, const pbx_codec* codecs,
                  const skype_channel_state* requestor, skype_admitted* admitted,
                  pbx_cause* cause) {
  const std::string text = address ? address : "";
  const DialAddress dial = Split(text);
  const std::string malformed = WhyNotDestination(dial.destination);
  std::string originator(dial.originator);
  std::optional<AccountView> view;
  if (malformed.empty()) {
    if (originator.empty()) originator = DefaultUser();
    view = LookAt(originator);
  }
  // Which codecs there are is asked before the lock is taken.
  std::vector<pbx_codec> common;
  if (view) common = Common(UsableCodecs(view->settings), codecs);

  Refusal refusal;
  skype_call_id id = 0;
  {
    MutexLock lock(mutex_);
    if (unloading_) {
      refusal = {PBX_CAUSE_CONGESTION, "the module is being unloaded"};
    } else if (!malformed.empty()) {
      refusal = {PBX_CAUSE_NO_ROUTE_DESTINATION, malformed};
    } else if (originator.empty()) {
      refusal = {PBX_CAUSE_NO_ROUTE_DESTINATION,
                 "no originator is named and chan_skype.conf has no default_user"};
    } else if (!view) {
      refusal = {PBX_CAUSE_NO_ROUTE_DESTINATION,
                 "chan_skype.conf has no usable user " + OneLine(CutText(originator, 64))};
    } else if (view->settings.direction == Direction::kIncoming) {
      refusal = {PBX_CAUSE_NO_ROUTE_DESTINATION,
                 "user " + view->settings.name + " has direction=incoming"};
    } else if (view->state != control::ACCOUNT_LOGGED_IN) {
      refusal = {PBX_CAUSE_SUBSCRIBER_ABSENT, "user " + view->settings.name + " is not logged in"};
    } else if (common.empty()) {
      refusal = {PBX_CAUSE_BEARER_NOT_AVAILABLE,
                 "user " + view->settings.name + " allows no codec that the caller can use"};
    } else {
      Call& call = calls_.AddOutgoing();
      call.account = view->settings.name;
      call.destination = std::string(dial.destination);
      call.far_end = call.destination;
      call.codecs = common;
      id = call.id;
      for (const auto& [name, value] : view->settings.call_properties) {
        call.SetProperty(name, value);
      }
      // What the dialplan has set before Dial() goes before what the account has for all calls.
      for (const char* name : {"topic", "token"}) {
        const auto set = requestor ? requestor->CallProperty(name) : std::nullopt;
        if (set) call.SetProperty(name, *set);
      }
      *admitted = skype_admitted{};
      admitted->call = id;
      Copy(call.account, admitted->account);
      Copy(view->settings.accountcode, admitted->accountcode);
      Copy(view->settings.mohinterpret, admitted->mohinterpret);
      Copy(view->settings.mohsuggest, admitted->mohsuggest);
      Copy(call.destination, admitted->callee);
      std::copy(common.begin(), common.end(), admitted->codecs);
      admitted->rtp_address = general_.rtp_address.value;
    }
  }
  if (id != 0 && !licenses_.Acquire()) {
    MutexLock lock(mutex_);
    calls_.Take(id);
    id = 0;
    refusal = {PBX_CAUSE_CONGESTION,
               "all licensed channels are in use (" + std::to_string(licenses_.total()) + ")"};
  }
  if (id == 0) {
    *cause = refusal.cause;
    Log(PBX_LOG_WARNING, "no call to Skype/" + OneLine(CutText(text, 256)) + ": " + refusal.why);
    return -1;
  }
  host_.module_ref(pbx_);
  return 0;
}

std::vector<std::string> Core::ChannelVariables(skype_call_id id) {
  MutexLock lock(mutex_);
  const Call* call = calls_.Find(id);
  const Account* account = call ? FindAccount(call->account) : nullptr;
  return account ? account->settings.channel_variables : std::vector<std::string>{};
}

void Core::DigitBegin(skype_call_id id, char digit) {
  pbx_channel* channel = nullptr;
  {
    MutexLock lock(mutex_);
    if (const Call* call = calls_.Find(id)) channel = call->channel;
  }
  if (channel) host_.channel_digit_begin(pbx_, channel, digit);
}

void Core::DigitEnd(skype_call_id id, char digit, unsigned duration_ms) {
  pbx_channel* channel = nullptr;
  {
    MutexLock lock(mutex_);
    if (const Call* call = calls_.Find(id)) channel = call->channel;
  }
  if (channel) host_.channel_digit_end(pbx_, channel, digit, duration_ms);
}

int Core::CallCount() {
  MutexLock lock(mutex_);
  return static_cast<int>(calls_.size());
}

Core::View Core::Look() {
  MutexLock lock(mutex_);
  View view;
  view.general = general_;
  view.general.debug = debug_;
  view.calls = calls_.size();
  view.engine_version = engine_version_;
  view.accounts.reserve(accounts_.size());
  for (const Account& account : accounts_) {
    view.accounts.push_back({account.settings, account.state, account.debug, account.voice_debug});
  }
  return view;
}

std::optional<Core::AccountView> Core::LookAt(const std::string& name) {
  MutexLock lock(mutex_);
  const Account* account = FindAccount(name);
  if (!account) return std::nullopt;
  return AccountView{account->settings, account->state, account->debug, account->voice_debug};
}

std::string Core::DefaultUser() {
  MutexLock lock(mutex_);
  return general_.default_user;
}

std::vector<std::string> Core::AccountNames() {
  MutexLock lock(mutex_);
  std::vector<std::string> names;
  names.reserve(accounts_.size());
  for (const Account& account : accounts_) names.push_back(account.settings.name);
  return names;
}

void Core::OnEngineMessage(const control::Event& event) {
  switch (event.body_case()) {
    case control::Event::kAccountStatus:
      OnAccountStatus(event.account_status());
      break;
    case control::Event::kIncomingCall:
      OnIncomingCall(event.incoming_call());
      break;
    case control::Event::kCallRinging:
      OnRinging(event.call_ringing().call());
      break;
    case control::Event::kCallMedia:
      OnMedia(event.call_media());
      break;
    case control::Event::kCallAnswered:
      OnAnswered(event.call_answered().call());
      break;
    case control::Event::kCallEnded:
      OnEnded(event.call_ended().call(), event.call_ended().reason());
      break;
    case control::Event::kCallProgress:
      OnProgress(event.call_progress().call());
      break;
    case control::Event::kCallHeld:
      OnHeld(event.call_held());
      break;
    case control::Event::kCallTransferred:
      OnTransferred(event.call_transferred());
      break;
    case control::Event::kCallParty:
      OnParty(event.call_party());
      break;
    case control::Event::kServiceDone:
      desk_.OnDone(event.service_done());
      break;
    case control::Event::kServiceNews:
      OnNews(event.service_news());
      break;
    case control::Event::kDebugLine:
      Log(PBX_LOG_VERBOSE, Describe(event.debug_line()));
      break;
    default:  // Hello has been dealt with; what a newer engine adds is not for us
      break;
  }
}

}  // namespace sfa::skype
