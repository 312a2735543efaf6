// Transfer, SendText, MessageSend, music on hold, UserEvent.
#include "asterisk_harness/simulated/applications.h"
#include "asterisk_harness/simulated/messages.h"
#include "asterisk_harness/simulated/music_on_hold.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

void SetTransferStatus(Call& call, const char* status) {
  call.core.SetVariable(&call.channel, "TRANSFERSTATUS", status);
  // The technology's own number of the refusal; ours has none.
  call.core.SetVariable(&call.channel, "TRANSFERSTATUSPROTOCOL", "0");
}

// Transfer([<technology>/]<destination>)
Routine<Outcome> Transfer(Call call, std::string data) {
  std::string destination = Split(data, ',')[0];
  if (Trim(destination).empty()) {
    call.core.Warn("Transfer requires an argument ([Tech/]destination)");
    SetTransferStatus(call, "FAILURE");
    co_return Outcome::kContinue;
  }
  if (const size_t slash = destination.find('/'); slash != std::string::npos && slash > 0) {
    if (!EqualsIgnoreCase(destination.substr(0, slash), call.channel.tech().type())) {
      SetTransferStatus(call, "FAILURE");
      co_return Outcome::kContinue;
    }
    destination.erase(0, slash + 1);
  }
  if (!call.channel.tech().Transfer(destination)) {
    SetTransferStatus(call, "UNSUPPORTED");
    co_return Outcome::kContinue;
  }
  while (true) {
    const Frame frame = co_await ReadFrame(call.channel, call.wakeup, std::nullopt);
    if (frame.kind == Frame::Kind::kHangup) {
      SetTransferStatus(call, "FAILURE");
      co_return Outcome::kHangup;
    }
    if (frame.kind != Frame::Kind::kControl) continue;
    if (frame.control != Control::kTransferred && frame.control != Control::kTransferFailed) {
      continue;
    }
    SetTransferStatus(call, frame.control == Control::kTransferred ? "SUCCESS" : "FAILURE");
    co_return Outcome::kContinue;
  }
}

// SendText(<text>)
Routine<Outcome> SendText(Call call, std::string data) {
  call.core.SetVariable(&call.channel, "SENDTEXTTYPE", "BASIC");
  const bool sent = call.channel.tech().SendText(data);
  call.core.SetVariable(&call.channel, "SENDTEXTSTATUS", sent ? "SUCCESS" : "UNSUPPORTED");
  co_return Outcome::kContinue;
}

// MessageSend(<destination>[,<from>[,<to>]])
Routine<Outcome> MessageSend(Call call, std::string data) {
  std::vector<std::string> arguments = SplitArguments(data);
  arguments.resize(3);
  const char* status = "INVALID_URI";
  if (arguments[0].empty()) {
    call.core.Warn("A 'to' URI must be specified");
  } else if (call.channel.message == nullptr) {
    call.core.Warn("No message data found on channel to send.");
    status = "FAILURE";
  } else {
    TextMessage message = *call.channel.message;
    if (!arguments[1].empty()) message.from = arguments[1];
    if (!arguments[2].empty()) message.to = arguments[2];
    switch (call.core.messages().Send(arguments[0], message)) {
      case SendResult::kSent:
        status = "SUCCESS";
        break;
      case SendResult::kFailed:
        status = "FAILURE";
        break;
      case SendResult::kNoTechnology:
        status = "INVALID_PROTOCOL";
        break;
    }
  }
  call.core.SetVariable(&call.channel, "MESSAGE_SEND_STATUS", status);
  co_return Outcome::kContinue;
}

// Music ends with the application that asked for it.
class Music {
 public:
  Music(Channel& channel, const std::string& name) : channel_(channel) {
    StartMusic(channel_, name, "");
  }
  ~Music() { StopMusic(channel_); }
  Music(const Music&) = delete;
  Music& operator=(const Music&) = delete;

 private:
  Channel& channel_;
};

// MusicOnHold([<class>[,<seconds>]])
Routine<Outcome> MusicOnHold(Call call, std::string data) {
  std::vector<std::string> arguments = SplitArguments(data);
  arguments.resize(2);
  const double seconds = ToDouble(arguments[1], 0);
  // Without a length it is left only by a hang-up.
  const Duration length =
      seconds > 0 ? Duration(std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000)))
                  : Duration(std::chrono::hours(24 * 365));
  const Music music(call.channel, arguments[0]);
  const bool alive = co_await SleepOnChannel(call.channel, call.wakeup, length);
  co_return alive ? Outcome::kContinue : Outcome::kHangup;
}

Routine<Outcome> StartMusicOnHold(Call call, std::string data) {
  StartMusic(call.channel, std::string(Trim(data)), "");
  co_return Outcome::kContinue;
}

Routine<Outcome> StopMusicOnHold(Call call, std::string) {
  StopMusic(call.channel);
  co_return Outcome::kContinue;
}

// UserEvent(<name>[,<header>: <value>…])
Routine<Outcome> UserEvent(Call call, std::string data) {
  const std::vector<std::string> arguments = SplitArguments(data);
  std::vector<std::pair<std::string, std::string>> headers = {{"UserEvent", arguments[0]}};
  for (size_t i = 1; i < arguments.size(); ++i) {
    const size_t colon = arguments[i].find(':');
    if (colon == std::string::npos) continue;
    headers.emplace_back(Trim(arguments[i].substr(0, colon)), Trim(arguments[i].substr(colon + 1)));
  }
  call.channel.Emit("UserEvent", kClassUser, std::move(headers));
  co_return Outcome::kContinue;
}

}  // namespace

const Application kTalkApplications[] = {
    {"MessageSend", MessageSend},
    {"MusicOnHold", MusicOnHold},
    {"SendText", SendText},
    {"StartMusicOnHold", StartMusicOnHold},
    {"StopMusicOnHold", StopMusicOnHold},
    {"Transfer", Transfer},
    {"UserEvent", UserEvent},
    {nullptr, nullptr},
};

}  // namespace sfa::harness
