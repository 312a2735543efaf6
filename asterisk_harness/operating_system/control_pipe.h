// A local stream between two processes of a simulated machine.
#ifndef ASTERISK_HARNESS_OPERATING_SYSTEM_CONTROL_PIPE_H_
#define ASTERISK_HARNESS_OPERATING_SYSTEM_CONTROL_PIPE_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/runtime.h"

namespace sfa::harness {

// Both directions. Everything that an end hears is posted on its own process's runtime, so nothing
// is ever called from inside a method. Lives as long as either end or a posted task.
class ControlPipe : public std::enable_shared_from_this<ControlPipe> {
 public:
  // What the reader has not taken yet; more makes the writer wait.
  static constexpr size_t kBufferBytes = 256 * 1024;

  // An end belongs to the process of its runtime and is destroyed before that.
  static std::shared_ptr<ControlPipe> Make(Runtime& first, Runtime& second);
  // Once for each side, 0 for the first and 1 for the second.
  std::unique_ptr<ByteStream> TakeEnd(int side);
  // The process of this side is dead: its stream does nothing any more, the other side sees the
  // end.
  void Sever(int side);

 private:
  class End;
  struct Side {
    Runtime* runtime = nullptr;
    StreamHandler* handler = nullptr;
    bool open = false;  // its end exists and is neither aborted nor dead
    bool paused = false;
    bool writing_ended = false;
    bool end_seen = false;        // OnEndOfStream() was called
    bool wants_room = false;      // OnWritable() is owed
    bool reset = false;           // OnError() is owed
    bool scheduled = false;       // a delivery is posted
    std::vector<uint8_t> unread;  // what this side is to receive
    std::vector<uint8_t> spare;
  };

  size_t Write(int side, std::span<const uint8_t> bytes);
  void EndWriting(int side);
  void Close(int side, bool orderly);
  // Posts Deliver() when there is something to tell this side.
  void Schedule(int side);
  void Deliver(int side);

  std::array<Side, 2> sides_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_OPERATING_SYSTEM_CONTROL_PIPE_H_
