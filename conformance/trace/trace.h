// What was seen of a run, from outside the driver: the only thing that checks look at.
#ifndef CONFORMANCE_TRACE_TRACE_H_
#define CONFORMANCE_TRACE_TRACE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runtime/time.h"

namespace sfa::conformance {

enum class Observer {
  kStep,      // a stimulus of the scenario; kind: its verb, or "did not happen"
  kClient,    // a person's desktop client; kind: "login", "incoming", "ringing", …
  kAmi,       // an AMI event; kind: its name
  kResponse,  // an answer to an AMI action; kind: the action
  kConsole,   // the output of a console command; kind: the command
  kLog,       // a line of the PBX's log; kind: its level
  kProcess,   // kind: the process's name
  kFiles,     // a directory's executables; kind: the directory. A file that a step has read; kind:
              // its pattern
  kAudio,     // what a client said and heard in a call, and its statistics
  kWorld,     // the platform itself; kind: "ready", "broken", "late", "unsupported",
              // "calls left", "relays left", "credit left", "stopped"; of an Asterisk
              // that a step stops or starts: "down", "up"
};
// "step", "client", "ami" …
const char* ToString(Observer observer);

// The subject of what a manager user of an Asterisk sees in a session of its own.
std::string InSession(const std::string& asterisk, const std::string& manager);

struct Observation {
  MonotonicTime at;
  Observer observer;
  std::string subject;  // an account, "asterisk", "world"
  std::string kind;
  std::vector<std::pair<std::string, std::string>> fields;

  // The first field of that name, without regard to case; "" when there is none.
  const std::string& Get(const std::string& name) const;
};

// 8 kHz mono linear, on the world's time line.
struct Recording {
  std::string actor;
  MonotonicTime sent_start, heard_start;
  std::vector<int16_t> sent, heard;
  uint64_t packets_received = 0;
  uint64_t packets_lost = 0;
};

// Is told what a trace sees.
class TraceListener {
 public:
  // Neither adds anything to the trace.
  virtual void OnObservation(const Observation& seen) = 0;
  virtual void OnRecording(const Recording& recording) = 0;

 protected:
  ~TraceListener() = default;
};

class Trace {
 public:
  // From now on what is added is told to the listener, and only the newest of it is kept: a world
  // without an end has no room for more.
  void TellInsteadOfKeeping(TraceListener& listener) { listener_ = &listener; }

  // What is added from now on, in the world's time, is kept with `zero` as time 0. What was added
  // before was seen at 0.
  void BeginAt(MonotonicTime zero);

  void Add(Observation observation);
  // Adds an observation with its measures, and keeps the samples.
  void AddRecording(MonotonicTime at, Recording recording);

  const std::vector<Observation>& observations() const { return observations_; }
  const std::vector<Recording>& recordings() const { return recordings_; }

  // One JSON object a line, in the order in which things were seen; the same bytes for the same
  // run.
  std::string ToJsonLines() const;
  // BLAKE2b-256 of ToJsonLines(), in hexadecimal; covers the samples by their own hashes.
  std::string Hash() const;

 private:
  MonotonicTime zero_{};
  TraceListener* listener_ = nullptr;
  std::vector<Observation> observations_;
  std::vector<Recording> recordings_;
};

// BLAKE2b-256 in hexadecimal.
std::string HashBytes(const void* bytes, size_t size);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_TRACE_TRACE_H_
