#include "conformance/lab/control_port.h"

#include <nlohmann/json.hpp>
#include <span>
#include <utility>

namespace sfa::conformance {
namespace {

using Json = nlohmann::ordered_json;
using Kind = ControlRequest::Kind;

constexpr int kBadInput = 2;  // as the program ends on it

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The member's text; "" when there is none.
std::string Text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// In a time that does not tell how much of it is right.
bool Equal(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

}  // namespace

std::string GoodAnswer() { return Dump({{"answer", {{"ok", true}}}}); }

std::string BadAnswer(int code, const std::string& problem) {
  return Dump({{"answer", {{"ok", false}, {"code", code}, {"problem", problem}}}});
}

class ControlPort::Visitor final : private StreamHandler {
 public:
  Visitor(ControlPort& port, uint64_t number, std::unique_ptr<ByteStream> stream)
      : port_(port),
        number_(number),
        stream_(std::move(stream)),
        silence_(port.runtime_.NewTimer([this] { CutOff(); })) {
    stream_->SetHandler(this);
    silence_->Start(kLongestSilence);
  }

  void Send(const std::string& line) {
    if (ended_) return;
    if (unsent_.size() + line.size() > kMostUnsent) return CutOff();
    unsent_ += line;
    unsent_ += '\n';
    OnWritable();
  }

 private:
  void OnData(std::span<const uint8_t> bytes) override {
    for (const uint8_t byte : bytes) {
      if (ended_) return;
      if (byte == '\n') {
        OnLine(std::exchange(line_, ""));
      } else if (line_.size() == kLongestLine) {
        return CutOff();
      } else {
        line_ += static_cast<char>(byte);
      }
    }
  }
  void OnWritable() override {
    const std::span all(reinterpret_cast<const uint8_t*>(unsent_.data()), unsent_.size());
    unsent_.erase(0, stream_->Write(all));
  }
  void OnEndOfStream() override { End(); }
  void OnError(const Error&) override { End(); }

  void OnLine(const std::string& line) {
    const Json said = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!said.is_object()) return Refuse("not a JSON object on one line");
    if (!known_) {
      if (!Equal(Text(said, "token"), port_.token_)) return Refuse("the token is wrong");
      known_ = true;
      silence_->Cancel();
      const std::string ask = Text(said, "ask");
      if (ask == "status") return Ask(Kind::kStatus, "");
      if (ask == "down") return Ask(Kind::kDown, "");
      if (Text(said, "as").empty()) {
        return Refuse(R"(expected "as" with a name, or "ask" with "status" or "down")");
      }
      attached_ = true;
      return Ask(Kind::kAttach, Text(said, "as"));
    }
    if (!attached_ || !said.contains("do")) return Refuse(R"(expected "do" after "as")");
    Ask(Kind::kDo, Text(said, "do"));
  }

  void Ask(Kind kind, std::string text) { port_.take_({kind, number_, std::move(text)}); }

  void Refuse(const std::string& problem) {
    Send(BadAnswer(kBadInput, problem));
    ++port_.cut_off_;
    End();
  }
  void CutOff() {
    if (ended_) return;
    ++port_.cut_off_;
    stream_->Abort();
    End();
  }
  void End() {
    if (std::exchange(ended_, true)) return;
    if (known_) Ask(Kind::kLeft, "");
    port_.Remove(number_);
  }

  ControlPort& port_;
  const uint64_t number_;
  std::unique_ptr<ByteStream> stream_;
  std::unique_ptr<Timer> silence_;
  std::string line_, unsent_;
  bool known_ = false, attached_ = false, ended_ = false;
};

ControlPort::ControlPort(Runtime& runtime, std::string token,
                         std::function<void(const ControlRequest&)> take)
    : runtime_(runtime), token_(std::move(token)), take_(std::move(take)) {}

ControlPort::~ControlPort() = default;

Status ControlPort::Listen() {
  auto listener = runtime_.ListenTcp({Ipv4Address::Loopback(), 0}, *this);
  if (!listener.ok()) return listener.error();
  listener_ = std::move(*listener);
  return {};
}

void ControlPort::Send(uint64_t visitor, const std::string& line) {
  const auto found = visitors_.find(visitor);
  if (found != visitors_.end()) found->second->Send(line);
}

void ControlPort::OnAccept(std::unique_ptr<ByteStream> stream) {
  if (visitors_.size() == kMostVisitors) {
    ++cut_off_;
    stream->Abort();
    return;
  }
  const uint64_t number = next_++;
  visitors_.emplace(number, std::make_unique<Visitor>(*this, number, std::move(stream)));
}

// Destroyed later: it may be inside one of its own calls.
void ControlPort::Remove(uint64_t visitor) {
  const auto found = visitors_.find(visitor);
  if (found == visitors_.end()) return;
  if (leaving_.empty()) {
    runtime_.Post([this, alive = std::weak_ptr<int>(alive_)] {
      if (!alive.expired()) leaving_.clear();
    });
  }
  leaving_.push_back(std::move(found->second));
  visitors_.erase(found);
}

}  // namespace sfa::conformance
