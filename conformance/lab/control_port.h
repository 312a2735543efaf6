// The lab's door for its own commands and clients: a port on the loopback interface, one JSON
// object a line both ways.
//
//   to the lab:    {"token": "…", "as": "austin_powers"}    the first line; or "ask": "status",
//   "down"
//                  {"do": "call james_bond"}                 any number of these after "as"
//   from the lab:  {"answer": {"ok": true}}                  one for each line, in their order
//                  {"answer": {"ok": false, "code": 2, "problem": "…"}}
//                  {"at": 12.345, "as": "austin_powers", "what": "answered", …}    what is seen
#ifndef CONFORMANCE_LAB_CONTROL_PORT_H_
#define CONFORMANCE_LAB_CONTROL_PORT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/runtime.h"

namespace sfa::conformance {

struct ControlRequest {
  enum class Kind { kAttach, kDo, kStatus, kDown, kLeft };
  Kind kind = Kind::kLeft;
  uint64_t visitor = 0;
  std::string text;  // who it is, or what to do
};

// Contract, everything on the runtime's thread:
//  1. Nothing is asked on behalf of a visitor whose first line has not the token; it is told so,
//  and
//     its connection ends.
//  2. Requests of one visitor come in its order; kLeft is its last.
//  3. A line longer than kLongestLine, a visitor who says nothing for kLongestSilence at the
//     beginning, who has more than kMostUnsent to read, and one above kMostVisitors are cut off and
//     counted.
class ControlPort final : private AcceptHandler {
 public:
  static constexpr size_t kLongestLine = size_t{64} << 10;
  static constexpr size_t kMostUnsent = size_t{4} << 20;
  static constexpr size_t kMostVisitors = 64;
  static constexpr Duration kLongestSilence = std::chrono::seconds(10);

  ControlPort(Runtime& runtime, std::string token, std::function<void(const ControlRequest&)> take);
  ~ControlPort();

  Status Listen();
  Endpoint local() const { return listener_->local(); }
  // One line, without its end. Nothing happens when the visitor has left.
  void Send(uint64_t visitor, const std::string& line);
  uint64_t cut_off() const { return cut_off_; }

 private:
  class Visitor;

  void OnAccept(std::unique_ptr<ByteStream> stream) override;
  void Remove(uint64_t visitor);

  Runtime& runtime_;
  const std::string token_;
  const std::function<void(const ControlRequest&)> take_;
  std::unique_ptr<TcpListener> listener_;
  std::map<uint64_t, std::unique_ptr<Visitor>> visitors_;
  std::vector<std::unique_ptr<Visitor>> leaving_;
  uint64_t next_ = 1;
  uint64_t cut_off_ = 0;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

// The lines of "answer".
std::string GoodAnswer();
std::string BadAnswer(int code, const std::string& problem);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_LAB_CONTROL_PORT_H_
