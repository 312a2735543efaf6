#include "conformance/nonconforming/wrapper.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <utility>

#include "conformance/nonconforming/spoiled_service.h"

namespace sfa::conformance {
namespace {

using Messages = std::vector<SpoiledMessage>;

// Both a skype_core towards the host and the `pbx` context towards the driver.
struct WrappedCore {
  const pbx_host* host = nullptr;
  void* pbx = nullptr;
  pbx_host spoiled_host{};
  std::unique_ptr<Spoiler> spoiler;
  std::unique_ptr<res::EngineService> service;
  skype_core* inner = nullptr;
  std::set<skype_call_id> swallowing;  // calls of which the current digit is kept back
  void (*gone)(void* context) = nullptr;
  void* gone_context = nullptr;
};
using W = WrappedCore;

W& Of(skype_core* core) { return *reinterpret_cast<W*>(core); }
W& OfPbx(void* pbx) { return *static_cast<W*>(pbx); }
const skype_driver& Inner() { return *skype_reference_driver(); }

// An operation of either table that passes as it is. The tables are C: what the operation is must
// be known when this is compiled.
template <auto kOperation, typename... Arguments>
auto ToHost(void* pbx, Arguments... arguments) {
  return (OfPbx(pbx).host->*kOperation)(OfPbx(pbx).pbx, arguments...);
}
template <auto kOperation, typename... Arguments>
auto ToDriver(skype_core* core, Arguments... arguments) {
  return (Inner().*kOperation)(Of(core).inner, arguments...);
}

SpoiledMessage ToSpoiled(const char* event, const pbx_header* headers, size_t count) {
  SpoiledMessage message{event == nullptr ? "" : event, {}};
  for (size_t i = 0; i < count; ++i)
    message.headers.emplace_back(headers[i].name, headers[i].value);
  return message;
}

std::vector<pbx_header> ToHeaders(const SpoiledMessage& message) {
  std::vector<pbx_header> headers;
  for (const auto& [name, value] : message.headers) {
    headers.push_back({name.c_str(), value.c_str()});
  }
  return headers;
}

// The host's side: the driver calls these with the wrapped core as its `pbx`.

int ReadConfig(void* pbx, const char* filename,
               void (*each)(void* context, const pbx_config_line* line), void* context) {
  struct Reader {
    W& core;
    void (*each)(void* context, const pbx_config_line* line);
    void* context;
  } reader{OfPbx(pbx), each, context};
  return reader.core.host->read_config(
      reader.core.pbx, filename,
      [](void* self, const pbx_config_line* line) {
        const Reader& read = *static_cast<Reader*>(self);
        if (line->name == nullptr) return read.each(read.context, line);
        std::string name = line->name;
        std::string value = line->value;
        if (!read.core.spoiler->OnConfiguration(line->section, name, value)) return;
        pbx_config_line spoiled = *line;
        spoiled.name = name.c_str();
        spoiled.value = value.c_str();
        read.each(read.context, &spoiled);
      },
      &reader);
}

pbx_channel* ChannelStart(void* pbx, const pbx_incoming* incoming, pbx_address* local,
                          pbx_cause* cause) {
  SpoiledIncoming changed{incoming->account, incoming->context, incoming->exten,
                          incoming->caller_number, incoming->media.codec};
  OfPbx(pbx).spoiler->OnIncoming(changed);
  pbx_incoming spoiled = *incoming;
  spoiled.account = changed.account.c_str();
  spoiled.context = changed.context.c_str();
  spoiled.exten = changed.exten.c_str();
  spoiled.caller_number = changed.caller_number.c_str();
  spoiled.media.codec = changed.codec;
  return OfPbx(pbx).host->channel_start(OfPbx(pbx).pbx, &spoiled, local, cause);
}

void ChannelControl(void* pbx, pbx_channel* channel, pbx_control control) {
  if (!OfPbx(pbx).spoiler->OnControl(control)) return;
  OfPbx(pbx).host->channel_control(OfPbx(pbx).pbx, channel, control);
}

void ChannelHangup(void* pbx, pbx_channel* channel, pbx_cause cause, const char* reason) {
  OfPbx(pbx).spoiler->OnHangup(cause);
  OfPbx(pbx).host->channel_hangup(OfPbx(pbx).pbx, channel, cause, reason);
}

void ManagerEvent(void* pbx, const char* event, const pbx_header* headers, size_t count) {
  Messages copies{ToSpoiled(event, headers, count)};
  OfPbx(pbx).spoiler->OnManagerEvent(copies);
  for (const SpoiledMessage& copy : copies) {
    const std::vector<pbx_header> spoiled = ToHeaders(copy);
    OfPbx(pbx).host->manager_event(OfPbx(pbx).pbx, copy.event.c_str(), spoiled.data(),
                                   spoiled.size());
  }
}

void DeviceStateChanged(void* pbx, const char* address, pbx_device_state state) {
  if (!OfPbx(pbx).spoiler->OnDeviceStateChange(address, state)) return;
  OfPbx(pbx).host->device_state_changed(OfPbx(pbx).pbx, address, state);
}

pbx_host SpoiledHost() {
  using H = pbx_host;
  pbx_host host{};
  host.version = PBX_PORT_VERSION;
  host.log = ToHost<&H::log>;
  host.module_ref = ToHost<&H::module_ref>;
  host.module_unref = ToHost<&H::module_unref>;
  host.read_config = ReadConfig;
  host.directory = ToHost<&H::directory>;
  host.channel_start = ChannelStart;
  host.channel_control = ChannelControl;
  host.channel_media = ToHost<&H::channel_media>;
  host.channel_hangup = ChannelHangup;
  host.channel_digit_begin = ToHost<&H::channel_digit_begin>;
  host.channel_digit_end = ToHost<&H::channel_digit_end>;
  host.channel_release = ToHost<&H::channel_release>;
  host.channel_party = ToHost<&H::channel_party>;
  host.channel_text = ToHost<&H::channel_text>;
  host.channel_transferred = ToHost<&H::channel_transferred>;
  host.manager_event = ManagerEvent;
  host.can_use_codec = ToHost<&H::can_use_codec>;
  host.device_state_changed = DeviceStateChanged;
  host.presence_state_changed = ToHost<&H::presence_state_changed>;
  host.each_hint = ToHost<&H::each_hint>;
  host.message_received = ToHost<&H::message_received>;
  return host;
}

// The driver's side: the host calls these with the wrapped core.

int Reload(skype_core* core) {
  return Of(core).spoiler->OnReload() ? Inner().reload(Of(core).inner) : 0;
}

int Unload(skype_core* core, void (*gone)(void* context), void* context) {
  W& wrapped = Of(core);
  wrapped.gone = gone;
  wrapped.gone_context = context;
  return Inner().unload(
      wrapped.inner,
      [](void* self) {
        const std::unique_ptr<W> owned(static_cast<W*>(self));
        owned->gone(owned->gone_context);
      },
      &wrapped);
}

int Request(skype_core* core, const char* address, const pbx_codec* codecs,
            const skype_channel_state* requestor, skype_admitted* admitted, pbx_cause* cause) {
  std::string dialled = address;
  Of(core).spoiler->OnDial(dialled);
  const int result =
      Inner().request(Of(core).inner, dialled.c_str(), codecs, requestor, admitted, cause);
  if (result == 0) {
    Of(core).spoiler->OnAdmitted(*admitted);
  } else {
    Of(core).spoiler->OnRefused(*cause);
  }
  return result;
}

void DigitBegin(skype_core* core, skype_call_id call, char digit) {
  if (Of(core).spoiler->OnDigit(call, digit)) {
    Inner().digit_begin(Of(core).inner, call, digit);
    if (!Of(core).spoiler->CutsDigits()) return;
    Inner().digit_end(Of(core).inner, call, digit, 0);
    Of(core).swallowing.insert(call);
  } else {
    Of(core).swallowing.insert(call);
  }
}

void DigitEnd(skype_core* core, skype_call_id call, char digit, unsigned duration_ms) {
  if (Of(core).swallowing.erase(call) == 0) {
    Inner().digit_end(Of(core).inner, call, digit, duration_ms);
  }
}

int FunctionRead(skype_core* core, const skype_function_place* place, const char* function,
                 const char* arguments, char* value, size_t size) {
  const auto read = [&](const std::string& asked, std::string& answer) {
    std::vector<char> buffer(std::max<size_t>(size, 1));
    const int result = Inner().function_read(Of(core).inner, place, function, asked.c_str(),
                                             buffer.data(), buffer.size());
    answer = buffer.data();
    return result;
  };
  std::string spoiled;
  const int result = Of(core).spoiler->OnFunctionRead(function, arguments, spoiled, read);
  std::snprintf(value, size, "%s", spoiled.c_str());
  return result;
}

int FunctionWrite(skype_core* core, const skype_function_place* place, const char* function,
                  const char* arguments, const char* value) {
  std::string where = arguments;
  std::string what = value;
  if (!Of(core).spoiler->OnFunctionWrite(function, where, what)) return 0;
  return Inner().function_write(Of(core).inner, place, function, where.c_str(), what.c_str());
}

pbx_device_state DeviceState(skype_core* core, const char* address) {
  pbx_device_state state = Inner().device_state(Of(core).inner, address);
  Of(core).spoiler->OnDeviceState(address, state);
  return state;
}

void ManagerAction(skype_core* core, const char* action, const pbx_header* headers, size_t count,
                   pbx_manager_answer answer, void* context) {
  struct Asked {
    Spoiler& spoiler;
    std::string action;
    pbx_manager_answer answer;
    void* context;
  };
  SpoiledMessage asked = ToSpoiled(nullptr, headers, count);
  Of(core).spoiler->OnManagerAction(action, asked);
  const std::vector<pbx_header> spoiled = ToHeaders(asked);
  Inner().manager_action(
      Of(core).inner, action, spoiled.data(), spoiled.size(),
      [](void* self, const pbx_manager_message* messages, size_t given) {
        const std::unique_ptr<Asked> asked(static_cast<Asked*>(self));
        Messages spoiled;
        for (size_t i = 0; i < given; ++i) {
          spoiled.push_back(ToSpoiled(messages[i].event, messages[i].headers, messages[i].count));
        }
        asked->spoiler.OnManagerAnswer(asked->action, spoiled);
        std::vector<std::vector<pbx_header>> texts;
        std::vector<pbx_manager_message> sent;
        for (const SpoiledMessage& message : spoiled) {
          texts.push_back(ToHeaders(message));
          sent.push_back({message.event.empty() ? nullptr : message.event.c_str(),
                          texts.back().data(), texts.back().size()});
        }
        asked->answer(asked->context, sent.data(), sent.size());
      },
      new Asked{*Of(core).spoiler, action, answer, context});
}

int Cli(skype_core* core, int argc, const char* const* argv,
        void (*print)(void* context, const char* text), void* context) {
  std::vector<std::string> lines;
  const int result = Inner().cli(
      Of(core).inner, argc, argv,
      [](void* self, const char* text) {
        static_cast<std::vector<std::string>*>(self)->emplace_back(text);
      },
      &lines);
  Of(core).spoiler->OnConsole({argv, argv + argc}, lines);
  for (const std::string& line : lines) print(context, line.c_str());
  return result;
}

}  // namespace

std::string* SpoiledMessage::Find(const std::string& name) {
  for (auto& header : headers) {
    if (header.first == name) return &header.second;
  }
  return nullptr;
}

void SpoiledMessage::Remove(const std::string& name) {
  std::erase_if(headers, [&](const auto& header) { return header.first == name; });
}

skype_driver SpoiledDriver() {
  using D = skype_driver;
  skype_driver driver = Inner();  // what needs no core passes as it is
  driver.reload = Reload;
  driver.unload = Unload;
  driver.request = Request;
  driver.each_setvar = ToDriver<&D::each_setvar>;
  driver.bind = ToDriver<&D::bind>;
  driver.call = ToDriver<&D::call>;
  driver.progress = ToDriver<&D::progress>;
  driver.answer = ToDriver<&D::answer>;
  driver.hangup = ToDriver<&D::hangup>;
  driver.digit_begin = DigitBegin;
  driver.digit_end = DigitEnd;
  driver.hold = ToDriver<&D::hold>;
  driver.transfer = ToDriver<&D::transfer>;
  driver.send_text = ToDriver<&D::send_text>;
  driver.send_message = ToDriver<&D::send_message>;
  driver.function_read = FunctionRead;
  driver.function_write = FunctionWrite;
  driver.device_state = DeviceState;
  driver.presence_state = ToDriver<&D::presence_state>;
  driver.manager_action = ManagerAction;
  driver.console_complete = ToDriver<&D::console_complete>;
  driver.cli = Cli;
  driver.call_count = ToDriver<&D::call_count>;
  return driver;
}

skype_load_result LoadSpoiled(std::unique_ptr<Spoiler> spoiler, void* engine_service,
                              const pbx_host* host, void* pbx, skype_core** core) {
  auto wrapped = std::make_unique<W>();
  wrapped->host = host;
  wrapped->pbx = pbx;
  wrapped->spoiled_host = SpoiledHost();
  wrapped->spoiler = std::move(spoiler);
  wrapped->service =
      NewSpoiledService(*static_cast<res::EngineService*>(engine_service), *wrapped->spoiler);
  const skype_load_result result =
      Inner().load(wrapped->service.get(), &wrapped->spoiled_host, wrapped.get(), &wrapped->inner);
  if (result == SKYPE_LOAD_OK) *core = reinterpret_cast<skype_core*>(wrapped.release());
  return result;
}

}  // namespace sfa::conformance
