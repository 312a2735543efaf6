#include "skypeforasterisk/database_text.h"

#include <algorithm>
#include <charconv>
#include <pugixml.hpp>
#include <utility>

#include "protocol/peer/host_cache.h"

namespace sfa::engine {
namespace {

constexpr char kRoot[] = "skype";
constexpr int kVersion = 1;
constexpr size_t kLongestName = 255;

struct Sink final : pugi::xml_writer {
  void write(const void* data, size_t size) override {
    text.append(static_cast<const char*>(data), size);
  }
  std::string text;
};

template <typename Number>
bool ToNumber(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// Not set when they are no address and port.
Endpoint ToEndpoint(std::string_view address, std::string_view port) {
  const auto parsed = Ipv4Address::Parse(std::string(address));
  Endpoint endpoint;
  if (!parsed || !ToNumber(port, endpoint.port)) return {};
  endpoint.address = *parsed;
  return endpoint.is_set() ? endpoint : Endpoint();
}

Endpoint ToEndpoint(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {};
  return ToEndpoint(text.substr(0, colon), text.substr(colon + 1));
}

Error Wrong(const std::string& what) { return {ErrorCode::kInvalid, what}; }

// The accounts that are to be written, by name.
std::vector<const std::pair<const std::string, KnownAccount>*> Kept(
    const DatabaseContent& content) {
  std::vector<const std::pair<const std::string, KnownAccount>*> kept;
  for (const auto& account : content.accounts) {
    if (IsKeepable(account.first)) kept.push_back(&account);
  }
  if (kept.size() <= kMostKnownAccounts) return kept;
  std::stable_sort(kept.begin(), kept.end(), [](const auto* a, const auto* b) {
    return a->second.last_login > b->second.last_login;
  });
  kept.resize(kMostKnownAccounts);
  std::sort(kept.begin(), kept.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  return kept;
}

Result<std::pair<std::string, KnownAccount>> ReadAccount(const pugi::xml_node& node) {
  std::pair<std::string, KnownAccount> account;
  account.first = node.attribute("name").value();
  if (!IsKeepable(account.first)) return Wrong("an account without a proper name");
  account.second.home = ToEndpoint(node.attribute("home").value());
  if (!ToNumber(node.attribute("last_login").value(), account.second.last_login)) {
    return Wrong("the account " + account.first + " has no last_login");
  }
  return account;
}

}  // namespace

bool IsKeepable(std::string_view account) {
  if (account.empty() || account.size() > kLongestName) return false;
  // Names on this network are ASCII; control characters XML cannot hold at all (XML 1.0, 2.2).
  return std::all_of(account.begin(), account.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

std::string EncodeDatabase(const DatabaseContent& content) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node root = document.append_child(kRoot);
  root.append_attribute("version") = kVersion;
  const size_t too_many =
      content.hosts.size() - std::min(content.hosts.size(), peer::HostCache::kMaxHosts);
  for (size_t i = too_many; i < content.hosts.size(); ++i) {
    pugi::xml_node host = root.append_child("host");
    host.append_attribute("address") = content.hosts[i].address.ToString().c_str();
    host.append_attribute("port") = content.hosts[i].port;
  }
  for (const auto* kept : Kept(content)) {
    pugi::xml_node account = root.append_child("account");
    account.append_attribute("name") = kept->first.c_str();
    if (kept->second.home.is_set()) {
      account.append_attribute("home") = kept->second.home.ToString().c_str();
    }
    account.append_attribute("last_login") = std::to_string(kept->second.last_login).c_str();
  }
  Sink sink;
  document.save(sink, "  ", pugi::format_indent, pugi::encoding_utf8);
  return std::move(sink.text);
}

Result<DatabaseContent> DecodeDatabase(std::string_view text) {
  if (text.size() > kMostDatabaseBytes) return Wrong("it is larger than 4 MiB");
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(
      text.data(), text.size(), pugi::parse_minimal | pugi::parse_escapes, pugi::encoding_utf8);
  if (!parsed) {
    return Wrong(std::string(parsed.description()) + " at byte " + std::to_string(parsed.offset));
  }
  const pugi::xml_node root = document.document_element();
  if (std::string_view(root.name()) != kRoot) return Wrong("it is no database of this engine");
  int version = 0;
  if (!ToNumber(root.attribute("version").value(), version) || version != kVersion) {
    return Wrong("it is of another version");
  }
  DatabaseContent content;
  for (const pugi::xml_node& node : root.children()) {
    const std::string_view name = node.name();
    if (name == "host") {
      const Endpoint host =
          ToEndpoint(node.attribute("address").value(), node.attribute("port").value());
      if (!host.is_set()) return Wrong("a host without address or port");
      if (content.hosts.size() == peer::HostCache::kMaxHosts) return Wrong("it has too many hosts");
      content.hosts.push_back(host);
    } else if (name == "account") {
      auto account = ReadAccount(node);
      if (!account) return account.error();
      if (content.accounts.size() == kMostKnownAccounts) return Wrong("it has too many accounts");
      if (!content.accounts.insert(std::move(*account)).second) {
        return Wrong("an account is there twice");
      }
    }
  }
  return content;
}

}  // namespace sfa::engine
