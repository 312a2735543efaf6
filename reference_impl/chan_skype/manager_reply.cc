#include "chan_skype/manager_reply.h"

#include "chan_skype/text.h"

namespace sfa::skype {

ManagerReply::~ManagerReply() {
  if (answer_) Error("Skype for Asterisk is being unloaded");
}

void ManagerReply::Success(const std::string& message, const Headers& headers) {
  Message response{"", {{"Response", "Success"}, {"Message", message}}};
  response.headers.insert(response.headers.end(), headers.begin(), headers.end());
  Give({std::move(response)});
}

void ManagerReply::Error(const std::string& message) {
  Give({{"", {{"Response", "Error"}, {"Message", message}}}});
}

void ManagerReply::List(const std::string& message, const std::string& item,
                        const std::vector<Headers>& items, const std::string& complete) {
  std::vector<Message> messages;
  messages.reserve(items.size() + 2);
  messages.push_back({"", {{"Response", "Success"}, {"EventList", "start"}, {"Message", message}}});
  for (const Headers& headers : items) messages.push_back({item, headers});
  messages.push_back(
      {complete, {{"EventList", "Complete"}, {"ListItems", std::to_string(items.size())}}});
  Give(std::move(messages));
}

void ManagerReply::Give(std::vector<Message> messages) {
  const pbx_manager_answer answer = std::exchange(answer_, nullptr);
  if (!answer) return;
  std::vector<std::vector<pbx_header>> headers(messages.size());
  std::vector<pbx_manager_message> raw;
  raw.reserve(messages.size());
  for (size_t i = 0; i < messages.size(); ++i) {
    for (auto& [name, value] : messages[i].headers) {
      value = OneLine(value);
      headers[i].push_back({name.c_str(), value.c_str()});
    }
    const std::string& event = messages[i].event;
    raw.push_back({event.empty() ? nullptr : event.c_str(), headers[i].data(), headers[i].size()});
  }
  answer(context_, raw.data(), raw.size());
}

}  // namespace sfa::skype
