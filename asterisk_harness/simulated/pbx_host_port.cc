#include "asterisk_harness/simulated/pbx_host_port.h"

#include <string>

#include "asterisk_harness/simulated/driver_services.h"
#include "asterisk_harness/simulated/messages.h"
#include "asterisk_harness/simulated/modules.h"
#include "asterisk_harness/simulated/skype_channel.h"
#include "asterisk_harness/simulated/states.h"

namespace sfa::harness {

// What the driver calls. Its own thread is the runtime's, so everything may be done at once.
struct HostTable {
  static Modules& Self(void* pbx) { return *static_cast<Modules*>(pbx); }

  static void Log(void* pbx, pbx_log_level level, const char* text) {
    static constexpr const char* kLevels[] = {"DEBUG", "VERBOSE", "NOTICE", "WARNING", "ERROR"};
    Self(pbx).core_.Log(kLevels[level], text);
  }
  static void ModuleRef(void* pbx) { ++Self(pbx).chan_references_; }
  static void ModuleUnref(void* pbx) {
    --Self(pbx).chan_references_;
    Self(pbx).OnUnreferenced();
  }

  static int ReadConfig(void* pbx, const char* filename,
                        void (*each)(void*, const pbx_config_line*), void* context) {
    Modules& self = Self(pbx);
    const Result<Configuration> configuration = ReadConfiguration(filename, self.files_);
    if (!configuration.ok()) {
      if (configuration.error().code == ErrorCode::kNotFound) return -1;
      self.core_.Log("ERROR", configuration.error().message);
      return -2;
    }
    for (const std::string& warning : configuration->warnings) self.core_.Warn(warning);
    for (const ConfigurationLine& line : configuration->lines) {
      const pbx_config_line given = {
          line.section.c_str(), line.name.empty() ? nullptr : line.name.c_str(),
          line.name.empty() ? nullptr : line.value.c_str(), line.file.c_str(), line.line};
      each(context, &given);
    }
    return 0;
  }

  static const char* Directory(void* pbx, pbx_directory which) {
    const ModuleDirectories& directories = Self(pbx).directories_;
    return which == PBX_DIRECTORY_SPOOL ? directories.spool.c_str() : directories.var_lib.c_str();
  }

  static pbx_channel* ChannelStart(void* pbx, const pbx_incoming* incoming, pbx_address* local,
                                   pbx_cause* cause) {
    Modules& self = Self(pbx);
    return StartSkypeChannel(self.core_, self.driver_, *incoming, local, cause);
  }

  static void ChannelControl(void*, pbx_channel* channel, pbx_control control) {
    if (channel->channel == nullptr) return;
    switch (control) {
      case PBX_CONTROL_RINGING:
        channel->channel->QueueControl(Control::kRinging);
        return;
      case PBX_CONTROL_ANSWERED:
        channel->channel->QueueControl(Control::kAnswer);
        return;
      case PBX_CONTROL_BUSY:
        channel->channel->QueueControl(Control::kBusy);
        return;
      case PBX_CONTROL_CONGESTION:
        channel->channel->QueueControl(Control::kCongestion);
        return;
      case PBX_CONTROL_PROGRESS:
        channel->channel->QueueControl(Control::kProgress);
        return;
      case PBX_CONTROL_HOLD:
        channel->channel->QueueHold(channel->tech == nullptr ? ""
                                                             : channel->tech->music_suggested());
        return;
      case PBX_CONTROL_UNHOLD:
        channel->channel->QueueUnhold();
        return;
    }
  }

  static void ChannelMedia(void*, pbx_channel* channel, const pbx_media* media) {
    if (channel->tech != nullptr) channel->tech->SetMedia(*media);
  }

  static void ChannelHangup(void*, pbx_channel* channel, pbx_cause cause, const char* reason) {
    if (channel->channel == nullptr) return;
    Channel& owner = *channel->channel;
    if (reason != nullptr && channel->tech != nullptr) {
      channel->tech->SetHangupReason(std::string("SKYPE ") + reason);
    }
    // Whoever dials learns of a refusal by a frame, and hangs up itself.
    const bool calling = owner.outgoing && owner.state() != ChannelState::kUp;
    const bool busy = cause == PBX_CAUSE_USER_BUSY || cause == PBX_CAUSE_CALL_REJECTED;
    const bool congested = cause == PBX_CAUSE_CONGESTION || cause == PBX_CAUSE_SWITCH_CONGESTION ||
                           cause == PBX_CAUSE_NETWORK_OUT_OF_ORDER;
    if (calling && (busy || congested)) {
      owner.hangup_cause = cause;
      owner.QueueControl(busy ? Control::kBusy : Control::kCongestion);
      return;
    }
    owner.QueueHangup(cause != 0 ? std::optional(cause) : std::nullopt);
  }

