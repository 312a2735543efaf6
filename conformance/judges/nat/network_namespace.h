// Network namespaces that a judge makes for itself. Everything in them ends with this program,
// however it ends: a namespace lives as long as its descriptor, a TUN or TAP interface as long as
// its own, and programs are killed with the thread that has started them.
#ifndef CONFORMANCE_JUDGES_NAT_NETWORK_NAMESPACE_H_
#define CONFORMANCE_JUDGES_NAT_NETWORK_NAMESPACE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/result.h"

namespace sfa::conformance {

// A program that runs beside this one; killed, with its process group, at the end.
class BesideProgram {
 public:
  BesideProgram(int pid, int output) : pid_(pid), output_(output) {}
  ~BesideProgram();
  BesideProgram(const BesideProgram&) = delete;
  BesideProgram& operator=(const BesideProgram&) = delete;

  // Whether it has ended. Does not wait.
  bool Ended();
  // What it has printed so far, standard and error output. Does not wait.
  const std::string& Output();

 private:
  int pid_;
  int output_;
  std::string text_;
};

class NetworkNamespace {
 public:
  // An error says why this machine or user cannot.
  static Result<std::unique_ptr<NetworkNamespace>> Make();
  ~NetworkNamespace();
  NetworkNamespace(const NetworkNamespace&) = delete;
  NetworkNamespace& operator=(const NetworkNamespace&) = delete;

  // Runs `visit` on this thread, inside the namespace.
  void Inside(const std::function<void()>& visit) const;
  // The descriptor, to be closed by the caller, non-blocking, of a new interface.
  enum class Kind { kTun, kTap };
  Result<int> OpenInterface(const std::string& name, Kind kind) const;
  // A shell script, to its end; its error says what was printed.
  Status Run(const std::string& script) const;
  // Null when it could not be started.
  std::unique_ptr<BesideProgram> Start(const std::vector<std::string>& arguments) const;

 private:
  NetworkNamespace(int home, int there) : home_(home), there_(there) {}
  const int home_;
  const int there_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_JUDGES_NAT_NETWORK_NAMESPACE_H_
