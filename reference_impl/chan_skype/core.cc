#include "chan_skype/core.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

#include "chan_skype/text.h"

namespace sfa::skype {
namespace {

constexpr size_t kMaxDestination = 255;

struct DialAddress {
  std::string_view originator;  // "": the default user
  std::string_view destination;
};

// Manual 3.2.1: [<originator>@]<destination>
DialAddress Split(std::string_view address) {
  const size_t at = address.find('@');
  if (at == std::string_view::npos) return {"", Trim(address)};
  return {Trim(address.substr(0, at)), Trim(address.substr(at + 1))};
}

bool IsDestination(std::string_view text) {
  if (text.empty() || text.size() > kMaxDestination) return false;
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '@' || c == '/';
  });
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
  std::snprintf(to, kSize, "%s", from.c_str());
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
      general_(std::move(settings.general)) {
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
  engine_->Stop([this, ended = std::move(ended)] {
    AllLoggedOut("");
    ended();
  });
}

int Core::Request(const char* address, const pbx_codec* codecs, skype_admitted* admitted,
                  pbx_cause* cause) {
  const DialAddress dial = Split(address ? address : "");
  Refusal refusal;
  skype_call_id id = 0;
  {
    MutexLock lock(mutex_);
    const std::string originator(dial.originator.empty() ? std::string_view(general_.default_user)
                                                         : dial.originator);
    const Account* account = FindAccount(originator);
    if (unloading_) {
      refusal = {PBX_CAUSE_CONGESTION, "the module is being unloaded"};
    } else if (!IsDestination(dial.destination)) {
      refusal = {PBX_CAUSE_NO_ROUTE_DESTINATION,
                 "expected Skype/[<originator>@]<destination>, the destination being one Skype "
                 "name or number"};
    } else if (originator.empty()) {
      refusal = {PBX_CAUSE_NO_ROUTE_DESTINATION,
                 "no originator is named and chan_skype.conf has no default_user"};
    } else if (!account) {
      refusal = {PBX_CAUSE_NO_ROUTE_DESTINATION,
                 "chan_skype.conf has no usable user " + OneLine(originator)};
    } else if (account->settings.direction == Direction::kIncoming) {
      refusal = {PBX_CAUSE_NO_ROUTE_DESTINATION,
                 "user " + account->settings.name + " has direction=incoming"};
    } else if (account->state != control::ACCOUNT_LOGGED_IN) {
      refusal = {PBX_CAUSE_SUBSCRIBER_ABSENT,
                 "user " + account->settings.name + " is not logged in"};
    } else {
      const std::vector<pbx_codec> common = Common(account->settings.UsableCodecs(), codecs);
      if (common.empty()) {
        refusal = {PBX_CAUSE_BEARER_NOT_AVAILABLE,
                   "user " + account->settings.name + " allows no codec that the caller can use"};
      } else {
        Call& call = calls_.AddOutgoing();
        call.account = account->settings.name;
        call.destination = std::string(dial.destination);
        call.codecs = common;
        id = call.id;
        *admitted = skype_admitted{};
        admitted->call = id;
        Copy(call.account, admitted->account);
        Copy(account->settings.accountcode, admitted->accountcode);
        std::copy(common.begin(), common.end(), admitted->codecs);
        admitted->rtp_address = general_.rtp_address.value;
      }
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
    Log(PBX_LOG_WARNING,
        "no call to Skype/" + OneLine(address ? address : "") + ": " + refusal.why);
    return -1;
  }
  host_.module_ref(pbx_);
  return 0;
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
  return View{general_, accounts_, calls_.size(), engine_version_};
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
    default:  // Hello has been dealt with; what a newer engine adds is not for us
      break;
  }
}

}  // namespace sfa::skype
