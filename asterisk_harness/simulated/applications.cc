#include "asterisk_harness/simulated/applications.h"

#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {

const Application* FindApplication(const std::string& name) {
  for (const Application* family : {kCallApplications, kFlowApplications, kMediaApplications,
                                    kDialApplications, kTalkApplications}) {
    for (; family->name != nullptr; ++family) {
      if (EqualsIgnoreCase(name, family->name)) return family;
    }
  }
  return nullptr;
}

}  // namespace sfa::harness
