// The reference driver as the table of functions of pbx_port.h. Exceptions end here: running out
// of memory is the only one that the core can meet, and it ends the process anyway.
#include <cstdio>
#include <memory>
#include <utility>

#include "chan_skype/channel_state.h"
#include "chan_skype/console.h"
#include "chan_skype/core.h"
#include "chan_skype/functions.h"
#include "chan_skype/manager.h"
#include "chan_skype/text.h"

// What the PBX holds. Posted work refers to the core weakly, so that a word which comes while the
// core ends finds nothing.
struct skype_core {
  std::shared_ptr<sfa::skype::Core> core;
};

namespace sfa::skype {
namespace {

template <typename Work>
void Post(skype_core* handle, Work work) {
  handle->core->Post(std::move(work));
}

std::string Text(const char* text) { return text ? text : ""; }

// Cut to what fits, no character in two.
void Fill(const std::string& text, char* value, size_t size) {
  if (size == 0) return;
  std::snprintf(value, size, "%s", std::string(CutText(text, size - 1)).c_str());
}

skype_load_result Load(void* engine_service, const pbx_host* host, void* pbx, skype_core** core) {
  const Complain complain = [&](pbx_log_level level, const std::string& text) {
    host->log(pbx, level, text.c_str());
  };
  if (host->version != PBX_PORT_VERSION) {
    complain(PBX_LOG_ERROR, "this driver does not fit the module that loads it");
    return SKYPE_LOAD_DECLINE;
  }
  Settings settings;
  if (ReadSettings(*host, pbx, complain, &settings) != 0) return SKYPE_LOAD_DECLINE;
  if (settings.general.data_directory.empty()) {
    settings.general.data_directory =
        std::string(host->directory(pbx, PBX_DIRECTORY_SPOOL)) + "/skype";
  }
  auto& service = *static_cast<res::EngineService*>(engine_service);
  *core = new skype_core{std::make_shared<Core>(service, *host, pbx, std::move(settings))};
  Post(*core, [](Core& driver) { driver.StartEngine(); });
  return SKYPE_LOAD_OK;
}

int Reload(skype_core* handle) { return handle->core->Reload(); }

int Unload(skype_core* handle, void (*gone)(void* context), void* context) {
  if (!handle->core->BeginUnload()) return -1;
  Post(handle, [handle, gone, context](Core& core) {
    core.End([handle, gone, context, &core] {
      // Not from inside the core's own call: it is destroyed here.
      core.runtime().Post([handle, gone, context] {
        delete handle;
        gone(context);
      });
    });
  });
  return 0;
}

int Request(skype_core* handle, const char* address, const pbx_codec* codecs,
            const skype_channel_state* requestor, skype_admitted* admitted, pbx_cause* cause) {
  return handle->core->Request(address, codecs, requestor, admitted, cause);
}

void EachSetvar(skype_core* handle, skype_call_id call,
                void (*each)(void* context, const char* assignment), void* context) {
  for (const std::string& line : handle->core->ChannelVariables(call)) each(context, line.c_str());
}

void Bind(skype_core* handle, skype_call_id call, pbx_channel* channel, const pbx_address* local) {
  Post(handle, [call, channel, local = *local](Core& core) { core.Bind(call, channel, local); });
}

void Place(skype_core* handle, skype_call_id call) {
  Post(handle, [call](Core& core) { core.Place(call); });
}

void Progress(skype_core* handle, skype_call_id call) {
  Post(handle, [call](Core& core) { core.Progress(call); });
}

void Answer(skype_core* handle, skype_call_id call) {
  Post(handle, [call](Core& core) { core.Answer(call); });
}

void HangUp(skype_core* handle, skype_call_id call, pbx_cause cause) {
  Post(handle, [call, cause](Core& core) { core.HangUp(call, cause); });
}

void DigitBegin(skype_core* handle, skype_call_id call, char digit) {
  handle->core->DigitBegin(call, digit);
}

void DigitEnd(skype_core* handle, skype_call_id call, char digit, unsigned duration_ms) {
  handle->core->DigitEnd(call, digit, duration_ms);
}

void Hold(skype_core* handle, skype_call_id call, int held) {
  Post(handle, [call, held](Core& core) { core.Hold(call, held != 0); });
}

void Transfer(skype_core* handle, skype_call_id call, const char* to) {
  Post(handle, [call, to = Text(to)](Core& core) { core.Transfer(call, to); });
}

void SendText(skype_core* handle, skype_call_id call, const char* text) {
  Post(handle, [call, text = Text(text)](Core& core) { core.SendText(call, text); });
}

int SendMessage(skype_core* handle, const char* from, const char* to, const char* body) {
  return handle->core->SendMessage(Text(from), Text(to), Text(body)) ? 0 : -1;
}

skype_channel_state* NewState() { return new skype_channel_state; }
void FreeState(skype_channel_state* state) { delete state; }

int FunctionRead(skype_core* handle, const skype_function_place* place, const char* function,
                 const char* arguments, char* value, size_t size) {
  std::string text;
  const bool done = ReadFunction(*handle->core, *place, Text(function), Text(arguments), &text);
  Fill(text, value, size);
  return done ? 0 : -1;
}

int FunctionWrite(skype_core* handle, const skype_function_place* place, const char* function,
                  const char* arguments, const char* value) {
  return WriteFunction(*handle->core, *place, Text(function), Text(arguments), Text(value)) ? 0
                                                                                            : -1;
}

pbx_device_state DeviceState(skype_core* handle, const char* address) {
  return handle->core->DeviceState(Text(address));
}

void PresenceState(skype_core* handle, const char* address, pbx_presence* presence) {
  *presence = handle->core->PresenceState(Text(address));
}

void ManagerAction(skype_core* handle, const char* action, const pbx_header* headers, size_t count,
                   pbx_manager_answer answer, void* context) {
  Headers copied;
  for (size_t i = 0; i < count; ++i) {
    copied.emplace_back(Text(headers[i].name), Text(headers[i].value));
  }
  RunManagerAction(*handle->core, Text(action), copied,
                   std::make_shared<ManagerReply>(answer, context));
}

int ConsoleComplete(skype_core* handle, int argc, const char* const* argv, const char* partial,
                    int number, char* value, size_t size) {
  const std::vector<std::string> words(argv, argv + argc);
  if (number < 0) return -1;
  const std::optional<std::string> word =
      CompleteConsole(*handle->core, words, Text(partial), static_cast<size_t>(number));
  Fill(word.value_or(""), value, size);
  return word ? 0 : -1;
}

int Console(skype_core* handle, int argc, const char* const* argv,
            void (*print)(void* context, const char* text), void* context) {
  const std::vector<std::string> words(argv, argv + argc);
  const bool known = RunConsole(*handle->core, words,
                                [&](const std::string& line) { print(context, line.c_str()); });
  return known ? 0 : -1;
}

int CallCount(skype_core* handle) { return handle->core->CallCount(); }

constexpr skype_driver kDriver{.version = PBX_PORT_VERSION,
                               .load = Load,
                               .reload = Reload,
                               .unload = Unload,
                               .request = Request,
                               .each_setvar = EachSetvar,
                               .bind = Bind,
                               .call = Place,
                               .progress = Progress,
                               .answer = Answer,
                               .hangup = HangUp,
                               .digit_begin = DigitBegin,
                               .digit_end = DigitEnd,
                               .hold = Hold,
                               .transfer = Transfer,
                               .send_text = SendText,
                               .send_message = SendMessage,
                               .state_new = NewState,
                               .state_free = FreeState,
                               .functions = FunctionNames,
                               .function_read = FunctionRead,
                               .function_write = FunctionWrite,
                               .device_state = DeviceState,
                               .presence_state = PresenceState,
                               .manager_actions = ManagerActions,
                               .manager_action = ManagerAction,
                               .console_commands = ConsoleCommands,
                               .console_complete = ConsoleComplete,
                               .cli = Console,
                               .call_count = CallCount};

}  // namespace
}  // namespace sfa::skype

extern "C" const skype_driver* skype_reference_driver(void) { return &sfa::skype::kDriver; }
