// A person's desktop client in a running lab, from the terminal or a script.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "conformance/command_line/control_connection.h"
#include "conformance/command_line/options.h"
#include "conformance/lab/verb_line.h"

namespace sfa::conformance {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

constexpr Duration kLongestUntil = std::chrono::seconds(30);
constexpr size_t kLongestLine = 60 << 10;

// A question to an Asterisk has been done when it is asked; whoever asks wants the answer.
ClientOptions WithAnswerAwaited(ClientOptions options) {
  const bool asks = options.as == "asterisk" || options.as == "far_asterisk";
  if (!asks || options.words.empty() || options.wait || !options.until.empty()) return options;
  const std::string verb = options.words[0].substr(0, options.words[0].find(' '));
  if (verb == "cli") options.until = "console";
  if (verb == "ami" || verb == "originate") options.until = "response";
  return options;
}

class Client {
 public:
  Client(ControlConnection& lab, const ClientOptions& options)
      : lab_(lab), options_(WithAnswerAwaited(options)) {}

  ExitCode Run() {
    if (!options_.words.empty()) {
      std::string line;
      for (const std::string& word : options_.words) line += (line.empty() ? "" : " ") + word;
      said_all_ = true;
      Say(line);
    }
    const Duration patience =
        options_.wait.value_or(options_.until.empty() ? Duration() : kLongestUntil);
    std::optional<Clock::time_point> deadline;
    for (;;) {
      if (seen_ && awaited_ == 0) return code_;
      if (said_all_ && awaited_ == 0 && !deadline) deadline = Clock::now() + patience;
      if (deadline && Clock::now() >= *deadline) return EndOfPatience();
      if (!Wait(deadline)) return TellError("the lab has ended", kExitCannotTell);
    }
  }

 private:
  ExitCode EndOfPatience() const {
    if (options_.until.empty() || code_ != kExitPass) return code_;
    return TellError("'" + options_.until + "' was not seen in time", kExitFail);
  }

  // False when the lab is gone.
  bool Wait(const std::optional<Clock::time_point>& deadline) {
    int milliseconds = -1;
    if (deadline) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
      milliseconds = static_cast<int>(std::clamp<decltype(left)>(left, 0, 1000));
    }
    std::array<pollfd, 2> waiting = {pollfd{lab_.descriptor(), POLLIN, 0},
                                     pollfd{said_all_ ? -1 : STDIN_FILENO, POLLIN, 0}};
    if (poll(waiting.data(), waiting.size(), milliseconds) < 0) return errno == EINTR;
    if (waiting[1].revents != 0) ReadInput();
    if (waiting[0].revents == 0) return true;
    const bool there = lab_.Read();
    while (const auto line = lab_.NextLine()) Take(*line);
    std::fflush(stdout);
    return there;
  }

  void ReadInput() {
    std::array<char, 4096> buffer;
    const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count <= 0) {
      said_all_ = true;
      if (!input_.empty()) Say(input_);
      return;
    }
    input_.append(buffer.data(), static_cast<size_t>(count));
    for (size_t end; (end = input_.find('\n')) != std::string::npos;) {
      Say(input_.substr(0, end));
      input_.erase(0, end + 1);
    }
    if (input_.size() > kLongestLine) input_.clear(), NotDone(kExitBadInput, "a line is too long");
  }

  void Say(const std::string& line) {
    if (!SplitVerbLine(line)) return;
    if (line.size() > kLongestLine) return NotDone(kExitBadInput, "a line is too long");
    ++awaited_;
    // That the lab is gone is seen when it is read from.
    static_cast<void>(
        lab_.Send(Json{{"do", line}}.dump(-1, ' ', false, Json::error_handler_t::replace)));
  }

  void Take(const std::string& line) {
    const Json said = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!said.is_object()) return;
    const auto answer = said.find("answer");
    if (answer == said.end()) {
      fmt::print("{}\n", line);
      if (!options_.until.empty() && said.value("what", "") == options_.until) seen_ = true;
      return;
    }
    if (awaited_ > 0) --awaited_;
    if (!answer->value("ok", false)) {
      NotDone(answer->value("code", 1) == kExitBadInput ? kExitBadInput : kExitFail,
              answer->value("problem", ""));
    }
  }

  void NotDone(ExitCode code, const std::string& problem) {
    std::fflush(stdout);
    code_ = TellError(problem, code);
  }

  ControlConnection& lab_;
  const ClientOptions options_;
  std::string input_;
  bool said_all_ = false;
  bool seen_ = false;  // what is waited for
  int awaited_ = 0;    // answers
  ExitCode code_ = kExitPass;
};

}  // namespace

ExitCode RunClient(const ClientOptions& options) {
  auto lab = ControlConnection::Open(LabDirectory(options.directory), "as", options.as);
  if (!lab.ok()) return TellError(lab.error().message, kExitCannotTell);
  const auto welcome = lab->WaitForLine(std::chrono::seconds(10));
  if (!welcome) return TellError("the lab does not answer", kExitCannotTell);
  const Json said = Json::parse(*welcome, nullptr, /*allow_exceptions=*/false);
  const Json answer = said.is_object() ? said.value("answer", Json::object()) : Json::object();
  if (!answer.value("ok", false)) {
    return TellError(answer.value("problem", "the lab refuses"), kExitBadInput);
  }
  return Client(*lab, options).Run();
}

}  // namespace sfa::conformance
