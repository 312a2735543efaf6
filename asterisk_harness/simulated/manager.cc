#include "asterisk_harness/simulated/manager.h"

#include <algorithm>

#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

constexpr std::pair<unsigned, const char*> kClassNames[] = {
    {kClassSystem, "system"},       {kClassCall, "call"},       {kClassLog, "log"},
    {kClassVerbose, "verbose"},     {kClassCommand, "command"}, {kClassAgent, "agent"},
    {kClassUser, "user"},           {kClassConfig, "config"},   {kClassDtmf, "dtmf"},
    {kClassReporting, "reporting"}, {kClassCdr, "cdr"},         {kClassDialplan, "dialplan"},
    {kClassOriginate, "originate"}, {kClassMessage, "message"},
};

}  // namespace

std::string PrivilegeText(unsigned classes) {
  std::string text;
  for (const auto& [bit, name] : kClassNames) {
    if (classes & bit) text += std::string(name) + ",";
  }
  return text + "all";
}

unsigned ParseClasses(const std::string& text) {
  const std::string trimmed(Trim(text));
  if (trimmed.empty() || EqualsIgnoreCase(trimmed, "off") || EqualsIgnoreCase(trimmed, "no") ||
      EqualsIgnoreCase(trimmed, "none")) {
    return 0;
  }
  if (EqualsIgnoreCase(trimmed, "on") || EqualsIgnoreCase(trimmed, "yes")) return kClassAll;
  if (trimmed.find_first_not_of("0123456789") == std::string::npos) {
    return static_cast<unsigned>(ToInt(trimmed, 0)) & kClassAll;
  }
  unsigned classes = 0;
  for (const std::string& piece : Split(trimmed, ',')) {
    const std::string_view word = Trim(piece);
    if (EqualsIgnoreCase(word, "all")) classes = kClassAll;
    for (const auto& [bit, name] : kClassNames) {
      if (EqualsIgnoreCase(word, name)) classes |= bit;
    }
  }
  return classes;
}

void AmiReply::Send(const std::string& first_header, const std::string& first_value,
                    Headers headers, bool last) {
  AmiMessage message;
  message.headers.emplace_back(first_header, first_value);
  if (!action_id_.empty()) message.headers.emplace_back("ActionID", action_id_);
  for (auto& header : headers) {
    message.headers.emplace_back(std::move(header.first), OneLine(header.second));
  }
  sink_(message, last);
}

void AmiReply::Success(const std::string& message, Headers more) {
  Headers headers;
  if (!message.empty()) headers.emplace_back("Message", message);
  for (auto& header : more) headers.push_back(std::move(header));
  Send("Response", "Success", std::move(headers), true);
}

void AmiReply::Error(const std::string& message) {
  Send("Response", "Error", {{"Message", message}}, true);
}

void Manager::Emit(const std::string& event, unsigned classes, Headers headers) {
  AmiMessage message;
  message.headers.reserve(headers.size() + 2);
  message.headers.emplace_back("Event", event);
  message.headers.emplace_back("Privilege", PrivilegeText(classes));
  for (auto& header : headers) {
    message.headers.emplace_back(std::move(header.first), OneLine(header.second));
  }
  for (size_t i = 0; i < listeners_.size(); ++i) {
    listeners_[i]->OnManagerEvent(classes, message);
  }
}

void Manager::Listen(EventListener* listener) { listeners_.push_back(listener); }

void Manager::Unlisten(EventListener* listener) {
  listeners_.erase(std::remove(listeners_.begin(), listeners_.end(), listener), listeners_.end());
}

void Manager::Register(const std::string& action, unsigned classes, Handler handler) {
  actions_[ToLower(action)] = {action, classes, std::move(handler)};
}

void Manager::Unregister(const std::string& action) { actions_.erase(ToLower(action)); }

std::vector<std::pair<std::string, unsigned>> Manager::Actions() const {
  std::vector<std::pair<std::string, unsigned>> actions;
  actions.reserve(actions_.size());
  for (const auto& [key, action] : actions_) actions.emplace_back(action.name, action.classes);
  return actions;
}

void Manager::Execute(const AmiMessage& action, unsigned permissions, AmiReply::Sink sink) {
  auto reply = std::make_shared<AmiReply>(action.Get("ActionID"), std::move(sink));
  const std::string& name = action.Get("Action");
  if (name.empty()) {
    reply->Error("Missing action in request");
    return;
  }
  const auto found = actions_.find(ToLower(name));
  if (found == actions_.end()) {
    reply->Error("Invalid/unknown command: " + OneLine(name) +
                 ". Use Action: ListCommands to show available commands.");
    return;
  }
  if (found->second.classes != 0 && (found->second.classes & permissions) == 0) {
    reply->Error("Permission denied");
    return;
  }
  // A copy: an action may take a module away, and with it its own entry.
  const Handler handler = found->second.handler;
  handler(action, std::move(reply));
}

}  // namespace sfa::harness
