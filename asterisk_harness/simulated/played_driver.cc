#include "asterisk_harness/simulated/played_driver.h"

#include <algorithm>

#include "res_skypeforasterisk/engine_service.h"

struct skype_core {
  sfa::harness::PlayedDriver* driver;
};

// Counts what is written on a channel.
struct skype_channel_state {
  int written = 0;
};

namespace sfa::harness {
namespace {

void Note(skype_core* core, skype_call_id call, const std::string& word) {
  core->driver->seen.push_back(std::to_string(call) + " " + word);
}

void LetGo(PlayedDriver* driver, skype_call_id call) {
  const auto found = driver->calls.find(call);
  if (found == driver->calls.end()) return;
  if (found->second.channel != nullptr) {
    driver->host->channel_release(driver->pbx, found->second.channel);
  }
  driver->host->module_unref(driver->pbx);
  driver->calls.erase(found);
}

skype_load_result Load(void* service, const pbx_host* host, void* pbx, skype_core** core) {
  PlayedDriver& driver =
      static_cast<PlayedService*>(static_cast<res::EngineService*>(service))->driver_;
  driver.host = host;
  driver.pbx = pbx;
  host->each_hint(
      pbx,
      [](void* context, const char* address) {
        static_cast<PlayedDriver*>(context)->seen.push_back(std::string("hint ") + address);
      },
      &driver);
  const int result = host->read_config(
      pbx, "chan_skype.conf",
      [](void* context, const pbx_config_line* line) {
        static_cast<PlayedDriver*>(context)->seen.push_back(
            std::string("config ") + line->section + (line->name == nullptr ? "" : line->name));
      },
      &driver);
  if (result != 0) return SKYPE_LOAD_DECLINE;
  *core = new skype_core{&driver};
  return SKYPE_LOAD_OK;
}

int Reload(skype_core* core) { return core->driver->calls.empty() ? 0 : -1; }

int Unload(skype_core* core, void (*gone)(void*), void* context) {
  if (!core->driver->calls.empty()) return -1;
  delete core;
  gone(context);
  return 0;
}

int Request(skype_core* core, const char* address, const pbx_codec* codecs,
            const skype_channel_state* requestor, skype_admitted* admitted, pbx_cause* cause) {
  PlayedDriver& driver = *core->driver;
  driver.requestors_writes = requestor == nullptr ? -1 : requestor->written;
  if (driver.refusal != PBX_CAUSE_NONE) {
    *cause = driver.refusal;
    return -1;
  }
  *admitted = {};
  admitted->call = ++driver.last_call;
  std::string("james_bond").copy(admitted->account, sizeof admitted->account - 1);
  driver.callee.copy(admitted->callee, sizeof admitted->callee - 1);
  driver.music_interpret.copy(admitted->mohinterpret, sizeof admitted->mohinterpret - 1);
  driver.music_suggest.copy(admitted->mohsuggest, sizeof admitted->mohsuggest - 1);
  admitted->codecs[0] = codecs[0];
  // A call that may come to be in G.729.
  if (driver.codec == PBX_CODEC_G729) std::copy(codecs, codecs + PBX_MAX_CODECS, admitted->codecs);
  admitted->rtp_address = Ipv4Address::Loopback().value;
  driver.calls[admitted->call] = {};
  driver.host->module_ref(driver.pbx);
  Note(core, admitted->call, std::string("request ") + address);
  return 0;
}

void Bind(skype_core* core, skype_call_id call, pbx_channel* channel, const pbx_address* local) {
  core->driver->calls[call] = {channel, *local};
}
void Place(skype_core* core, skype_call_id call) { Note(core, call, "call"); }
void Progress(skype_core* core, skype_call_id call) { Note(core, call, "progress"); }
void AnswerCall(skype_core* core, skype_call_id call) { Note(core, call, "answer"); }
void Hangup(skype_core* core, skype_call_id call, pbx_cause cause) {
  Note(core, call, "hangup " + std::to_string(cause));
  LetGo(core->driver, call);
}
void DigitBegin(skype_core* core, skype_call_id call, char digit) {
  Note(core, call, std::string("begin ") + digit);
  PlayedDriver& driver = *core->driver;
  driver.host->channel_digit_begin(driver.pbx, driver.calls[call].channel, digit);
}
void DigitEnd(skype_core* core, skype_call_id call, char digit, unsigned duration_ms) {
  Note(core, call, std::string("end ") + digit + " " + std::to_string(duration_ms));
  PlayedDriver& driver = *core->driver;
  driver.host->channel_digit_end(driver.pbx, driver.calls[call].channel, digit, duration_ms);
}
void EachSetvar(skype_core* core, skype_call_id, void (*each)(void*, const char*), void* context) {
  for (const std::string& line : core->driver->setvar) each(context, line.c_str());
}
void Hold(skype_core* core, skype_call_id call, int held) {
  Note(core, call, held != 0 ? "hold" : "unhold");
}
void Transfer(skype_core* core, skype_call_id call, const char* to) {
  Note(core, call, std::string("transfer ") + to);
}
void SendText(skype_core* core, skype_call_id call, const char* text) {
  Note(core, call, std::string("text ") + text);
}
int SendMessage(skype_core* core, const char* from, const char* to, const char* body) {
  core->driver->seen.push_back(std::string("message ") + from + ">" + to + " " + body);
  return std::string(from) == "stranger" ? -1 : 0;
}

skype_channel_state* StateNew() { return new skype_channel_state; }
void StateFree(skype_channel_state* state) { delete state; }

const char* const* Functions() {
  static constexpr const char* kNames[] = {"SKYPE_TEST", nullptr};
  return kNames;
}
// Tells where it was called, and how often it has been written there.
int FunctionRead(skype_core*, const skype_function_place* place, const char* function,
                 const char* arguments, char* value, size_t size) {
  if (std::string(arguments) == "skype_refused") return -1;
  const std::string text = std::string(function) + "(" + arguments + ") of " +
                           std::to_string(place->call) + " " +
                           std::to_string(place->state == nullptr ? -1 : place->state->written);
  value[text.copy(value, size - 1)] = '\0';
  return 0;
}
int FunctionWrite(skype_core* core, const skype_function_place* place, const char* function,
                  const char* arguments, const char* value) {
  if (std::string(value) == "refused") return -1;
  Note(core, place->call, std::string(function) + "(" + arguments + ")=" + value);
  if (place->state != nullptr) ++place->state->written;
  return 0;
}

pbx_device_state DeviceStateOf(skype_core* core, const char* address) {
  const auto found = core->driver->devices.find(address);
  return found == core->driver->devices.end() ? PBX_DEVICE_UNKNOWN : found->second;
}
void PresenceStateOf(skype_core*, const char*, pbx_presence* presence) {
  presence->state = PBX_PRESENCE_AVAILABLE;
  std::string("Online").copy(presence->subtype, sizeof presence->subtype - 1);
}

const char* const* ManagerActions() {
  static constexpr const char* kNames[] = {"SkypeTest", nullptr};
  return kNames;
}
void ManagerAction(skype_core* core, const char* action, const pbx_header* headers, size_t count,
                   pbx_manager_answer answer, void* context) {
  std::string noted = action;
  for (size_t i = 0; i < count; ++i) {
    noted += std::string(" ") + headers[i].name + "=" + headers[i].value;
  }
  core->driver->seen.push_back(noted);
  core->driver->answers.push_back([answer, context] {
    const pbx_header response[] = {
        {"Response", "Success"}, {"EventList", "start"}, {"Message", "A list"}};
    const pbx_header entry[] = {{"Buddy", "austin_powers"}};
    const pbx_header end[] = {{"EventList", "Complete"}, {"ListItems", "1"}};
    const pbx_manager_message messages[] = {
        {nullptr, response, 3}, {"SkypeTestEntry", entry, 1}, {"SkypeTestComplete", end, 2}};
    answer(context, messages, 3);
  });
}

const skype_console_command* ConsoleCommands(size_t* count) {
  static constexpr skype_console_command kCommands[] = {
      {"skype show user", "Show one user", "Usage: skype show user <username>\n"},
      {"skype show users", "List the users", "Usage: skype show users\n"}};
  *count = 2;
  return kCommands;
}
int ConsoleComplete(skype_core*, int argc, const char* const* argv, const char* partial, int number,
                    char* value, size_t size) {
  const std::string name = "james_bond";
  if (argc != 3 || std::string(argv[2]) != "user" || number > 0 ||
      name.compare(0, std::string(partial).size(), partial) != 0) {
    return -1;
  }
  value[name.copy(value, size - 1)] = '\0';
  return 0;
}

int Cli(skype_core*, int argc, const char* const* argv, void (*print)(void*, const char*),
        void* context) {
  if (argc != 3 || std::string(argv[2]) != "users") return -1;
  print(context, "Skype Users");
  return 0;
}
int CallCount(skype_core* core) { return static_cast<int>(core->driver->calls.size()); }

}  // namespace

const skype_driver* PlayedDriver::Table() {
  static constexpr skype_driver kTable = {.version = PBX_PORT_VERSION,
                                          .load = Load,
                                          .reload = Reload,
                                          .unload = Unload,
                                          .request = Request,
                                          .each_setvar = EachSetvar,
                                          .bind = Bind,
                                          .call = Place,
                                          .progress = Progress,
                                          .answer = AnswerCall,
                                          .hangup = Hangup,
                                          .digit_begin = DigitBegin,
                                          .digit_end = DigitEnd,
                                          .hold = Hold,
                                          .transfer = Transfer,
                                          .send_text = SendText,
                                          .send_message = SendMessage,
                                          .state_new = StateNew,
                                          .state_free = StateFree,
                                          .functions = Functions,
                                          .function_read = FunctionRead,
                                          .function_write = FunctionWrite,
                                          .device_state = DeviceStateOf,
                                          .presence_state = PresenceStateOf,
                                          .manager_actions = ManagerActions,
                                          .manager_action = ManagerAction,
                                          .console_commands = ConsoleCommands,
                                          .console_complete = ConsoleComplete,
                                          .cli = Cli,
                                          .call_count = CallCount};
  return &kTable;
}

skype_call_id PlayedDriver::Incoming(const EngineLeg& engine, pbx_codec use,
                                     const std::string& exten) {
  const skype_call_id call = ++last_call;
  pbx_incoming incoming{};
  incoming.call = call;
  incoming.account = "james_bond";
  incoming.context = "demo";
  incoming.exten = exten.c_str();
  incoming.caller_number = "austin_powers";
  incoming.caller_name = "Austin Powers";
  incoming.accountcode = "";
  incoming.mohinterpret = music_interpret.c_str();
  incoming.mohsuggest = music_suggest.c_str();
  std::vector<const char*> lines;
  for (const std::string& line : setvar) lines.push_back(line.c_str());
  incoming.setvar = lines.data();
  incoming.setvar_count = lines.size();
  incoming.rtp_address = Ipv4Address::Loopback().value;
  incoming.media = {use, engine.address()};
  pbx_address local{};
  pbx_channel* const channel = host->channel_start(pbx, &incoming, &local, &refused);
  if (channel == nullptr) return 0;
  host->module_ref(pbx);
  calls[call] = {channel, local};
  return call;
}

void PlayedDriver::Control(skype_call_id call, pbx_control control) {
  host->channel_control(pbx, calls.at(call).channel, control);
}

void PlayedDriver::Answer(skype_call_id call, const EngineLeg& engine) {
  const pbx_media media = {codec, engine.address()};
  host->channel_media(pbx, calls.at(call).channel, &media);
  Control(call, PBX_CONTROL_ANSWERED);
}

void PlayedDriver::HangUp(skype_call_id call, pbx_cause cause, const char* reason) {
  host->channel_hangup(pbx, calls.at(call).channel, cause, reason);
}

bool PlayedDriver::Saw(const std::string& line) const {
  return std::find(seen.begin(), seen.end(), line) != seen.end();
}

EngineLeg::EngineLeg(Runtime& runtime) {
  auto socket = runtime.OpenUdp({Ipv4Address::Loopback(), 0}, *this);
  if (socket.ok()) socket_ = std::move(*socket);
}

pbx_address EngineLeg::address() const {
  return {socket_->local().address.value, socket_->local().port};
}

void EngineLeg::SendTo(const pbx_address& to, const std::vector<uint8_t>& packet) {
  static_cast<void>(socket_->Send({{to.ipv4}, to.port}, packet));
}

std::vector<uint8_t> EngineLeg::Packet(uint8_t type, uint16_t sequence, uint32_t timestamp,
                                       const std::vector<uint8_t>& payload) {
  std::vector<uint8_t> packet = {0x80, type, static_cast<uint8_t>(sequence >> 8),
                                 static_cast<uint8_t>(sequence)};
  for (const uint32_t word : {timestamp, 0x12345678u}) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      packet.push_back(static_cast<uint8_t>(word >> shift));
    }
  }
  packet.insert(packet.end(), payload.begin(), payload.end());
  return packet;
}

void EngineLeg::SendDigit(const pbx_address& to, uint8_t event, uint32_t timestamp,
                          uint16_t duration) {
  SendTo(to, Packet(101, sequence_++, timestamp, {event, 10, 0, 80}));
  for (int i = 0; i < 3; ++i) {
    SendTo(to, Packet(101, sequence_++, timestamp,
                      {event, 0x8A, static_cast<uint8_t>(duration >> 8),
                       static_cast<uint8_t>(duration)}));
  }
}

void EngineLeg::OnDatagram(const Endpoint&, std::span<const uint8_t> bytes) {
  heard.emplace_back(bytes.begin(), bytes.end());
}

}  // namespace sfa::harness
