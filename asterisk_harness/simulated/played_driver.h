// For the tests of this folder: a driver that the test plays, and the engine's end of its calls.
#ifndef ASTERISK_HARNESS_SIMULATED_PLAYED_DRIVER_H_
#define ASTERISK_HARNESS_SIMULATED_PLAYED_DRIVER_H_

#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chan_skype/pbx_port.h"
#include "res_skypeforasterisk/engine_service.h"
#include "runtime/runtime.h"

namespace sfa::harness {

// The engine's end of a call's audio: sends and notes plain RTP packets.
class EngineLeg final : private UdpReceiver {
 public:
  explicit EngineLeg(Runtime& runtime);

  pbx_address address() const;
  void SendTo(const pbx_address& to, const std::vector<uint8_t>& packet);
  // A packet of G.711 (`type` 0 or 8) or of an event (`type` 101).
  static std::vector<uint8_t> Packet(uint8_t type, uint16_t sequence, uint32_t timestamp,
                                     const std::vector<uint8_t>& payload);
  // Begin and three ends of a digit.
  void SendDigit(const pbx_address& to, uint8_t event, uint32_t timestamp, uint16_t duration);

  std::vector<std::vector<uint8_t>> heard;

 private:
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override;
  std::unique_ptr<UdpSocket> socket_;
  uint16_t sequence_ = 1;
};

// The driver that the test plays. What the PBX asks of it is noted in `seen`.
struct PlayedDriver {
  const pbx_host* host = nullptr;
  void* pbx = nullptr;
  std::vector<std::string> seen;
  pbx_cause refusal = PBX_CAUSE_NONE;  // set: request() refuses with it
  pbx_codec codec = PBX_CODEC_ULAW;
  skype_call_id last_call = 0;
  struct Held {
    pbx_channel* channel = nullptr;
    pbx_address local{};
  };
  std::map<skype_call_id, Held> calls;
  // What the next calls get.
  std::string callee, music_interpret, music_suggest;
  std::vector<std::string> setvar;
  // What the dialling channel had written by functions: -1 when it had no state.
  int requestors_writes = -2;
  std::map<std::string, pbx_device_state> devices;
  // Of AMI actions, given when the test runs them.
  std::vector<std::function<void()>> answers;

  static const skype_driver* Table();

  // An incoming call for 007@demo; its number, or 0 when it was refused with `refused`.
  skype_call_id Incoming(const EngineLeg& engine, pbx_codec codec = PBX_CODEC_ULAW,
                         const std::string& exten = "007");
  void Control(skype_call_id call, pbx_control control);
  void Answer(skype_call_id call, const EngineLeg& engine);
  void HangUp(skype_call_id call, pbx_cause cause, const char* reason = "gone");
  bool Saw(const std::string& line) const;
  pbx_cause refused = PBX_CAUSE_NONE;
};

// Carries the played driver to its load(), nothing else.
class PlayedService final : public res::EngineService {
 public:
  PlayedService(Runtime& runtime, PlayedDriver& driver) : driver_(driver), runtime_(runtime) {}
  Runtime& runtime() override { return runtime_; }
  res::LicensePool& licenses() override { std::abort(); }
  res::LicensePool& g729_licenses() override { std::abort(); }
  void ReadLicenses() override {}
  res::LicenseReport FoundLicenses() const override { return {}; }
  void Start(const std::string&, res::EngineListener&) override {}
  void Send(std::string_view) override {}
  void Stop(Task stopped) override { stopped(); }
  std::string version() const override { return "played"; }
  PlayedDriver& driver_;

 private:
  Runtime& runtime_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_PLAYED_DRIVER_H_
