#include "chan_skype/driver_bench.h"

#include <sstream>
#include <utility>

#include "chan_skype/settings.h"
#include "chan_skype/text.h"

namespace sfa::skype {

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
    for (size_t i = 0; i < incoming->setvar_count; ++i) {
      See(pbx, std::string("setvar ") + incoming->setvar[i]);
    }
    if (bench.refuse_incoming != PBX_CAUSE_NONE) {
      *cause = bench.refuse_incoming;
      return nullptr;
    }
    if (incoming->media.codec == PBX_CODEC_G729 && bench.g729_in_use) {
      *cause = PBX_CAUSE_BEARER_NOT_AVAILABLE;
      return nullptr;
    }
    *local = {0x7F000001, 10000};
    auto channel = std::make_unique<pbx_channel>();
    channel->call = incoming->call;
    return (bench.channels[incoming->call] = std::move(channel)).get();
  }

  static void Control(void* pbx, pbx_channel*, pbx_control control) {
    static const char* const kNames[] = {"ringing",  "answered", "busy",  "congestion",
                                         "progress", "hold",     "unhold"};
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

  static void Party(void* pbx, pbx_channel*, const char* number, const char* name) {
    See(pbx, std::string("party ") + number + " (" + name + ")");
  }
  static void TextOf(void* pbx, pbx_channel*, const char* text) {
    See(pbx, std::string("text ") + text);
  }
  static void Transferred(void* pbx, pbx_channel*, int done) {
    See(pbx, "transferred " + std::to_string(done));
  }
  static int CanUseCodec(void* pbx, pbx_codec codec) {
    return codec != PBX_CODEC_G729 || Of(pbx).can_use_g729 ? 1 : 0;
  }
  static void DeviceStateChanged(void* pbx, const char* address, pbx_device_state state) {
    See(pbx, std::string("device ") + address + " " + std::to_string(state));
  }
  static void PresenceStateChanged(void* pbx, const char* address, const pbx_presence* presence) {
    See(pbx, std::string("presence ") + address + " " + std::to_string(presence->state) + " " +
                 presence->subtype + (presence->message[0] ? " " : "") + presence->message);
  }
  static void EachHint(void* pbx, void (*each)(void*, const char*), void* context) {
    for (const std::string& hint : Of(pbx).hints) each(context, hint.c_str());
  }
  static int MessageReceived(void* pbx, const pbx_text_message* message) {
    See(pbx, std::string("message ") + message->account + " " + message->from + " " + message->to +
                 " " + message->exten + "@" + message->context + " " + message->body);
    return Of(pbx).takes_messages ? 0 : -1;
  }

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
                                   .channel_party = Party,
                                   .channel_text = TextOf,
                                   .channel_transferred = Transferred,
                                   .manager_event = Event,
                                   .can_use_codec = CanUseCodec,
                                   .device_state_changed = DeviceStateChanged,
                                   .presence_state_changed = PresenceStateChanged,
                                   .each_hint = EachHint,
                                   .message_received = MessageReceived};
};

DriverBench::DriverBench(std::optional<std::string> text, int licensed)
    : engine(runtime, licensed), configuration(std::move(text)) {
  loaded = driver.load(static_cast<res::EngineService*>(&engine), &BenchHost::kTable, this, &core);
  runtime.RunPosted();
  state = driver.state_new();
}

DriverBench::~DriverBench() {
  driver.state_free(state);
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
  engine.AnswerFetches();
  engine.TakeCommands();
  TakeSeen();
}

std::vector<std::string> DriverBench::TakeSeen() { return std::exchange(seen_, {}); }

skype_call_id DriverBench::Dial(const std::string& address) {
  const pbx_codec codecs[] = {PBX_CODEC_ULAW, PBX_CODEC_ALAW,
                              can_use_g729 && !g729_in_use ? PBX_CODEC_G729 : PBX_CODEC_NONE,
                              PBX_CODEC_NONE};
  if (driver.request(core, address.c_str(), codecs, state, &admitted, &cause) != 0) return 0;
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

std::vector<std::string> DriverBench::Complete(const std::vector<std::string>& words,
                                               const std::string& partial) {
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::vector<std::string> found;
  char value[128];
  for (int number = 0; driver.console_complete(core, static_cast<int>(argv.size()), argv.data(),
                                               partial.c_str(), number, value, sizeof value) == 0;
       ++number) {
    found.emplace_back(value);
  }
  return found;
}

std::string DriverBench::Read(const std::string& function, const std::string& arguments,
                              skype_call_id call) {
  const skype_function_place place{call, state};
  char value[4096];
  const int result =
      driver.function_read(core, &place, function.c_str(), arguments.c_str(), value, sizeof value);
  return result == 0 ? value : "failed";
}

bool DriverBench::Write(const std::string& function, const std::string& arguments,
                        const std::string& value, skype_call_id call) {
  const skype_function_place place{call, state};
  const int result =
      driver.function_write(core, &place, function.c_str(), arguments.c_str(), value.c_str());
  runtime.RunPosted();
  return result == 0;
}

void DriverBench::Act(const std::string& action, const std::vector<std::string>& headers) {
  std::vector<std::pair<std::string, std::string>> split;
  for (const std::string& header : headers) {
    const size_t colon = header.find(": ");
    split.emplace_back(header.substr(0, colon), header.substr(colon + 2));
  }
  std::vector<pbx_header> raw;
  for (const auto& [name, value] : split) raw.push_back({name.c_str(), value.c_str()});
  answers.clear();
  driver.manager_action(
      core, action.c_str(), raw.data(), raw.size(),
      [](void* context, const pbx_manager_message* messages, size_t count) {
        auto& lines = *static_cast<std::vector<std::string>*>(context);
        for (size_t i = 0; i < count; ++i) {
          std::string line = messages[i].event ? messages[i].event : "response";
          for (size_t k = 0; k < messages[i].count; ++k) {
            line +=
                std::string(" ") + messages[i].headers[k].name + "=" + messages[i].headers[k].value;
          }
          lines.push_back(line);
        }
      },
      &answers);
  runtime.RunPosted();
}

int DriverBench::channel_references() const {
  int references = 0;
  for (const auto& [call, channel] : channels) references += channel->references;
  return references;
}

}  // namespace sfa::skype
