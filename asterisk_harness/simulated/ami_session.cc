#include "asterisk_harness/simulated/ami_session.h"

#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

constexpr std::string_view kBanner = "Asterisk Call Manager/11.0.0\r\n";
// Asterisk's limits on what a client sends.
constexpr size_t kMaxLine = 1024;
constexpr size_t kMaxHeaders = 128;

}  // namespace

std::string FormatAmiMessage(const AmiMessage& message) {
  std::string text;
  for (const auto& [name, value] : message.headers) {
    text += name + ": " + OneLine(value) + "\r\n";
  }
  return text + "\r\n";
}

AmiSession::AmiSession(Manager& manager, const Configuration& users,
                       std::function<void(std::string_view)> write, std::function<void()> closed)
    : manager_(manager),
      users_(users),
      write_(std::move(write)),
      closed_(std::move(closed)),
      self_(std::make_shared<AmiSession*>(this)) {
  manager_.Listen(this);
  write_(kBanner);
}

AmiSession::~AmiSession() {
  *self_ = nullptr;
  manager_.Unlisten(this);
}

void AmiSession::Feed(std::string_view bytes) {
  const std::shared_ptr<AmiSession*> alive = self_;
  for (const char c : bytes) {
    if (*alive == nullptr || ended_) return;
    if (c != '\n') {
      if (line_.size() < kMaxLine) {
        line_ += c;
      } else {
        line_too_long_ = true;
      }
      continue;
    }
    std::string line;
    line.swap(line_);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line_too_long_) {
      line_too_long_ = false;
      message_ = {};
      Reply("Error", "Command line too long");
      continue;
    }
    OnLine(line);
  }
}

void AmiSession::OnLine(std::string_view line) {
  if (line.empty()) {
    if (!message_.headers.empty()) OnMessage();
    return;
  }
  if (message_.headers.size() >= kMaxHeaders) {
    too_many_headers_ = true;
    return;
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;  // Asterisk passes over such lines, too
  message_.headers.emplace_back(Trim(line.substr(0, colon)), Trim(line.substr(colon + 1)));
}

void AmiSession::OnMessage() {
  if (too_many_headers_) {
    too_many_headers_ = false;
    Reply("Error", "Too many lines in message or allocation failure");
    message_ = {};
    return;
  }
  const std::string action = message_.Get("Action");
  if (EqualsIgnoreCase(action, "Login")) {
    Login();
  } else if (EqualsIgnoreCase(action, "Logoff")) {
    Reply("Goodbye", "Thanks for all the fish.");
    Close();
    return;
  } else if (!authenticated_) {
    Reply("Error", action.empty() ? "Missing action in request" : "Permission denied");
  } else if (EqualsIgnoreCase(action, "Events")) {
    event_mask_ = ParseClasses(message_.Get("EventMask"));
    AmiMessage response;
    response.headers = {{"Response", "Success"}};
    if (!message_.Get("ActionID").empty()) {
      response.headers.emplace_back("ActionID", message_.Get("ActionID"));
    }
    response.headers.emplace_back("Events", event_mask_ == 0 ? "Off" : "On");
    Write(response);
  } else {
    AmiMessage message;
    std::swap(message, message_);
    const std::shared_ptr<AmiSession*> self = self_;
    manager_.Execute(message, permissions_, [self](const AmiMessage& reply, bool) {
      // Whoever has logged off meanwhile hears no more.
      if (*self != nullptr && !(*self)->ended_) (*self)->Write(reply);
    });
    return;
  }
  message_ = {};
}

void AmiSession::Login() {
  const std::string& user = message_.Get("Username");
  const std::optional<std::string> secret =
      user.empty() || EqualsIgnoreCase(user, "general") ? std::nullopt : users_.Get(user, "secret");
  if (!secret || secret->empty() || *secret != message_.Get("Secret")) {
    Reply("Error", "Authentication failed");
    Close();
    return;
  }
  authenticated_ = true;
  read_ = ParseClasses(users_.Get(user, "read").value_or("all"));
  permissions_ = ParseClasses(users_.Get(user, "write").value_or("all"));
  const std::string& mask = message_.Get("Events");
  event_mask_ = mask.empty() ? static_cast<unsigned>(kClassAll) : ParseClasses(mask);
  Reply("Success", "Authentication accepted");
  OnManagerEvent(kClassSystem, {{{"Event", "FullyBooted"},
                                 {"Privilege", PrivilegeText(kClassSystem)},
                                 {"Status", "Fully Booted"}}});
}

void AmiSession::OnManagerEvent(unsigned classes, const AmiMessage& event) {
  if (authenticated_ && !ended_ && (classes & read_ & event_mask_) != 0) Write(event);
}

void AmiSession::Write(const AmiMessage& message) { write_(FormatAmiMessage(message)); }

void AmiSession::Reply(const char* response, const std::string& text) {
  AmiMessage message;
  message.headers.emplace_back("Response", response);
  if (!message_.Get("ActionID").empty()) {
    message.headers.emplace_back("ActionID", message_.Get("ActionID"));
  }
  message.headers.emplace_back("Message", text);
  Write(message);
}

void AmiSession::Close() {
  message_ = {};
  ended_ = true;
  closed_();
}

}  // namespace sfa::harness
