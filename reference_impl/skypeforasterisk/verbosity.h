// What the engine's log tells, and of which accounts ("skype set debug", "skype set vedebug").
#ifndef REFERENCE_IMPL_SKYPEFORASTERISK_VERBOSITY_H_
#define REFERENCE_IMPL_SKYPEFORASTERISK_VERBOSITY_H_

#include <set>
#include <string>

namespace sfa::engine {

class Verbosity {
 public:
  // Of all accounts, or of one more or less; "all off" means that one as well.
  void Set(const std::string& account, bool voice, bool on) {
    (voice ? voice_ : debug_).Set(account, on);
  }
  // Signalling, step by step.
  bool debugs(const std::string& account) const { return debug_.Has(account); }
  // The voice engine's figures.
  bool tells_voice(const std::string& account) const { return voice_.Has(account); }
  bool tells_any_voice() const { return voice_.all || !voice_.accounts.empty(); }

 private:
  struct Some {
    void Set(const std::string& account, bool on) {
      if (account.empty()) {
        all = on;
        accounts.clear();
      } else if (on) {
        accounts.insert(account);
      } else {
        accounts.erase(account);
      }
    }
    bool Has(const std::string& account) const { return all || accounts.count(account) > 0; }
    bool all = false;
    std::set<std::string> accounts;
  };
  Some debug_, voice_;
};

}  // namespace sfa::engine

#endif  // REFERENCE_IMPL_SKYPEFORASTERISK_VERBOSITY_H_
