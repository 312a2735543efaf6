// What dialplan functions keep on a channel of any technology (pbx_port.h).
#ifndef REFERENCE_IMPL_CHAN_SKYPE_CHANNEL_STATE_H_
#define REFERENCE_IMPL_CHAN_SKYPE_CHANNEL_STATE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "chan_skype/buddy_book.h"
#include "chan_skype/pbx_port.h"
#include "runtime/mutex.h"

// Thread-safe; knows no core.
struct skype_channel_state {
 public:
  // Of the calls that the channel will dial. `property` is topic or token.
  void SetCallProperty(const std::string& property, const std::string& value);
  // Nothing when it was never set.
  std::optional<std::string> CallProperty(const std::string& property) const;

  // Begins an enumeration; "" when the channel has begun too many.
  std::string Enumerate(std::shared_ptr<const sfa::skype::Buddies> list);
  // The next one of that enumeration; null after the last. False when there is no such one.
  bool Next(const std::string& id, std::optional<sfa::skype::Buddy>* buddy);

 private:
  struct Enumeration {
    std::shared_ptr<const sfa::skype::Buddies> list;  // null after the last one
    size_t next = 0;
  };
  mutable sfa::Mutex mutex_;
  std::map<std::string, std::string> call_properties_;
  std::map<std::string, Enumeration> enumerations_;  // by id
};

#endif  // REFERENCE_IMPL_CHAN_SKYPE_CHANNEL_STATE_H_
