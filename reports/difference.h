// What has changed between two runs.
#ifndef REPORTS_DIFFERENCE_H_
#define REPORTS_DIFFERENCE_H_

#include <string>
#include <vector>

#include "conformance/results/results.h"

namespace sfa::reports {

// One line for each requirement and scenario whose verdict differs or that only one run has:
// "SFA-1-05: pass -> fail", "scenario busy: not run -> pass". Then one for each channel and account
// of a scenario that both runs could run that behaved in another way, at the first place where it
// did: "scenario busy: channel Skype/james_bond-* #1, 4: Newstate Up -> Hangup 16". Empty when
// nothing has changed.
std::vector<std::string> Differences(const conformance::SuiteResult& before,
                                     const conformance::SuiteResult& after);

// What people have looked at and found to be in order: one line of Differences() a line, in which *
// stands for anything; # begins a comment.
class ReviewedDifferences {
 public:
  explicit ReviewedDifferences(const std::string& text);
  // Takes away what has been reviewed.
  std::vector<std::string> Without(const std::vector<std::string>& lines);
  // Lines of the list that no difference has needed.
  std::vector<std::string> Stale() const;

 private:
  struct Entry {
    std::string pattern;
    bool used = false;
  };
  std::vector<Entry> entries_;
};

}  // namespace sfa::reports

#endif  // REPORTS_DIFFERENCE_H_
