// Skype Credit: who has how much, what calls to telephones cost, and what has been settled. Whole
// millionths of the currency's unit throughout.
#ifndef FAKE_SKYPE_NETWORK_TILL_H_
#define FAKE_SKYPE_NETWORK_TILL_H_

#include <cstdint>
#include <optional>
#include <string>

#include "fake_skype_network/login_server.h"
#include "fake_skype_network/store.h"
#include "protocol/signalling.pb.h"

namespace sfa::community {

class Till {
 public:
  // 1,000 units for a minute. Below it no price of a call, however long, overflows.
  static constexpr int64_t kHighestRateMicros = 1'000'000'000;
  static constexpr size_t kMaxIdBytes = 64;  // of a settlement

  explicit Till(Store& store);

  void Replace(const std::string& user, const std::string& currency, int64_t micros);
  // Nothing when there is no such user.
  std::optional<int64_t> CreditOf(const std::string& user);
  std::string CurrencyOf(const std::string& user);
  // In cents, rounded down.
  static std::string ToCents(int64_t micros);

  // Rates below zero or above kHighestRateMicros are cut to that.
  void SetRate(Rate rate);
  // That of the longest prefix.
  std::optional<Rate> RateOf(const std::string& number);
  // A minute that has begun counts in full; what was not answered (0 s) costs nothing.
  static int64_t PriceOf(const Rate& rate, uint32_t seconds);

  // What `credit` is good for; nothing when it does not pay the first minute.
  static std::optional<wire::CallGrant> Grant(const Rate& rate, int64_t credit);
  // Once for each `id`; the price is taken in full, though the credit may not reach: calls at the
  // same time have all been granted the same credit.
  void Settle(const std::string& id, const std::string& user, int64_t price);

 private:
  Store& store_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_TILL_H_
