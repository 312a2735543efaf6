// A connection to a running lab's control port (conformance/lab/control_port.h).
#ifndef CONFORMANCE_COMMAND_LINE_CONTROL_CONNECTION_H_
#define CONFORMANCE_COMMAND_LINE_CONTROL_CONNECTION_H_

#include <deque>
#include <optional>
#include <string>

#include "conformance/command_line/lab_directory.h"
#include "runtime/address.h"
#include "runtime/result.h"

namespace sfa::conformance {

class ControlConnection {
 public:
  // To the lab of that folder; sends the first line, with the lab's token and this member beside
  // it.
  static Result<ControlConnection> Open(const LabDirectory& directory, const std::string& member,
                                        const std::string& value);
  ~ControlConnection();
  ControlConnection(ControlConnection&& other) noexcept;
  ControlConnection& operator=(ControlConnection&&) = delete;

  int descriptor() const { return descriptor_; }
  // False when the lab is gone.
  bool Send(const std::string& line);
  // Reads what is there, waiting for something; false when the lab is gone.
  bool Read();
  // A whole line that has been read.
  std::optional<std::string> NextLine();
  // Reads until there is a line; nothing when the lab is gone or has said none after `at_most`.
  std::optional<std::string> WaitForLine(Duration at_most);

 private:
  explicit ControlConnection(int descriptor) : descriptor_(descriptor) {}

  int descriptor_ = -1;
  std::string read_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_COMMAND_LINE_CONTROL_CONNECTION_H_
