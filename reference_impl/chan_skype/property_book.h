// What an account knows of itself, as the driver has heard it last, with what has been written and
// not been answered yet.
//
// No lock of its own: the core's snapshot lock covers it.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_PROPERTY_BOOK_H_
#define REFERENCE_IMPL_CHAN_SKYPE_PROPERTY_BOOK_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "protocol/signalling.pb.h"

namespace sfa::skype {

using PropertyValues = std::vector<std::pair<std::string, std::string>>;

// Invariant: a property reads as what was written to it last, until that is settled; from then on
// as the network has it.
class PropertyBook {
 public:
  // The network's word: all properties of the account.
  void Confirm(const wire::AccountState& state);
  // Numbers what is written, for Settle().
  uint64_t Write(const PropertyValues& values);
  // The network has taken it or refused it.
  void Settle(uint64_t write);
  // Nothing is known any more.
  void Clear();

  // Whether the network has spoken since the last Clear().
  bool known() const { return known_; }
  // "" when it is empty or not known.
  std::string Read(const std::string& property) const;

 private:
  struct Written {
    uint64_t write;
    std::string value;
  };
  bool known_ = false;
  uint64_t last_write_ = 0;
  std::map<std::string, std::string> confirmed_;
  std::map<std::string, Written> written_;
};

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_PROPERTY_BOOK_H_
