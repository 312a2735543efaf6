#include "asterisk_harness/real/remote_console.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace sfa::harness {
namespace {

Result<int> Connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return Error{ErrorCode::kInvalid, path + " is too long for a socket"};
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection < 0 ||
      connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    const std::string reason = std::generic_category().message(errno);
    if (connection >= 0) close(connection);
    return Error{ErrorCode::kRefused, path + ": " + reason};
  }
  return connection;
}

// Without the greeting "name/pid/version" and the marks that Asterisk puts before verbose lines.
std::string Output(const std::string& heard) {
  const size_t greeting = heard.find('\n');
  std::string output;
  if (greeting == std::string::npos) return output;
  for (const char c : heard.substr(greeting + 1)) {
    if (c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= ' ') output += c;
  }
  return output;
}

}  // namespace

Result<std::unique_ptr<ConsoleQuestion>> ConsoleQuestion::Ask(posix::PosixRuntime& runtime,
                                                              const std::string& socket,
                                                              const std::string& command,
                                                              Done done) {
  const auto connection = Connect(socket);
  if (!connection.ok()) return connection.error();
  auto stream = runtime.AdoptStream(*connection);
  if (!stream.ok()) return stream.error();
  std::unique_ptr<ConsoleQuestion> question(new ConsoleQuestion(std::move(done)));
  question->stream_ = std::move(*stream);
  question->stream_->SetHandler(question.get());
  const std::string request = "cli quit after " + command;
  // With its terminating zero: that is where Asterisk cuts.
  question->stream_->Write({reinterpret_cast<const uint8_t*>(request.c_str()), request.size() + 1});
  return question;
}

void ConsoleQuestion::OnData(std::span<const uint8_t> bytes) {
  constexpr size_t kLongest = 16 << 20;
  if (heard_.size() + bytes.size() > kLongest) return;
  heard_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void ConsoleQuestion::OnEndOfStream() { done_(this, Output(heard_)); }

void ConsoleQuestion::OnError(const Error&) { done_(this, Output(heard_)); }

}  // namespace sfa::harness
