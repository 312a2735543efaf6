// What of the catalogue no scenario looks at.
#ifndef CONFORMANCE_CATALOGUE_COVERAGE_H_
#define CONFORMANCE_CATALOGUE_COVERAGE_H_

#include <set>
#include <string>
#include <vector>

#include "conformance/catalogue/catalogue.h"
#include "conformance/results/results.h"

namespace sfa::conformance {

// The requirements that are not among `judged`, in the catalogue's order.
std::vector<MissingScenario> WithoutScenario(const Catalogue& catalogue,
                                             const std::set<std::string>& judged);

// For a person, a paragraph for each chapter that lacks something, in lines of at most 100 columns:
//   "  chapter 3: 5 of 120: 3.1-03, 3.1-12 to 15"
// Of identifiers in a row that have one section, the first and the last are told.
std::vector<std::string> MissingByChapter(const std::vector<MissingScenario>& missing,
                                          const Catalogue& catalogue);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_CATALOGUE_COVERAGE_H_
