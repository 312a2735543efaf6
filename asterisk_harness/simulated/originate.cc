#include "asterisk_harness/simulated/originate.h"

#include "asterisk_harness/simulated/channel_events.h"
#include "asterisk_harness/simulated/dial.h"
#include "asterisk_harness/simulated/hangup_cause.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

struct Request {
  DialTarget target;
  std::string channel, channel_id, context, exten, application, data, account;
  int priority = 1;
  pbx_codec codec = PBX_CODEC_ULAW;
  Party caller;
  Duration timeout{};
  std::vector<std::pair<std::string, std::string>> variables;
};

// OriginateResponse's Reason: Asterisk's number of the frame that ended it.
enum Reason { kFailed = 0, kRinging = 3, kAnswered = 4, kBusy = 5, kCongestion = 8 };

struct Attempt {
  Reason reason = kFailed;
  std::string channel, unique_id;  // of one that was answered
};

Party ParseCaller(const std::string& text) {
  Party party;
  const size_t open = text.find('<'), close = text.rfind('>');
  if (open == std::string::npos || close == std::string::npos || close < open) {
    party.number = std::string(Trim(text));
    return party;
  }
  party.number = text.substr(open + 1, close - open - 1);
  std::string_view name = Trim(std::string_view(text).substr(0, open));
  if (name.size() >= 2 && name.front() == '"') name = name.substr(1, name.size() - 2);
  party.name = std::string(name);
  return party;
}

void EmitDial(PbxCore& core, const char* event, const Channel& channel, const char* name,
              const std::string& value) {
  Headers headers = DialHeaders(nullptr, channel);
  headers.emplace_back(name, value);
  core.manager().Emit(event, kClassCall, std::move(headers));
}

// Waits for the answer; the channel is still there afterwards only for kAnswered.
Routine<Reason> WaitForAnswer(PbxCore& core, Channel& channel, Wakeup& wakeup, Duration timeout) {
  const MonotonicTime deadline = core.runtime().Now() + timeout;
  Reason reason = kFailed;
  const char* status = "NOANSWER";
  while (true) {
    const Frame frame = co_await ReadFrame(channel, wakeup, deadline);
    if (frame.kind == Frame::Kind::kNone) {
      reason = channel.state() == ChannelState::kRinging ? kRinging : kFailed;
      if (channel.hangup_cause == 0) channel.hangup_cause = PBX_CAUSE_NO_ANSWER;
      // Asterisk tells no DialEnd of a call that it gives up itself.
      core.HangupChannel(channel);
      co_return reason;
    }
    if (frame.kind == Frame::Kind::kHangup) {
      status = DialStatusOfCause(channel.hangup_cause);
      break;
    }
    if (frame.kind != Frame::Kind::kControl) continue;
    if (frame.control == Control::kRinging) {
      channel.SetState(ChannelState::kRinging);
      EmitDial(core, "DialState", channel, "DialStatus", "RINGING");
    } else if (frame.control == Control::kAnswer) {
      channel.SetState(ChannelState::kUp);
      EmitDial(core, "DialEnd", channel, "DialStatus", "ANSWER");
      co_return kAnswered;
    } else if (frame.control == Control::kBusy || frame.control == Control::kCongestion) {
      const bool busy = frame.control == Control::kBusy;
      reason = busy ? kBusy : kCongestion;
      status = busy ? "BUSY" : "CONGESTION";
      break;
    }
  }
  EmitDial(core, "DialEnd", channel, "DialStatus", status);
  core.HangupChannel(channel);
  co_return reason;
}

Routine<Attempt> Place(PbxCore& core, Request request, Wakeup& wakeup) {
  Attempt attempt;
  int cause = 0;
  core.chosen_unique_id = request.channel_id;
  Channel* const channel = core.RequestChannel(request.target.technology, request.target.address,
                                               nullptr, request.codec, &cause);
  core.chosen_unique_id.clear();
  if (channel == nullptr) {
    core.Warn("Unable to create channel of type '" + request.target.technology + "' (cause " +
              std::to_string(cause) + " - " + HangupCauseText(cause) + ")");
    attempt.reason = cause == PBX_CAUSE_USER_BUSY ? kBusy : kFailed;
    co_return attempt;
  }
  channel->outgoing = true;
  if (!request.caller.number.empty() || !request.caller.name.empty()) {
    channel->caller = request.caller;
    channel->connected = request.caller;
  }
  channel->SetWaiter(&wakeup);
  channel->Enter("AppDial2", "(Outgoing Line)");
  for (const auto& [name, value] : request.variables) core.SetVariable(channel, name, value);
  if (!request.account.empty()) channel->SetAccountCode(request.account);
  EmitDial(core, "DialBegin", *channel, "DialString", request.target.address);
  if (!channel->tech().Call()) {
    core.HangupChannel(*channel);
    co_return attempt;
  }
  Routine<Reason> waiting = WaitForAnswer(core, *channel, wakeup, request.timeout);
  attempt.reason = co_await waiting;
  if (attempt.reason != kAnswered) co_return attempt;
  attempt.channel = channel->name();
  attempt.unique_id = channel->unique_id();
  channel->SetWaiter(nullptr);
  if (request.application.empty()) {
    channel->context = request.context;
    channel->exten = request.exten;
    channel->priority = request.priority;
  }
  if (core.StartThread(*channel, request.application, request.data) != ThreadStart::kStarted) {
    core.HangupChannel(*channel);
    attempt.reason = kCongestion;
  }
  co_return attempt;
}

