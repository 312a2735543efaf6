// What a driver that is wrong on purpose changes, on its way through the wrapper at both seams of
// the reference driver: the PBX port and the control stream to the engine.
#ifndef CONFORMANCE_NONCONFORMING_SPOILER_H_
#define CONFORMANCE_NONCONFORMING_SPOILER_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chan_skype/pbx_port.h"
#include "protocol/engine_control.pb.h"
#include "res_skypeforasterisk/engine_service.h"

namespace sfa::conformance {

// An AMI event, or one message of an answer.
struct SpoiledMessage {
  std::string event;  // "" for a response
  std::vector<std::pair<std::string, std::string>> headers;
  std::string* Find(const std::string& name);  // null when there is none
  void Remove(const std::string& name);
};

// A channel that the driver is about to start for an incoming call.
struct SpoiledIncoming {
  std::string account;
  std::string context;
  std::string exten;
  std::string caller_number;
  pbx_codec codec;
};

// One for each core. The defaults change nothing; what returns false keeps the thing from passing.
class Spoiler {
 public:
  virtual ~Spoiler() = default;

  // What the driver sees instead of the res module's pool; `pool` outlives it.
  virtual std::unique_ptr<res::LicensePool> Licences(res::LicensePool& pool);
  // What it sees of the licence files.
  virtual void OnLicences(res::LicenseReport&) {}
  // At a reload.
  virtual bool OnReadLicences() { return true; }
  // Between driver and engine: one comes in, those that are left in the list pass.
  virtual void OnCommand(std::vector<control::Command>&) {}
  virtual void OnEngineEvent(std::vector<control::Event>&) {}

  // A line of chan_skype.conf, before the driver sees it; all of them again at a reload.
  virtual bool OnConfiguration(const std::string& /*section*/, std::string& /*name*/,
                               std::string& /*value*/) {
    return true;
  }
  // From the PBX to the driver.
  virtual bool OnReload() { return true; }
  virtual bool OnDigit(skype_call_id, char /*digit*/) { return true; }
  // True: the digit ends at once, however long it is.
  virtual bool CutsDigits() { return false; }
  virtual void OnDial(std::string& /*address*/) {}
  virtual void OnAdmitted(skype_admitted&) {}
  virtual void OnRefused(pbx_cause&) {}
  virtual bool OnFunctionWrite(const std::string& /*function*/, std::string& /*arguments*/,
                               std::string& /*value*/) {
    return true;
  }
  // Reads the function as the driver does: 0, or -1 and "".
  using FunctionReader = std::function<int(const std::string& arguments, std::string& value)>;
  virtual int OnFunctionRead(const std::string& /*function*/, const std::string& arguments,
                             std::string& value, const FunctionReader& read) {
    return read(arguments, value);
  }
  // The headers of an action.
  virtual void OnManagerAction(const std::string& /*action*/, SpoiledMessage&) {}
  // What the driver gave, before the PBX gets it.
  virtual void OnDeviceState(const std::string& /*address*/, pbx_device_state&) {}
  virtual bool OnDeviceStateChange(const std::string& /*address*/, pbx_device_state&) {
    return true;
  }
  virtual void OnManagerAnswer(const std::string& /*action*/, std::vector<SpoiledMessage>&) {}
  // A copy is sent for each that is left in the list.
  virtual void OnManagerEvent(std::vector<SpoiledMessage>&) {}
  virtual void OnConsole(const std::vector<std::string>& /*words*/,
                         std::vector<std::string>& /*lines*/) {}
  virtual void OnIncoming(SpoiledIncoming&) {}
  virtual bool OnControl(pbx_control&) { return true; }
  virtual void OnHangup(pbx_cause&) {}
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_NONCONFORMING_SPOILER_H_
