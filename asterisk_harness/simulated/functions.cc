#include "asterisk_harness/simulated/functions.h"

#include "asterisk_harness/simulated/function_table.h"
#include "asterisk_harness/simulated/pbx_core.h"

namespace sfa::harness {
namespace {

const Function* Find(const std::string& name) {
  for (const Function* family : {kChannelFunctions, kTextFunctions, kStateFunctions}) {
    for (; family->name != nullptr; ++family) {
      if (name == family->name) return family;
    }
  }
  return nullptr;
}

}  // namespace

bool HasFunction(const PbxCore& core, const std::string& name) {
  return Find(name) != nullptr || core.functions.count(name) > 0;
}

std::string ReadFunction(PbxCore& core, Channel* channel, const std::string& name,
                         const std::string& arguments) {
  const auto of_module = core.functions.find(name);
  if (of_module != core.functions.end()) return of_module->second.read(channel, arguments);
  const Function* const function = Find(name);
  if (function == nullptr) {
    core.Log("ERROR", "Function " + name + " not registered");
    return "";
  }
  if (function->read == nullptr) {
    core.Log("ERROR", "Function " + name + " cannot be read");
    return "";
  }
  return function->read({core, channel, arguments});
}

bool WriteFunction(PbxCore& core, Channel* channel, const std::string& name,
                   const std::string& arguments, const std::string& value) {
  const auto of_module = core.functions.find(name);
  if (of_module != core.functions.end()) {
    return of_module->second.write(channel, arguments, value);
  }
  const Function* const function = Find(name);
  if (function == nullptr) {
    core.Log("ERROR", "Function " + name + " not registered");
    return false;
  }
  if (function->write == nullptr) {
    core.Log("ERROR", "Function " + name + " cannot be written to");
    return false;
  }
  return function->write({core, channel, arguments}, value);
}

}  // namespace sfa::harness
