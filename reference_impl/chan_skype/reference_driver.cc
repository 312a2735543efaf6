// The reference driver as the table of functions of pbx_port.h. Exceptions end here: running out
// of memory is the only one that the core can meet, and it ends the process anyway.
#include <memory>
#include <utility>

#include "chan_skype/console.h"
#include "chan_skype/core.h"

// What the PBX holds. Posted work refers to the core weakly, so that a word which comes while the
// core ends finds nothing.
struct skype_core {
  std::shared_ptr<sfa::skype::Core> core;
};

namespace sfa::skype {
namespace {

template <typename Work>
void Post(skype_core* handle, Work work) {
  handle->core->runtime().Post([weak = std::weak_ptr<Core>(handle->core), work = std::move(work)] {
    if (const std::shared_ptr<Core> core = weak.lock()) work(*core);
  });
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
            const skype_channel_state*, skype_admitted* admitted, pbx_cause* cause) {
  return handle->core->Request(address, codecs, admitted, cause);
}

void Bind(skype_core* handle, skype_call_id call, pbx_channel* channel, const pbx_address* local) {
  Post(handle, [call, channel, local = *local](Core& core) { core.Bind(call, channel, local); });
}

void Place(skype_core* handle, skype_call_id call) {
  Post(handle, [call](Core& core) { core.Place(call); });
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
                               .bind = Bind,
                               .call = Place,
                               .answer = Answer,
                               .hangup = HangUp,
                               .digit_begin = DigitBegin,
                               .digit_end = DigitEnd,
                               .cli = Console,
                               .call_count = CallCount};

}  // namespace
}  // namespace sfa::skype

extern "C" const skype_driver* skype_reference_driver(void) { return &sfa::skype::kDriver; }
