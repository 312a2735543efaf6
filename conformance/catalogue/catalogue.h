// The requirements of the product, by section of its manual: what the verdicts are about.
#ifndef CONFORMANCE_CATALOGUE_CATALOGUE_H_
#define CONFORMANCE_CATALOGUE_CATALOGUE_H_

#include <string>
#include <utility>
#include <vector>

#include "conformance/scenario/input_error.h"

namespace sfa::conformance {

struct Requirement {
  Place place;
  std::string id;                    // "SFA-3.2.2-01": section, number; "SFA-X-01": an extension
  std::string clause;                // "L380": a line of the manual; "R29": one of the readings
  std::string origin;                // of an extension: where it was seen, or "decided here"
  std::string statement;             // in our own words
  std::string kind;                  // "mandatory", "conditional", "informative", "extension"
  std::string condition;             // of a conditional one
  std::string observed;              // by which observer, and how
  std::vector<std::string> targets;  // "sim", "asterisk-22", "asterisk-16"
};

class Catalogue {
 public:
  // Reads one chapter's text; mistakes are added to `errors`. Chapters are added in order.
  void AddChapter(const std::string& file, const std::string& text,
                  std::vector<InputError>& errors);

  const std::vector<Requirement>& requirements() const { return requirements_; }
  const Requirement* Find(const std::string& id) const;
  std::vector<std::string> ids() const;

 private:
  std::vector<Requirement> requirements_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_CATALOGUE_CATALOGUE_H_
