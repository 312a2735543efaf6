// For the tests of this folder: a simulated host with a PBX on it, and a driver that the test
// plays.
#ifndef ASTERISK_HARNESS_SIMULATED_PBX_BED_H_
#define ASTERISK_HARNESS_SIMULATED_PBX_BED_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "asterisk_harness/operating_system/machine.h"
#include "asterisk_harness/simulated/pbx_process.h"
#include "network_sim/simulation.h"
#include "network_sim/site.h"

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

class PbxBed : public PbxObserver {
 public:
  explicit PbxBed(ConfigurationFiles files);
  ~PbxBed();

  void Run(Duration length);
  // Without ActionID; the answer when it comes within a minute.
  std::vector<AmiMessage> Act(const Headers& headers);
  std::string Command(const std::string& command);

  // Names of the events since the last look; of one channel when it is named.
  std::vector<std::string> TakeEvents(const std::string& channel = "");
  const AmiMessage* FindEvent(const std::string& name) const;
  bool Logged(const std::string& text) const;
  // The value that the dialplan told with NoOp(name=value), "" when it did not.
  std::vector<std::string> Told() const;

  sim::Simulation simulation;
  sim::Network network;
  sim::Host& host;
  std::unique_ptr<Machine> machine;
  std::unique_ptr<Runtime> runtime;
  PlayedDriver driver;
  std::vector<AmiMessage> events;
  std::vector<std::string> log;
  std::unique_ptr<PbxProcess> pbx;
  std::string start_error = "never started";

 private:
  void OnAmiEvent(const AmiMessage& event) override { events.push_back(event); }
  void OnLog(const std::string& level, const std::string& text) override {
    log.push_back(level + ": " + text);
  }
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_PBX_BED_H_
