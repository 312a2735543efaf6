// A driver that reads functions as it should and then changes what it has read.
#ifndef CONFORMANCE_NONCONFORMING_MISREADER_H_
#define CONFORMANCE_NONCONFORMING_MISREADER_H_

#include <string>

#include "conformance/nonconforming/spoiler.h"

namespace sfa::conformance {

class Misreader : public Spoiler {
 public:
  int OnFunctionRead(const std::string& function, const std::string& arguments, std::string& value,
                     const FunctionReader& read) final {
    const int result = read(arguments, value);
    Misread(function, arguments, value);
    return result;
  }

 protected:
  virtual void Misread(const std::string& function, const std::string& arguments,
                       std::string& value) = 0;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_NONCONFORMING_MISREADER_H_
