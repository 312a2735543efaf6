// The calls of a round, twenty at a time, and what else a driver is asked meanwhile.
#ifndef CONFORMANCE_REAL_ASTERISK_ROUND_CALLS_H_
#define CONFORMANCE_REAL_ASTERISK_ROUND_CALLS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "conformance/real_asterisk/laboratory.h"

namespace sfa::conformance {

// How calls have ended.
struct CallCounts {
  size_t incoming = 0;   // answered by the dialplan
  size_t outgoing = 0;   // answered by the person
  size_t refused = 0;    // the person is busy
  size_t cancelled = 0;  // given up before an answer
  size_t plain = 0;      // without Skype, in the control run
  size_t all() const { return incoming + outgoing + refused + cancelled + plain; }
};

class RoundCalls {
 public:
  static constexpr size_t kAtOnce = 20;

  // For both kinds of run. The modules are loaded by hand only.
  static AsteriskSpec Asterisk(const std::string& source_root);
  static std::vector<AccountSpec> Accounts();

  // The Laboratory has been made of these and outlives it.
  explicit RoundCalls(Laboratory& laboratory) : laboratory_(laboratory) {}

  // kAtOnce calls through Skype, with functions, digits, texts, presence, manager actions and
  // console commands; returns when all is over and every licensed channel is free. "" or what went
  // wrong. Forgets what the Laboratory has seen before.
  std::string Call();
  // As many calls without Skype, on an Asterisk without the modules.
  std::string CallWithoutSkype();

  const CallCounts& counts() const { return counts_; }

 private:
  // Since the beginning of the latest calls.
  struct Seen {
    CallCounts ended;
    size_t skype_hangups = 0, local_hangups = 0;
    size_t texts_in = 0, texts_out = 0;
  };

  void Begin();
  void ReadOn();
  std::string Originate(const std::string& destination);
  std::string Do(const std::string& person, const std::string& verb, const std::string& argument,
                 const Fields& details = {});
  std::string AskForEverything();
  std::string Expect(const Fields& action);
  bool NobodyCalls();
  std::string WaitUntilOver(size_t skype_hangups, size_t local_hangups, size_t texts_in,
                            size_t texts_out);

  Laboratory& laboratory_;
  CallCounts counts_;
  Seen seen_;
  size_t read_ = 0;  // of the Laboratory's events
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_REAL_ASTERISK_ROUND_CALLS_H_
