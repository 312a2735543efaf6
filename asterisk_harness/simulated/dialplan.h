// extensions.conf: contexts, extensions with patterns, priorities with labels, includes, hints.
#ifndef ASTERISK_HARNESS_SIMULATED_DIALPLAN_H_
#define ASTERISK_HARNESS_SIMULATED_DIALPLAN_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "asterisk_harness/simulated/configuration_file.h"

namespace sfa::harness {

struct DialplanStep {
  std::string application;
  std::string data;
  std::string label;
  std::string file;
  int line = 0;
};

struct DialplanExtension {
  std::string name;       // as written, "_" of a pattern included, without the caller's number
  std::string caller_id;  // "" for any
  std::map<int, DialplanStep> steps;
  std::string hint;
};

struct DialplanContext {
  std::string name;
  std::vector<DialplanExtension> extensions;  // in the order in which they are tried
  std::vector<std::string> includes;
};

// Whether `pattern` ("007", "_1XX.") takes the dialled `exten`.
bool ExtensionMatches(const std::string& pattern, const std::string& exten);

class Dialplan {
 public:
  Dialplan() = default;
  // Lines of extensions.conf. What Asterisk would only warn about goes into warnings().
  explicit Dialplan(const Configuration& configuration);

  // The step for a channel at that place, nullptr when there is none. Includes are followed.
  const DialplanStep* Find(const std::string& context, const std::string& exten, int priority,
                           const std::string& caller_id) const;
  // The hint of that extension, nullptr when there is none. Includes are followed.
  const std::string* FindHint(const std::string& context, const std::string& exten) const;
  // The priority of a label, 0 when there is none.
  int FindLabel(const std::string& context, const std::string& exten, const std::string& label,
                const std::string& caller_id) const;
  bool HasContext(const std::string& context) const { return contexts_.count(context) > 0; }
  const std::map<std::string, DialplanContext>& contexts() const { return contexts_; }
  const std::vector<std::pair<std::string, std::string>>& globals() const { return globals_; }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void AddExtension(const ConfigurationLine& line, DialplanContext* context);
  void AddSame(const ConfigurationLine& line, DialplanContext* context);
  void AddStep(const ConfigurationLine& line, DialplanExtension* extension,
               const std::string& priority, const std::string& application);
  void Collect(const std::string& context, const std::string& exten, const std::string& caller_id,
               std::set<std::string>* seen, std::vector<const DialplanExtension*>* found) const;

  std::map<std::string, DialplanContext> contexts_;
  std::vector<std::pair<std::string, std::string>> globals_;
  std::vector<std::string> warnings_;
  size_t last_extension_ = static_cast<size_t>(-1);
  int last_priority_ = 0;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_DIALPLAN_H_