  static void DigitBegin(void*, pbx_channel* channel, char digit) {
    if (channel->tech != nullptr) channel->tech->rtp().DigitBegin(digit);
  }
  static void DigitEnd(void*, pbx_channel* channel, char digit, unsigned duration_ms) {
    if (channel->tech != nullptr) {
      channel->tech->rtp().DigitEnd(digit, static_cast<int>(duration_ms));
    }
  }
  static void ChannelRelease(void*, pbx_channel* channel) { ReleaseHandle(channel); }

  static void ChannelParty(void*, pbx_channel* channel, const char* number, const char* name) {
    if (channel->channel == nullptr) return;
    Channel& owner = *channel->channel;
    const Party party{number == nullptr ? "" : number, name == nullptr ? "" : name};
    if (owner.caller.number != party.number || owner.caller.name != party.name) {
      owner.caller = party;
      owner.TellCaller();
    }
    owner.QueueControl(Control::kConnectedLine, party.number, party.name);
  }
  static void ChannelText(void*, pbx_channel* channel, const char* text) {
    if (channel->channel != nullptr) channel->channel->QueueText(text);
  }
  static void ChannelTransferred(void*, pbx_channel* channel, int done) {
    if (channel->channel == nullptr) return;
    channel->channel->QueueControl(done != 0 ? Control::kTransferred : Control::kTransferFailed);
  }

  static int CanUseCodec(void* pbx, pbx_codec codec) {
    if (codec == PBX_CODEC_G729) return Self(pbx).core_.g729 != nullptr ? 1 : 0;
    return codec == PBX_CODEC_ULAW || codec == PBX_CODEC_ALAW ? 1 : 0;
  }

  static void DeviceStateChanged(void* pbx, const char* address, pbx_device_state state) {
    Self(pbx).core_.states().DeviceChanged(std::string(kSkypeLabel) + ":" + address,
                                           FromDriver(state));
  }
  static void PresenceStateChanged(void* pbx, const char* address, const pbx_presence* presence) {
    Self(pbx).core_.states().PresenceChanged(std::string(kSkypeLabel) + ":" + address,
                                             FromDriver(*presence));
  }
  static void EachHint(void* pbx, void (*each)(void*, const char*), void* context) {
    for (const std::string& address : Self(pbx).core_.states().HintedAddresses(kSkypeLabel)) {
      each(context, address.c_str());
    }
  }

  static int MessageReceived(void* pbx, const pbx_text_message* message) {
    TextMessage received;
    received.from = std::string("skype:") + message->from;
    received.to = std::string("skype:") + message->to;
    received.body = message->body;
    const bool taken =
        Self(pbx).core_.messages().Receive(message->context, message->exten, std::move(received));
    return taken ? 0 : -1;
  }

  static void ManagerEvent(void* pbx, const char* event, const pbx_header* headers, size_t count) {
    Headers list;
    for (size_t i = 0; i < count; ++i) list.emplace_back(headers[i].name, headers[i].value);
    Self(pbx).core_.manager().Emit(event, kClassSystem, std::move(list));
  }
};

pbx_host MakeHostTable() {
  pbx_host table{};
  table.version = PBX_PORT_VERSION;
  table.log = HostTable::Log;
  table.module_ref = HostTable::ModuleRef;
  table.module_unref = HostTable::ModuleUnref;
  table.read_config = HostTable::ReadConfig;
  table.directory = HostTable::Directory;
  table.channel_start = HostTable::ChannelStart;
  table.channel_control = HostTable::ChannelControl;
  table.channel_media = HostTable::ChannelMedia;
  table.channel_hangup = HostTable::ChannelHangup;
  table.channel_digit_begin = HostTable::DigitBegin;
  table.channel_digit_end = HostTable::DigitEnd;
  table.channel_release = HostTable::ChannelRelease;
  table.manager_event = HostTable::ManagerEvent;
  table.channel_party = HostTable::ChannelParty;
  table.channel_text = HostTable::ChannelText;
  table.channel_transferred = HostTable::ChannelTransferred;
  table.can_use_codec = HostTable::CanUseCodec;
  table.device_state_changed = HostTable::DeviceStateChanged;
  table.presence_state_changed = HostTable::PresenceStateChanged;
  table.each_hint = HostTable::EachHint;
  table.message_received = HostTable::MessageReceived;
  return table;
}

}  // namespace sfa::harness
