#ifndef CONFORMANCE_NONCONFORMING_WRAPPER_INL_H_
#define CONFORMANCE_NONCONFORMING_WRAPPER_INL_H_

#include <set>
#include <utility>

#include "conformance/nonconforming/wrapper.h"

namespace sfa::conformance {

// Both a skype_core towards the host and the `pbx` context towards the driver.
struct WrappedCore {
  const pbx_host* host = nullptr;
  void* pbx = nullptr;
  pbx_host spoiled_host{};
  std::unique_ptr<Spoiler> spoiler;
  skype_core* inner = nullptr;
  std::set<skype_call_id> swallowing;  // calls of which the current digit is kept back
  void (*gone)(void* context) = nullptr;
  void* gone_context = nullptr;

  static WrappedCore& Of(skype_core* core) { return *reinterpret_cast<WrappedCore*>(core); }
  static WrappedCore& OfPbx(void* pbx) { return *static_cast<WrappedCore*>(pbx); }
};

namespace wrapper {

inline const skype_driver& Inner() { return *skype_reference_driver(); }

// The host's side: the driver calls these with the wrapped core as its `pbx`.
inline pbx_host SpoiledHost() {
  using W = WrappedCore;
  pbx_host host{};
  host.version = PBX_PORT_VERSION;
  host.log = [](void* pbx, pbx_log_level level, const char* text) {
    W::OfPbx(pbx).host->log(W::OfPbx(pbx).pbx, level, text);
  };
  host.module_ref = [](void* pbx) { W::OfPbx(pbx).host->module_ref(W::OfPbx(pbx).pbx); };
  host.module_unref = [](void* pbx) { W::OfPbx(pbx).host->module_unref(W::OfPbx(pbx).pbx); };
  host.read_config = [](void* pbx, const char* filename,
                        void (*each)(void* context, const pbx_config_line* line), void* context) {
    return W::OfPbx(pbx).host->read_config(W::OfPbx(pbx).pbx, filename, each, context);
  };
  host.directory = [](void* pbx, pbx_directory which) {
    return W::OfPbx(pbx).host->directory(W::OfPbx(pbx).pbx, which);
  };
  host.channel_start = [](void* pbx, const pbx_incoming* incoming, pbx_address* local,
                          pbx_cause* cause) {
    return W::OfPbx(pbx).host->channel_start(W::OfPbx(pbx).pbx, incoming, local, cause);
  };
  host.channel_control = [](void* pbx, pbx_channel* channel, pbx_control control) {
    W::OfPbx(pbx).host->channel_control(W::OfPbx(pbx).pbx, channel, control);
  };
  host.channel_media = [](void* pbx, pbx_channel* channel, const pbx_media* media) {
    W::OfPbx(pbx).host->channel_media(W::OfPbx(pbx).pbx, channel, media);
  };
  host.channel_hangup = [](void* pbx, pbx_channel* channel, pbx_cause cause, const char* reason) {
    W::OfPbx(pbx).host->channel_hangup(W::OfPbx(pbx).pbx, channel, cause, reason);
  };
  host.channel_digit_begin = [](void* pbx, pbx_channel* channel, char digit) {
    W::OfPbx(pbx).host->channel_digit_begin(W::OfPbx(pbx).pbx, channel, digit);
  };
  host.channel_digit_end = [](void* pbx, pbx_channel* channel, char digit, unsigned duration_ms) {
    W::OfPbx(pbx).host->channel_digit_end(W::OfPbx(pbx).pbx, channel, digit, duration_ms);
  };
  host.channel_release = [](void* pbx, pbx_channel* channel) {
    W::OfPbx(pbx).host->channel_release(W::OfPbx(pbx).pbx, channel);
  };
  host.manager_event = [](void* pbx, const char* event, const pbx_header* headers, size_t count) {
    W& core = W::OfPbx(pbx);
    for (int copies = core.spoiler->EventCopies(event); copies > 0; --copies) {
      core.host->manager_event(core.pbx, event, headers, count);
    }
  };
  return host;
}

template <typename SpoilerType>
skype_load_result Load(void* engine_service, const pbx_host* host, void* pbx, skype_core** core) {
  auto wrapped = std::make_unique<WrappedCore>();
  wrapped->host = host;
  wrapped->pbx = pbx;
  wrapped->spoiled_host = SpoiledHost();
  wrapped->spoiler = std::make_unique<SpoilerType>();
  res::EngineService& service =
      wrapped->spoiler->Service(*static_cast<res::EngineService*>(engine_service));
  const skype_load_result result =
      Inner().load(&service, &wrapped->spoiled_host, wrapped.get(), &wrapped->inner);
  if (result == SKYPE_LOAD_OK) *core = reinterpret_cast<skype_core*>(wrapped.release());
  return result;
}

inline int Unload(skype_core* core, void (*gone)(void* context), void* context) {
  WrappedCore& wrapped = WrappedCore::Of(core);
  wrapped.gone = gone;
  wrapped.gone_context = context;
  return Inner().unload(
      wrapped.inner,
      [](void* self) {
        const std::unique_ptr<WrappedCore> owned(static_cast<WrappedCore*>(self));
        owned->gone(owned->gone_context);
      },
      &wrapped);
}

// The driver's side: the host calls these with the wrapped core.
inline skype_driver SpoiledDriver() {
  using W = WrappedCore;
  skype_driver driver{};
  driver.version = PBX_PORT_VERSION;
  driver.reload = [](skype_core* core) { return Inner().reload(W::Of(core).inner); };
  driver.unload = Unload;
  driver.request = [](skype_core* core, const char* address, const pbx_codec* codecs,
                      const skype_channel_state* requestor, skype_admitted* admitted,
                      pbx_cause* cause) {
    return Inner().request(W::Of(core).inner, address, codecs, requestor, admitted, cause);
  };
  driver.bind = [](skype_core* core, skype_call_id call, pbx_channel* channel,
                   const pbx_address* local) {
    Inner().bind(W::Of(core).inner, call, channel, local);
  };
  driver.call = [](skype_core* core, skype_call_id call) { Inner().call(W::Of(core).inner, call); };
  driver.answer = [](skype_core* core, skype_call_id call) {
    Inner().answer(W::Of(core).inner, call);
  };
  driver.hangup = [](skype_core* core, skype_call_id call, pbx_cause cause) {
    Inner().hangup(W::Of(core).inner, call, cause);
  };
  driver.digit_begin = [](skype_core* core, skype_call_id call, char digit) {
    W& wrapped = W::Of(core);
    if (wrapped.spoiler->PassDigit(call, digit)) {
      Inner().digit_begin(wrapped.inner, call, digit);
    } else {
      wrapped.swallowing.insert(call);
    }
  };
  driver.digit_end = [](skype_core* core, skype_call_id call, char digit, unsigned duration_ms) {
    W& wrapped = W::Of(core);
    if (wrapped.swallowing.erase(call) == 0) {
      Inner().digit_end(wrapped.inner, call, digit, duration_ms);
    }
  };
  driver.cli = [](skype_core* core, int argc, const char* const* argv,
                  void (*print)(void* context, const char* text), void* context) {
    return Inner().cli(W::Of(core).inner, argc, argv, print, context);
  };
  driver.call_count = [](skype_core* core) { return Inner().call_count(W::Of(core).inner); };
  return driver;
}

}  // namespace wrapper

template <typename SpoilerType>
const skype_driver* WrappedDriver() {
  static const skype_driver kDriver = [] {
    skype_driver driver = wrapper::SpoiledDriver();
    driver.load = wrapper::Load<SpoilerType>;
    return driver;
  }();
  return &kDriver;
}

}  // namespace sfa::conformance

#endif  // CONFORMANCE_NONCONFORMING_WRAPPER_INL_H_
