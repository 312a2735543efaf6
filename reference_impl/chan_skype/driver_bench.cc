#include "chan_skype/driver_bench.h"

#include <sstream>
#include <utility>

#include "chan_skype/settings.h"
#include "chan_skype/text.h"

namespace sfa::skype {
namespace {

std::string Text(const control::Command& command) {
  switch (command.body_case()) {
    case control::Command::kConfigure:
      return "configure";
    case control::Command::kLogin:
      return "login " + command.login().account();
    case control::Command::kLogout:
      return "logout " + command.logout().account();
    case control::Command::kPlaceCall: {
      const control::PlaceCall& place = command.place_call();
      std::string text = "place " + std::to_string(place.call()) + " " + place.account() + " " +
                         place.destination();
      for (const int codec : place.codecs())
        text += codec == control::CODEC_ULAW ? " ulaw" : " alaw";
      return text + " " + std::to_string(place.pbx_rtp().port());
    }
    case control::Command::kRingCall:
      return "ring " + std::to_string(command.ring_call().call()) +
             (command.ring_call().codec() == control::CODEC_ULAW ? " ulaw " : " alaw ") +
             std::to_string(command.ring_call().pbx_rtp().port());
    case control::Command::kAnswerCall:
      return "answer " + std::to_string(command.answer_call().call());
    case control::Command::kEndCall:
      return "end " + std::to_string(command.end_call().call()) + " " +
             std::to_string(command.end_call().reason());
    default:
      return "other";
  }
}

}  // namespace

void FakeEngineService::Send(std::string_view bytes) {
  control::Command command;
  command.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (command.has_configure()) configured = command.configure();
  if (command.has_login()) secrets[command.login().account()] = command.login().secret();
  commands_.push_back(Text(command));
}

void FakeEngineService::Stop(Task stopped) {
  listener_ = nullptr;
  commands_.push_back("stop");
  runtime_.Post(std::move(stopped));
}

void FakeEngineService::Ready() {
  listener_->OnEngineReady("test engine");
  runtime_.RunPosted();
}

void FakeEngineService::Say(const control::Event& event) {
  listener_->OnEngineEvent(event.SerializeAsString());
  runtime_.RunPosted();
}

void FakeEngineService::Die(const std::string& reason) {
  std::exchange(listener_, nullptr)->OnEngineGone(reason);
  runtime_.RunPosted();
}

void FakeEngineService::Account(const std::string& name, control::AccountState state,
                                const std::string& reason) {
  control::Event event;
  event.mutable_account_status()->set_account(name);
  event.mutable_account_status()->set_state(state);
  event.mutable_account_status()->set_reason(reason);
  Say(event);
}

void FakeEngineService::Incoming(uint64_t call, const std::string& account,
                                 const std::vector<control::Codec>& codecs) {
  control::Event event;
  control::IncomingCall& incoming = *event.mutable_incoming_call();
  incoming.set_call(call);
  incoming.set_account(account);
  incoming.set_caller("austin_powers");
  incoming.set_caller_fullname("Austin\r\nPowers");
  for (const control::Codec codec : codecs) incoming.add_codecs(codec);
  incoming.mutable_engine_rtp()->set_address(0x7F000001);
  incoming.mutable_engine_rtp()->set_port(4000);
  Say(event);
}

void FakeEngineService::Ringing(uint64_t call) {
  control::Event event;
  event.mutable_call_ringing()->set_call(call);
  Say(event);
}

void FakeEngineService::Media(uint64_t call, control::Codec codec) {
  control::Event event;
  event.mutable_call_media()->set_call(call);
  event.mutable_call_media()->set_codec(codec);
  event.mutable_call_media()->mutable_engine_rtp()->set_address(0x7F000001);
  event.mutable_call_media()->mutable_engine_rtp()->set_port(4002);
  Say(event);
}

void FakeEngineService::Answered(uint64_t call) {
  control::Event event;
  event.mutable_call_answered()->set_call(call);
  Say(event);
}

void FakeEngineService::Ended(uint64_t call, control::EndReason reason) {
  control::Event event;
  event.mutable_call_ended()->set_call(call);
  event.mutable_call_ended()->set_reason(reason);
  Say(event);
}

std::vector<std::string> FakeEngineService::TakeCommands() { return std::exchange(commands_, {}); }

// The host's side of the port.
struct BenchHost {
  static DriverBench& Of(void* pbx) { return *static_cast<DriverBench*>(pbx); }
  static void See(void* pbx, const std::string& line) { Of(pbx).seen_.push_back(line); }

  static void Log(void* pbx, pbx_log_level, const char* text) { Of(pbx).log.emplace_back(text); }
  static void Ref(void* pbx) { ++Of(pbx).module_references; }
  static void Unref(void* pbx) { --Of(pbx).module_references; }

  static int ReadConfig(void* pbx, const char*, void (*each)(void*, const pbx_config_line*),
                        void* context) {
    if (!Of(pbx).configuration) return -1;
    std::istringstream lines(*Of(pbx).configuration);
    std::string text;
    std::string section;
    for (int number = 1; std::getline(lines, text); ++number) {
      pbx_config_line line{section.c_str(), nullptr, nullptr, "chan_skype.conf", number};
      const std::string trimmed(Trim(text));
      if (trimmed.empty()) continue;
      if (trimmed.front() == '[') {
        section = trimmed.substr(1, trimmed.size() - 2);
        line.section = section.c_str();
        each(context, &line);
        continue;
      }
      const size_t equals = trimmed.find('=');
      const std::string name(Trim(trimmed.substr(0, equals)));
      const std::string value(Trim(trimmed.substr(equals + 1)));
      line.name = name.c_str();
      line.value = value.c_str();
      each(context, &line);
    }
    return 0;
  }

