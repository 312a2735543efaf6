#include "fake_skype_network/till.h"

#include <algorithm>
#include <limits>

namespace sfa::community {
namespace {

constexpr int64_t kMicrosPerCent = 10'000;

int64_t MinutesBegun(uint32_t seconds) { return (int64_t{seconds} + 59) / 60; }

}  // namespace

Till::Till(Store& store) : store_(store) {
  store_.Run(
      "CREATE TABLE IF NOT EXISTS credit (user TEXT PRIMARY KEY, currency TEXT NOT NULL,"
      " micros INTEGER NOT NULL) WITHOUT ROWID");
  store_.Run(
      "CREATE TABLE IF NOT EXISTS rate (prefix TEXT PRIMARY KEY, connection INTEGER NOT NULL,"
      " minute INTEGER NOT NULL) WITHOUT ROWID");
  store_.Run("CREATE TABLE IF NOT EXISTS settled (id BLOB PRIMARY KEY) WITHOUT ROWID");
}

void Till::Replace(const std::string& user, const std::string& currency, int64_t micros) {
  store_.Run("INSERT OR REPLACE INTO credit VALUES (?, ?, ?)", user, currency, micros);
}

std::optional<int64_t> Till::CreditOf(const std::string& user) {
  return store_.NumberOf("SELECT micros FROM credit WHERE user = ?", user);
}

std::string Till::CurrencyOf(const std::string& user) {
  Query query = store_.Ask("SELECT currency FROM credit WHERE user = ?", user);
  return query.Next() ? query.Text(0) : "";
}

std::string Till::ToCents(int64_t micros) {
  int64_t cents = micros / kMicrosPerCent;
  if (micros % kMicrosPerCent < 0) --cents;
  return std::to_string(cents);
}

void Till::SetRate(Rate rate) {
  rate.connection_micros = std::clamp<int64_t>(rate.connection_micros, 0, kHighestRateMicros);
  rate.minute_micros = std::clamp<int64_t>(rate.minute_micros, 0, kHighestRateMicros);
  store_.Run("INSERT OR REPLACE INTO rate VALUES (?, ?, ?)", rate.prefix, rate.connection_micros,
             rate.minute_micros);
}

std::optional<Rate> Till::RateOf(const std::string& number) {
  Query query = store_.Ask(
      "SELECT prefix, connection, minute FROM rate WHERE substr(?, 1, length(prefix)) = prefix"
      " ORDER BY length(prefix) DESC LIMIT 1",
      number);
  if (!query.Next()) return {};
  return Rate{query.Text(0), query.Number(1), query.Number(2)};
}

int64_t Till::PriceOf(const Rate& rate, uint32_t seconds) {
  if (seconds == 0) return 0;
  return rate.connection_micros + MinutesBegun(seconds) * rate.minute_micros;
}

std::optional<wire::CallGrant> Till::Grant(const Rate& rate, int64_t credit) {
  if (PriceOf(rate, 1) > std::max<int64_t>(credit, 0)) return {};
  wire::CallGrant grant;
  grant.set_connection_micros(rate.connection_micros);
  grant.set_minute_micros(rate.minute_micros);
  if (rate.minute_micros > 0) {
    const int64_t seconds = (credit - rate.connection_micros) / rate.minute_micros * 60;
    grant.set_longest_seconds(
        static_cast<uint32_t>(std::min<int64_t>(seconds, std::numeric_limits<uint32_t>::max())));
  }
  return grant;
}

void Till::Settle(const std::string& id, const std::string& user, int64_t price) {
  if (store_.Has("SELECT 1 FROM settled WHERE id = ?", Blob{id})) return;
  store_.Run("INSERT INTO settled VALUES (?)", Blob{id});
  store_.Run("UPDATE credit SET micros = micros - ? WHERE user = ?", price, user);
}

}  // namespace sfa::community
