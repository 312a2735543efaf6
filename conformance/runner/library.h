// The repository's data: catalogue, schema and scenarios, read from its root.
#ifndef CONFORMANCE_RUNNER_LIBRARY_H_
#define CONFORMANCE_RUNNER_LIBRARY_H_

#include <optional>
#include <string>
#include <vector>

#include "conformance/catalogue/catalogue.h"
#include "conformance/scenario/loader.h"

namespace sfa::conformance {

class Library {
 public:
  // Nothing, with `errors`, when the data cannot be read or is broken.
  static std::optional<Library> Open(const std::string& source_root,
                                     std::vector<InputError>& errors);

  const Catalogue& catalogue() const { return catalogue_; }
  const std::string& root() const { return root_; }
  const Schema& schema() const { return schema_; }
  // Paths of all scenarios, sorted: the canonical order.
  std::vector<std::string> ScenarioFiles() const;
  // Those that such a target can run; also those that cannot be loaded.
  std::vector<std::string> ScenarioFilesFor(const std::string& target) const;
  // One file, `path` also naming it in messages.
  std::optional<Scenario> LoadFile(const std::string& path, std::vector<InputError>& errors) const;
  // One that is in no file; `name` stands for it in messages.
  std::optional<Scenario> LoadText(const std::string& name, const std::string& text,
                                   std::vector<InputError>& errors) const;

 private:
  Library(std::string root, Schema schema) : root_(std::move(root)), schema_(std::move(schema)) {}

  std::string root_;
  Schema schema_;
  Catalogue catalogue_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_RUNNER_LIBRARY_H_