void EmitResponse(PbxCore& core, const Request& request, const Attempt& attempt,
                  const std::string& action_id) {
  Headers headers;
  if (!action_id.empty()) headers.emplace_back("ActionID", action_id);
  headers.emplace_back("Response", attempt.reason == kAnswered ? "Success" : "Failure");
  headers.emplace_back("Channel", attempt.channel.empty() ? request.channel : attempt.channel);
  headers.emplace_back("Context", request.context);
  headers.emplace_back("Exten", request.exten);
  if (!request.application.empty()) {
    headers.emplace_back("Application", request.application);
    headers.emplace_back("Data", request.data);
  }
  headers.emplace_back("Reason", std::to_string(attempt.reason));
  headers.emplace_back("Uniqueid", attempt.unique_id.empty() ? "<null>" : attempt.unique_id);
  headers.emplace_back("CallerIDNum",
                       request.caller.number.empty() ? "<unknown>" : request.caller.number);
  headers.emplace_back("CallerIDName",
                       request.caller.name.empty() ? "<unknown>" : request.caller.name);
  core.manager().Emit("OriginateResponse", kClassCall, std::move(headers));
}

Routine<void> Run(PbxCore& core, Request request, bool async, std::shared_ptr<AmiReply> reply,
                  Wakeup& wakeup) {
  Routine<Attempt> placing = Place(core, request, wakeup);
  const Attempt attempt = co_await placing;
  if (async) {
    EmitResponse(core, request, attempt, reply->action_id());
  } else if (attempt.reason == kAnswered) {
    reply->Success("Originate successfully queued");
  } else {
    reply->Error("Originate failed");
  }
}

// A word on what is wrong, "" when nothing is.
std::string Parse(PbxCore& core, const AmiMessage& action, Request* request) {
  request->channel = action.Get("Channel");
  if (request->channel.empty()) return "Channel not specified";
  const std::optional<DialTarget> target = ParseDialTarget(request->channel);
  if (!target) return "Invalid channel";
  request->target = *target;
  request->channel_id = action.Get("ChannelId");
  request->context = action.Get("Context");
  request->exten = action.Get("Exten");
  request->application = action.Get("Application");
  request->data = action.Get("Data");
  request->account = action.Get("Account");
  // Of several the first.
  const std::string codec = Split(action.Get("Codecs"), ',')[0];
  if (codec == "alaw") request->codec = PBX_CODEC_ALAW;
  if (codec == "g729") request->codec = PBX_CODEC_G729;
  request->caller = ParseCaller(action.Get("CallerID"));
  const std::string& timeout = action.Get("Timeout");
  const int timeout_ms = timeout.empty() ? 30000 : ToInt(timeout, -1);
  if (timeout_ms < 0) return "Invalid timeout";
  request->timeout = std::chrono::milliseconds(timeout_ms);
  for (const auto& [name, value] : action.headers) {
    if (!EqualsIgnoreCase(name, "Variable")) continue;
    const size_t equals = value.find('=');
    request->variables.emplace_back(value.substr(0, equals),
                                    equals == std::string::npos ? "" : value.substr(equals + 1));
  }
  if (!request->application.empty()) return "";
  const std::string& priority = action.Get("Priority");
  if (request->context.empty() && request->exten.empty() && priority.empty()) {
    return "Originate with 'Exten' requires 'Context' and 'Priority'";
  }
  if (request->context.empty() || request->exten.empty() || priority.empty()) {
    return "Originate with 'Exten' requires 'Context' and 'Priority'";
  }
  request->priority = ToInt(priority, 0);
  if (request->priority < 1) {
    request->priority = core.dialplan.FindLabel(request->context, request->exten, priority, "");
  }
  if (request->priority < 1) return "Invalid priority";
  return "";
}

}  // namespace

void RegisterOriginate(PbxCore& core) {
  core.manager().Register("Originate", kClassOriginate,
                          [&core](const AmiMessage& action, std::shared_ptr<AmiReply> reply) {
                            Request request;
                            const std::string mistake = Parse(core, action, &request);
                            if (!mistake.empty()) {
                              reply->Error(mistake);
                              return;
                            }
                            if (core.stopping()) {
                              reply->Error("Originate failed");
                              return;
                            }
                            const bool async = IsTrueSetting(action.Get("Async"));
                            if (async) reply->Success("Originate successfully queued");
                            core.StartJob([&core, request, async, reply](Wakeup& wakeup) {
                              return Run(core, request, async, reply, wakeup);
                            });
                          });
}

}  // namespace sfa::harness
