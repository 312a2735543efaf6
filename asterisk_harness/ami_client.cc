#include "asterisk_harness/ami_client.h"

#include <strings.h>

#include <utility>

namespace sfa::harness {
namespace {

constexpr size_t kMaxLine = 64 * 1024;

bool SameWord(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// A carriage return or line feed would smuggle in a header.
std::string OneLine(std::string text) {
  for (char& c : text) {
    if (c == '\r' || c == '\n') c = ' ';
  }
  return text;
}

}  // namespace

void AmiParser::Feed(std::span<const uint8_t> bytes, const std::function<void(AmiMessage)>& each) {
  unfinished_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  size_t start = 0;
  for (size_t end; (end = unfinished_.find('\n', start)) != std::string::npos; start = end + 1) {
    std::string_view line(unfinished_.data() + start, end - start);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    TakeLine(line, each);
  }
  unfinished_.erase(0, start);
  if (unfinished_.size() > kMaxLine) unfinished_.clear();
}

void AmiParser::TakeLine(std::string_view line, const std::function<void(AmiMessage)>& each) {
  if (line.empty()) {
    if (!message_.headers.empty()) each(std::exchange(message_, {}));
    return;
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;  // the banner
  std::string_view value = line.substr(colon + 1);
  if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  message_.headers.emplace_back(line.substr(0, colon), value);
}

AmiClient::AmiClient(std::unique_ptr<ByteStream> stream, Callbacks callbacks)
    : stream_(std::move(stream)), callbacks_(std::move(callbacks)) {
  stream_->SetHandler(this);
}

void AmiClient::Send(AmiMessage action, Reply reply) {
  std::string id = action.Get("ActionID");
  if (id.empty()) {
    id = "sfalab-" + std::to_string(next_action_++);
    action.headers.emplace_back("ActionID", id);
  }
  pending_[id] = {std::move(reply), {}};
  for (const auto& [name, value] : action.headers) {
    unsent_ += OneLine(name) + ": " + OneLine(value) + "\r\n";
  }
  unsent_ += "\r\n";
  Flush();
}

void AmiClient::Flush() {
  const size_t taken =
      stream_->Write({reinterpret_cast<const uint8_t*>(unsent_.data()), unsent_.size()});
  unsent_.erase(0, taken);
}

void AmiClient::OnWritable() { Flush(); }

void AmiClient::OnData(std::span<const uint8_t> bytes) {
  parser_.Feed(bytes, [this](AmiMessage message) { Take(std::move(message)); });
}

void AmiClient::Take(AmiMessage message) {
  const auto pending = pending_.find(message.Get("ActionID"));
  const bool is_event = !message.Get("Event").empty();
  if (pending == pending_.end()) {
    if (is_event) callbacks_.event(message);
    return;
  }
  const bool list_starts = SameWord(message.Get("EventList"), "start");
  const bool list_ends = SameWord(message.Get("EventList"), "Complete");
  // An event that an action set off (OriginateResponse) is an event like any other.
  if (is_event && pending->second.messages.empty()) {
    callbacks_.event(message);
    return;
  }
  pending->second.messages.push_back(std::move(message));
  if (is_event ? !list_ends : list_starts) return;
  Pending finished = std::move(pending->second);
  pending_.erase(pending);
  if (finished.reply) finished.reply(finished.messages);
}

void AmiClient::OnEndOfStream() { callbacks_.closed("Asterisk closed the manager session"); }

void AmiClient::OnError(const Error& error) { callbacks_.closed(error.message); }

}  // namespace sfa::harness
