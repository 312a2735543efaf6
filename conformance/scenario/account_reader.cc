#include "conformance/scenario/account_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "conformance/scenario/values.h"
#include "protocol/peer/service_names.h"

namespace sfa::conformance {
namespace {

constexpr size_t kMostRatePrefix = 20;

// In the order of AccountKind.
constexpr std::array kKinds = {"business",  "regular", "invited",     "administrator",
                               "telephone", "login",   "unregistered"};

// What may be said of it, besides its kind; nothing: whatever an account of the network has.
std::vector<std::string> KeysOf(AccountKind kind) {
  switch (kind) {
    case AccountKind::kTelephone:
      return {"kind", "answers_after", "busy", "announcement"};
    case AccountKind::kLogin:
      return {"kind", "of", "at", "online", "answers_after", "busy", "codecs", "answers_requests"};
    case AccountKind::kUnregistered:
      return {"kind"};
    default:
      return {};
  }
}

bool IsTelephone(const std::string& number) {
  return peer::IsPhoneNumber(number) && number[0] == '+' && !peer::IsEmergencyNumber(number);
}

}  // namespace

bool IsReserved(const std::string& name) {
  for (const char* word : {"asterisk", "far_asterisk", "network", "community", "at", "requirement",
                           "after", "within", "never", "audio", "audio_gap", "at_end"}) {
    if (name == word) return true;
  }
  return false;
}

void AccountReader::ReadAccounts(const YAML::Node& accounts) {
  for (const auto& entry : accounts) {
    scenario_.accounts.push_back(ReadAccount(entry.first, entry.second));
  }
  size_t number = 0;
  for (const auto& entry : accounts) ReadOthers(entry.second, scenario_.accounts[number++]);
}

AccountSpec AccountReader::ReadAccount(const YAML::Node& name, const YAML::Node& node) {
  AccountSpec account;
  account.name = name.Scalar();
  const auto kind = std::find(kKinds.begin(), kKinds.end(), node["kind"].Scalar());
  account.kind = static_cast<AccountKind>(kind - kKinds.begin());
  CheckName(name, account);
  CheckKeys(node, account);
  account.password = node["password"] ? node["password"].Scalar() : account.name + "-password";
  if (node["at"]) account.site = network_.Site(node["at"]);
  if (node["online"]) account.online = node["online"].as<bool>();
  if (node["answers_after"]) account.answers_after = teller_.DurationOf(node["answers_after"]);
  if (node["busy"]) account.busy = node["busy"].as<bool>();
  if (node["announcement"]) account.announcement = node["announcement"].as<bool>();
  if (node["answers_requests"]) account.answers_requests = node["answers_requests"].Scalar();
  if (node["codecs"]) account.codecs = node["codecs"].as<std::vector<std::string>>();
  if (node["profile"]) ReadProfile(node["profile"], account);
  for (const auto& entry : node["visibility"]) {
    account.visibility.emplace_back(entry.first.Scalar(), entry.second.Scalar());
  }
  if (node["credit"]) ReadCredit(node["credit"], account);
  for (const YAML::Node& entry : node["numbers"]) {
    account.numbers.push_back(Number(entry));
    const auto [owner, added] = owners_.emplace(entry.Scalar(), account.name);
    if (!added) teller_.Tell(entry, "'" + entry.Scalar() + "' is " + owner->second + "'s already");
  }
  if (node["voicemail"]) account.voicemail = node["voicemail"].as<bool>();
  return account;
}

void AccountReader::CheckName(const YAML::Node& name, const AccountSpec& account) {
  const std::string shown = account.name.substr(0, 80);
  if (account.kind == AccountKind::kTelephone) {
    if (!IsTelephone(account.name)) {
      teller_.Tell(name, "telephone '" + shown +
                             "'; its name is its number, expected '+' and 3 to 20 digits");
    }
    const auto [owner, added] = owners_.emplace(account.name, "a telephone");
    if (!added) teller_.Tell(name, "'" + shown + "' is " + owner->second + "'s already");
  } else if (!IsHostLabel(account.name) || IsReserved(account.name)) {
    teller_.Tell(name,
                 "account name '" + shown +
                     "'; expected at most 32 letters, digits, '-', '_' and '.', and none of the "
                     "scenario's own words");
  }
}

void AccountReader::CheckKeys(const YAML::Node& node, const AccountSpec& account) {
  const bool login = account.kind == AccountKind::kLogin;
  const std::string& kind = node["kind"].Scalar();
  const std::vector<std::string> allowed = KeysOf(account.kind);
  for (const auto& entry : node) {
    const std::string& key = entry.first.Scalar();
    const bool fits = allowed.empty()
                          ? key != "of" && key != "announcement"
                          : std::find(allowed.begin(), allowed.end(), key) != allowed.end();
    if (fits) continue;
    teller_.Tell(entry.first,
                 "'" + key + "' does not go with kind '" + kind + "'" +
                     (allowed.empty() ? "" : "; allowed: " + AllowedWords(key, allowed)));
  }
  if (login && (!node["of"] || !node["at"])) {
    teller_.Tell(node, "a login lacks the key '" + std::string(node["of"] ? "at" : "of") + "'");
  }
}

void AccountReader::ReadProfile(const YAML::Node& profile, AccountSpec& account) {
  for (const auto& entry : profile) {
    const std::string& name = entry.first.Scalar();
    const std::string& value = entry.second.Scalar();
    const peer::PropertyName* const property = peer::FindProperty(name);
    const std::string_view expected =
        property == nullptr ? "another property" : peer::WhyNotValue(*property, value);
    if (!expected.empty()) {
      teller_.Tell(entry.second,
                   fmt::format("{} is '{}'; expected {}", name, value.substr(0, 80), expected));
    }
    if (name == "fullname") {
      account.fullname = value;
    } else {
      account.profile.emplace_back(name, value);
    }
  }
}

int64_t AccountReader::MoneyOf(const YAML::Node& node) {
  return ParseMoney(node.Scalar()).value_or(0);  // fits the schema's pattern
}

void AccountReader::ReadCredit(const YAML::Node& credit, AccountSpec& account) {
  account.credit_micros = MoneyOf(credit["balance"]);
  if (credit["currency"]) account.currency = credit["currency"].Scalar();
}

std::string AccountReader::Number(const YAML::Node& node) {
  if (!IsTelephone(node.Scalar())) {
    teller_.Tell(node, "'" + node.Scalar().substr(0, 80) +
                           "' is no telephone number; expected '+' and 3 to 20 digits");
  }
  return node.Scalar();
}

void AccountReader::ReadOthers(const YAML::Node& node, AccountSpec& account) {
  if (node["of"]) {
    account.of = Member(node["of"]);
    if (const AccountSpec* const owner = Find(account.of)) account.password = owner->password;
  }
  if (node["forward"]) ReadForward(node["forward"], account);
  for (const YAML::Node& entry : node["buddies"]) {
    const bool number = peer::IsPhoneNumber(entry.Scalar());
    account.buddies.push_back(number ? entry.Scalar() : Member(entry));
    if (entry.Scalar() == account.name) {
      teller_.Tell(entry, "'" + account.name + "' is no buddy of itself");
    }
  }
  for (const YAML::Node& entry : node["blocked"]) account.blocked.push_back(Member(entry));
}

void AccountReader::ReadForward(const YAML::Node& forward, AccountSpec& account) {
  for (const YAML::Node& entry : forward["to"]) account.forward_to.push_back(Callable(entry));
  if (!forward["after"]) return;
  account.forward_after = teller_.DurationOf(forward["after"]);
  if (account.forward_after % std::chrono::seconds(1) != Duration::zero()) {
    teller_.Tell(forward["after"], "'" + forward["after"].Scalar() + "'; expected whole seconds");
  }
}

void AccountReader::ReadTelephony(const YAML::Node& community) {
  if (!community) return;
  CommunitySpec& spec = scenario_.community;
  if (const YAML::Node gateway = community["gateway"]) {
    spec.gateway = true;
    if (gateway["codecs"]) {
      spec.gateway_codecs = gateway["codecs"].as<std::vector<std::string>>();
    }
  }
  if (const YAML::Node proxy = community["proxy"]) {
    spec.proxy.emplace();
    spec.proxy->kind =
        proxy["kind"].Scalar() == "socks5" ? proxy::Kind::kSocks5 : proxy::Kind::kHttps;
    if (proxy["user"]) spec.proxy->user = proxy["user"].Scalar();
    if (proxy["password"]) spec.proxy->password = proxy["password"].Scalar();
  }
  if (!community["rates"]) return;
  spec.rates.clear();
  for (const auto& entry : community["rates"]) {
    const std::string& prefix = entry.first.Scalar();
    if (!prefix.starts_with('+') || prefix.size() > kMostRatePrefix ||
        prefix.find_first_not_of("0123456789", 1) != std::string::npos) {
      teller_.Tell(entry.first, "rates of '" + prefix.substr(0, 80) +
                                    "'; expected the beginning of telephone numbers, such as +44");
    }
    RateSpec rate{prefix, 0, 0};
    if (entry.second["connection"]) rate.connection_micros = MoneyOf(entry.second["connection"]);
    if (entry.second["minute"]) rate.minute_micros = MoneyOf(entry.second["minute"]);
    spec.rates.push_back(std::move(rate));
  }
}

const AccountSpec* AccountReader::Find(const std::string& name) const {
  for (const AccountSpec& account : scenario_.accounts) {
    if (account.name == name) return &account;
  }
  return nullptr;
}

std::vector<std::string> AccountReader::Names(bool acts) const {
  std::vector<std::string> names;
  for (const AccountSpec& account : scenario_.accounts) {
    if (!acts || account.acts()) names.push_back(account.name);
  }
  return names;
}

std::string AccountReader::Account(const YAML::Node& node, bool acts) {
  const std::string& name = node.Scalar();
  const AccountSpec* const account = Find(name);
  if (account == nullptr || (acts && !account->acts())) {
    const std::vector<std::string> known = Names(acts);
    teller_.Tell(node, std::string("no account '") + name + "'" +
                           (acts ? " with a desktop client (key 'at')" : "") +
                           (known.empty() ? "" : "; there is " + AllowedWords(name, known)));
  }
  return name;
}

std::string AccountReader::Callable(const YAML::Node& node) {
  if (peer::IsPhoneNumber(node.Scalar())) return node.Scalar();
  return Account(node, false);
}

std::string AccountReader::Member(const YAML::Node& node) {
  std::string name = Account(node, false);
  const AccountSpec* const account = Find(name);
  if (account != nullptr && account->kind >= AccountKind::kTelephone) {
    teller_.Tell(node, "'" + name + "' is no account of the network but a " +
                           kKinds[static_cast<size_t>(account->kind)] + " one");
  }
  return name;
}

}  // namespace sfa::conformance