  static const char* Directory(void*, pbx_directory which) {
    return which == PBX_DIRECTORY_SPOOL ? "/var/spool/asterisk" : "/var/lib/asterisk";
  }

  static pbx_channel* Start(void* pbx, const pbx_incoming* incoming, pbx_address* local,
                            pbx_cause* cause) {
    DriverBench& bench = Of(pbx);
    See(pbx, std::string("start ") + incoming->account + " " + incoming->exten + "@" +
                 incoming->context + " from " + incoming->caller_number + " (" +
                 incoming->caller_name + ") " + CodecName(incoming->media.codec));
    if (bench.refuse_incoming != PBX_CAUSE_NONE) {
      *cause = bench.refuse_incoming;
      return nullptr;
    }
    *local = {0x7F000001, 10000};
    auto channel = std::make_unique<pbx_channel>();
    channel->call = incoming->call;
    return (bench.channels[incoming->call] = std::move(channel)).get();
  }

  static void Control(void* pbx, pbx_channel*, pbx_control control) {
    static const char* const kNames[] = {"ringing", "answered", "busy", "congestion"};
    See(pbx, std::string("control ") + kNames[control]);
  }
  static void Media(void* pbx, pbx_channel*, const pbx_media* media) {
    See(pbx,
        std::string("media ") + CodecName(media->codec) + " " + std::to_string(media->engine.port));
  }
  static void HangUp(void* pbx, pbx_channel* channel, pbx_cause cause, const char* reason) {
    channel->hung_up = true;
    See(pbx, "hangup " + std::to_string(cause) + " " + reason);
  }
  static void DigitBegin(void* pbx, pbx_channel*, char digit) {
    See(pbx, std::string("digit ") + digit);
  }
  static void DigitEnd(void* pbx, pbx_channel*, char digit, unsigned duration_ms) {
    See(pbx, std::string("digit ") + digit + " " + std::to_string(duration_ms));
  }
  static void Release(void*, pbx_channel* channel) { --channel->references; }

  static void Event(void* pbx, const char* event, const pbx_header* headers, size_t count) {
    std::string text = std::string("event ") + event;
    for (size_t i = 0; i < count; ++i) {
      text += std::string(" ") + headers[i].name + "=" + headers[i].value;
    }
    See(pbx, text);
  }

  static constexpr pbx_host kTable{.version = PBX_PORT_VERSION,
                                   .log = Log,
                                   .module_ref = Ref,
                                   .module_unref = Unref,
                                   .read_config = ReadConfig,
                                   .directory = Directory,
                                   .channel_start = Start,
                                   .channel_control = Control,
                                   .channel_media = Media,
                                   .channel_hangup = HangUp,
                                   .channel_digit_begin = DigitBegin,
                                   .channel_digit_end = DigitEnd,
                                   .channel_release = Release,
                                   .manager_event = Event};
};

DriverBench::DriverBench(std::optional<std::string> text, int licensed)
    : engine(runtime, licensed), configuration(std::move(text)) {
  loaded = driver.load(static_cast<res::EngineService*>(&engine), &BenchHost::kTable, this, &core);
  runtime.RunPosted();
}

DriverBench::~DriverBench() {
  if (!core) return;
  for (const auto& [call, channel] : channels) {
    if (channel->references > 0) driver.hangup(core, call, PBX_CAUSE_NONE);
  }
  runtime.RunPosted();
  bool gone = false;
  driver.unload(
      core, [](void* context) { *static_cast<bool*>(context) = true; }, &gone);
  runtime.RunPosted();
}

void DriverBench::LogIn() {
  engine.Ready();
  for (const auto& [account, secret] : std::map<std::string, std::string>(engine.secrets)) {
    engine.Account(account, control::ACCOUNT_LOGGED_IN);
  }
  engine.TakeCommands();
  TakeSeen();
}

std::vector<std::string> DriverBench::TakeSeen() { return std::exchange(seen_, {}); }

skype_call_id DriverBench::Dial(const std::string& address) {
  const pbx_codec codecs[] = {PBX_CODEC_ULAW, PBX_CODEC_ALAW, PBX_CODEC_NONE, PBX_CODEC_NONE};
  if (driver.request(core, address.c_str(), codecs, nullptr, &admitted, &cause) != 0) return 0;
  auto channel = std::make_unique<pbx_channel>();
  channel->call = admitted.call;
  const pbx_address local{0x7F000001, 10002};
  driver.bind(core, admitted.call, channel.get(), &local);
  channels[admitted.call] = std::move(channel);
  runtime.RunPosted();
  return admitted.call;
}

void DriverBench::Place(skype_call_id call) {
  driver.call(core, call);
  runtime.RunPosted();
}

void DriverBench::HangUp(skype_call_id call, pbx_cause why) {
  driver.hangup(core, call, why);
  runtime.RunPosted();
}

void DriverBench::Answer(skype_call_id call) {
  driver.answer(core, call);
  runtime.RunPosted();
}

std::vector<std::string> DriverBench::Console(const std::vector<std::string>& words) {
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::vector<std::string> lines;
  const int result = driver.cli(
      core, static_cast<int>(argv.size()), argv.data(),
      [](void* context, const char* text) {
        static_cast<std::vector<std::string>*>(context)->emplace_back(text);
      },
      &lines);
  if (result != 0) lines.emplace_back("not a command");
  return lines;
}

int DriverBench::channel_references() const {
  int references = 0;
  for (const auto& [call, channel] : channels) references += channel->references;
  return references;
}

}  // namespace sfa::skype
