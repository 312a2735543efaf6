// One command at the console of a running Asterisk, as `asterisk -rx` asks it. Unlike the manager
// action Command it takes every command, `module unload` included.
#ifndef ASTERISK_HARNESS_REAL_REMOTE_CONSOLE_H_
#define ASTERISK_HARNESS_REAL_REMOTE_CONSOLE_H_

#include <functional>
#include <memory>
#include <string>

#include "runtime/posix/posix_runtime.h"

namespace sfa::harness {

class ConsoleQuestion : private StreamHandler {
 public:
  using Done = std::function<void(ConsoleQuestion* question, const std::string& output)>;

  // `socket` is the path of asterisk.ctl in this process's view. `done` comes later, once, on the
  // runtime's thread; it may destroy the question.
  static Result<std::unique_ptr<ConsoleQuestion>> Ask(posix::PosixRuntime& runtime,
                                                      const std::string& socket,
                                                      const std::string& command, Done done);

 private:
  explicit ConsoleQuestion(Done done) : done_(std::move(done)) {}
  void OnData(std::span<const uint8_t> bytes) override;
  void OnEndOfStream() override;
  void OnError(const Error& error) override;

  Done done_;
  std::unique_ptr<ByteStream> stream_;
  std::string heard_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_REAL_REMOTE_CONSOLE_H_
