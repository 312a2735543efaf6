// A world that is kept running, for whoever drives it from outside: by its control port, by the
// Asterisk's manager, at its console.
//
// Thread: the world's, which is the one that runs RunWorld(). The control port has a thread of its
// own; what it is asked comes over by the world's inbox, and is done between two events.
#ifndef CONFORMANCE_LAB_LAB_H_
#define CONFORMANCE_LAB_LAB_H_

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "conformance/lab/control_port.h"
#include "conformance/lab/sights.h"
#include "conformance/scenario/schema.h"
#include "conformance/world/world.h"
#include "network_sim/post_queue.h"
#include "runtime/posix/posix_runtime.h"
#include "runtime/posix/runtime_thread.h"

namespace sfa::conformance {

// How its users reach it.
struct LabDoors {
  PbxDoors pbx;
  Endpoint community;  // where clients find the Skype network, inside the world
  Endpoint control;
  std::string token;
};

class Lab final : public WorldResident, public TraceListener {
 public:
  // `usable` is told once, how; what it returns is an error when nobody wants the lab any more. All
  // outlive it.
  Lab(const Scenario& scenario, const Schema& schema,
      std::function<Status(const LabDoors& doors)> usable);
  ~Lab() override;

  // Why it has not become usable, or has ended though nobody asked for it; "" otherwise.
  const std::string& problem() const { return problem_; }
  // The target cannot do this on this machine at all.
  bool unsupported() const { return unsupported_; }

 private:
  struct PersonNow {
    bool logged_in = false;
    bool in_call = false;
  };

  // WorldResident
  void Live(const House& house) override;
  // TraceListener
  void OnObservation(const Observation& seen) override;
  void OnRecording(const Recording& recording) override;

  Result<LabDoors> Open(const House& house);
  void Handle(const ControlRequest& request, const House& house);
  bool DoesThings(const std::string& name) const;
  void Attach(const ControlRequest& request, const House& house);
  void Do(const ControlRequest& request, const House& house);
  std::string StatusLine(const House& house) const;
  void Send(uint64_t visitor, const std::string& line);
  void SendTo(const std::string& as, const std::string& line);

  Scenario scenario_;  // with its lines as steps have left them
  const Schema& schema_;
  const std::function<Status(const LabDoors&)> usable_;
  std::string problem_;
  bool unsupported_ = false;
  bool ending_ = false;
  MonotonicTime now_{};  // of the latest that was seen, counted from the lab's beginning
  Duration began_{};     // that beginning, in the world's time

  std::deque<ControlRequest> requests_;
  std::map<uint64_t, std::string> visitors_;  // whom each one is
  std::map<std::string, PersonNow> people_;   // with a desktop client
  Listening listening_;

  std::shared_ptr<sim::PostQueue> post_;
  posix::PosixRuntime runtime_{posix::PosixSettings{}};
  std::unique_ptr<ControlPort> port_;  // on the runtime's thread
  std::unique_ptr<posix::RuntimeThread> thread_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_LAB_LAB_H_
