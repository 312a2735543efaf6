#include "protocol/proxy/https_handshake.h"

#include <sodium.h>

#include <string_view>

namespace sfa::proxy {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";

std::string Base64(const std::string& bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const uint8_t*>(bytes.data()),
                    bytes.size(), kVariant);
  text.pop_back();  // the zero that ends it
  return text;
}

std::string Request(const Proxy& proxy, const Endpoint& target) {
  const std::string authority = target.ToString();
  std::string request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
  if (!proxy.user.empty()) {
    request += "Proxy-Authorization: Basic " + Base64(proxy.user + ":" + proxy.password) + "\r\n";
  }
  return request + "\r\n";
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "HTTP/1.1 200 Connection established": the number, 0 when this is no such line.
int StatusOf(std::string_view line) {
  if (line.size() < 12 || line.substr(0, 7) != "HTTP/1." || !IsDigit(line[7]) || line[8] != ' ') {
    return 0;
  }
  if (line.size() > 12 && line[12] != ' ') return 0;
  int status = 0;
  for (const char c : line.substr(9, 3)) {
    if (!IsDigit(c)) return 0;
    status = status * 10 + (c - '0');
  }
  return status;
}

Progress Refused(ErrorCode code, const std::string& why) {
  Progress progress;
  progress.refused = Error{code, why};
  return progress;
}

}  // namespace

HttpsHandshake::HttpsHandshake(const Proxy& proxy, const Endpoint& target)
    : request_(Request(proxy, target)), has_user_(!proxy.user.empty()) {}

std::vector<uint8_t> HttpsHandshake::Begin() { return {request_.begin(), request_.end()}; }

Progress HttpsHandshake::Take(std::span<const uint8_t>& bytes) {
  while (!bytes.empty()) {
    head_ += static_cast<char>(bytes.front());
    bytes = bytes.subspan(1);
    if (head_.ends_with(kEndOfHead)) return OnHead();
    if (head_.size() >= kMaxHeadBytes) {
      return Refused(ErrorCode::kInvalid, "its answer to CONNECT has no end");
    }
  }
  return {};
}

Progress HttpsHandshake::OnHead() const {
  const int status = StatusOf(std::string_view(head_).substr(0, head_.find("\r\n")));
  const std::string said = "it answered CONNECT with status " + std::to_string(status);
  if (status >= 200 && status < 300) {
    Progress progress;
    progress.open = true;
    return progress;
  }
  switch (status) {
    case 0:
      return Refused(ErrorCode::kInvalid, "it does not speak HTTP");
    case 407:
      return Refused(ErrorCode::kPermissionDenied,
                     has_user_ ? "it refuses the user or the password" : "it wants a user");
    case 403:
    case 405:
      return Refused(ErrorCode::kPermissionDenied, said);
    case 504:
      return Refused(ErrorCode::kTimedOut, said);
    case 502:
    case 503:
      return Refused(ErrorCode::kUnreachable, said);
    default:
      return Refused(ErrorCode::kRefused, said);
  }
}

}  // namespace sfa::proxy
