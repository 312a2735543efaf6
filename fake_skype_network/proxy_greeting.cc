#include "fake_skype_network/proxy_greeting.h"

#include <sodium.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace sfa::community {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes BytesOf(const std::string& text) { return {text.begin(), text.end()}; }

Greeted Refusal(Bytes answer) {
  Greeted greeted;
  greeted.refused = true;
  greeted.answer = std::move(answer);
  return greeted;
}

// RFC 1928 section 6.
Bytes Reply(uint8_t code) { return {5, code, 0, 1, 0, 0, 0, 0, 0, 0}; }

class Socks5Greeting final : public ProxyGreeting {
 public:
  Socks5Greeting(std::string user, std::string password)
      : user_(std::move(user)), password_(std::move(password)) {}

  Greeted Take(std::span<const uint8_t>& bytes) override {
    Greeted all;
    while (!bytes.empty() && !all.target && !all.refused) {
      message_.push_back(bytes.front());
      bytes = bytes.subspan(1);
      if (message_.size() < Wanted()) continue;
      Greeted greeted = OnMessage();
      message_.clear();
      greeted.answer.insert(greeted.answer.begin(), all.answer.begin(), all.answer.end());
      all = std::move(greeted);
    }
    return all;
  }
  Bytes Made() const override { return Reply(0); }
  Bytes Failed(ErrorCode why) const override {
    switch (why) {
      case ErrorCode::kUnreachable:
        return Reply(4);
      case ErrorCode::kRefused:
        return Reply(5);
      case ErrorCode::kTimedOut:
        return Reply(6);
      default:
        return Reply(1);
    }
  }

 private:
  enum class Awaits { kMethods, kAuthentication, kRequest };

  size_t Wanted() const {
    const size_t size = message_.size();
    switch (awaits_) {
      case Awaits::kMethods:
        return size < 2 ? 2 : 2 + size_t{message_[1]};
      case Awaits::kAuthentication: {
        if (size < 2) return 2;
        const size_t password_at = 2 + size_t{message_[1]};
        return size <= password_at ? password_at + 1 : password_at + 1 + message_[password_at];
      }
      case Awaits::kRequest:
        return 10;  // with an IPv4 address; with any other OnRequest() refuses it
    }
    return 0;
  }

  Greeted OnMessage() {
    switch (awaits_) {
      case Awaits::kMethods:
        return OnMethods();
      case Awaits::kAuthentication:
        return OnAuthentication();
      case Awaits::kRequest:
        return OnRequest();
    }
    return {};
  }

  Greeted OnMethods() {
    const uint8_t method = user_.empty() ? 0 : 2;
    if (message_[0] != 5) return Refusal({});
    if (std::find(message_.begin() + 2, message_.end(), method) == message_.end()) {
      return Refusal({5, 0xFF});
    }
    awaits_ = user_.empty() ? Awaits::kRequest : Awaits::kAuthentication;
    Greeted greeted;
    greeted.answer = {5, method};
    return greeted;
  }

  Greeted OnAuthentication() {
    const size_t user_size = message_[1];
    const auto user_end = message_.begin() + 2 + static_cast<std::ptrdiff_t>(user_size);
    if (message_[0] != 1 || std::string(message_.begin() + 2, user_end) != user_ ||
        std::string(user_end + 1, message_.end()) != password_) {
      return Refusal({1, 1});
    }
    awaits_ = Awaits::kRequest;
    Greeted greeted;
    greeted.answer = {1, 0};
    return greeted;
  }

  Greeted OnRequest() const {
    if (message_[0] != 5) return Refusal({});
    if (message_[1] != 1) return Refusal(Reply(7));  // CONNECT only
    if (message_[3] != 1) return Refusal(Reply(8));  // IPv4 only
    Greeted greeted;
    greeted.target = Endpoint{Ipv4Address::Of(message_[4], message_[5], message_[6], message_[7]),
                              static_cast<uint16_t>(message_[8] << 8 | message_[9])};
    return greeted;
  }

  const std::string user_, password_;
  Awaits awaits_ = Awaits::kMethods;
  Bytes message_;
};

class HttpsGreeting final : public ProxyGreeting {
 public:
  HttpsGreeting(const std::string& user, const std::string& password)
      : credentials_(user.empty() ? "" : Basic(user + ":" + password)) {}

  Greeted Take(std::span<const uint8_t>& bytes) override {
    while (!bytes.empty()) {
      head_ += static_cast<char>(bytes.front());
      bytes = bytes.subspan(1);
      if (head_.size() > kMaxHeadBytes) return Refusal(Status("431 Request Header Too Large"));
      if (head_.ends_with("\r\n\r\n")) return OnHead();
    }
    return {};
  }
  Bytes Made() const override { return Status("200 Connection established"); }
  Bytes Failed(ErrorCode why) const override {
    return Status(why == ErrorCode::kTimedOut ? "504 Gateway Timeout" : "502 Bad Gateway");
  }

 private:
  static constexpr size_t kMaxHeadBytes = 8192;

  static std::string Basic(const std::string& bytes) {
    constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
    std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const uint8_t*>(bytes.data()),
                      bytes.size(), kVariant);
    text.pop_back();  // the zero that ends it
    return "Basic " + text;
  }
  static Bytes Status(const std::string& status) {
    return BytesOf("HTTP/1.1 " + status + "\r\n\r\n");
  }

  Greeted OnHead() const {
    std::istringstream lines(head_);
    std::string method, target, version;
    lines >> method >> target >> version;
    if (method != "CONNECT") return Refusal(Status("405 Method Not Allowed"));
    Greeted greeted;
    greeted.target = Endpoint::Parse(target);
    if (!greeted.target || !version.starts_with("HTTP/1.")) {
      return Refusal(Status("400 Bad Request"));
    }
    if (!credentials_.empty() &&
        head_.find("\r\nProxy-Authorization: " + credentials_ + "\r\n") == std::string::npos) {
      return Refusal(
          BytesOf("HTTP/1.1 407 Proxy Authentication Required\r\n"
                  "Proxy-Authenticate: Basic realm=\"proxy\"\r\n\r\n"));
    }
    return greeted;
  }

  const std::string credentials_;
  std::string head_;
};

}  // namespace

std::unique_ptr<ProxyGreeting> NewProxyGreeting(proxy::Kind kind, const std::string& user,
                                                const std::string& password) {
  if (kind == proxy::Kind::kSocks5) return std::make_unique<Socks5Greeting>(user, password);
  return std::make_unique<HttpsGreeting>(user, password);
}

}  // namespace sfa::community
