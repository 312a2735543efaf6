#include "asterisk_harness/simulated/driver_functions.h"

#include <array>

namespace sfa::harness {
namespace {

// As much as Asterisk gives a function to write into.
constexpr size_t kMostValueBytes = 4096;

skype_function_place PlaceOf(const DriverInUse& driver, Channel* channel) {
  skype_function_place place{};
  if (channel == nullptr) return place;
  if (channel->driver_state == nullptr && driver.table->state_new != nullptr) {
    // What is kept on a channel is freed by the module, which must stay as long.
    if (skype_channel_state* const state = driver.table->state_new(); state != nullptr) {
      driver.count(1);
      channel->driver_state.reset(state, [&driver](skype_channel_state* kept) {
        driver.table->state_free(kept);
        driver.count(-1);
      });
    }
  }
  if (channel->has_tech()) place.call = channel->tech().skype_call();
  place.state = channel->driver_state.get();
  return place;
}

}  // namespace

bool ReadDriverFunction(const DriverInUse& driver, Channel* channel, const std::string& function,
                        const std::string& arguments, std::string* value) {
  value->clear();
  if (driver.core == nullptr || driver.table->function_read == nullptr) return false;
  const skype_function_place place = PlaceOf(driver, channel);
  std::array<char, kMostValueBytes> text{};
  const int result = driver.table->function_read(driver.core, &place, function.c_str(),
                                                 arguments.c_str(), text.data(), text.size());
  text.back() = '\0';
  if (result == 0) *value = text.data();
  return result == 0;
}

bool WriteDriverFunction(const DriverInUse& driver, Channel* channel, const std::string& function,
                         const std::string& arguments, const std::string& value) {
  if (driver.core == nullptr || driver.table->function_write == nullptr) return false;
  const skype_function_place place = PlaceOf(driver, channel);
  return driver.table->function_write(driver.core, &place, function.c_str(), arguments.c_str(),
                                      value.c_str()) == 0;
}

void RegisterDriverFunctions(PbxCore& core, const DriverInUse& driver) {
  if (driver.table->functions == nullptr) return;
  for (const char* const* name = driver.table->functions(); *name != nullptr; ++name) {
    const std::string function = *name;
    core.functions[function] = {
        [&driver, function](Channel* channel, const std::string& arguments) {
          std::string value;
          ReadDriverFunction(driver, channel, function, arguments, &value);
          return value;
        },
        [&driver, function](Channel* channel, const std::string& arguments,
                            const std::string& value) {
          return WriteDriverFunction(driver, channel, function, arguments, value);
        }};
  }
}

void UnregisterDriverFunctions(PbxCore& core, const DriverInUse& driver) {
  if (driver.table->functions == nullptr) return;
  for (const char* const* name = driver.table->functions(); *name != nullptr; ++name) {
    core.functions.erase(*name);
  }
}

}  // namespace sfa::harness
