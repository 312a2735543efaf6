// The folder in which a lab leaves what its users need, and by which it is found: a lock that it
// holds as long as it runs, how to reach it, its log.
#ifndef CONFORMANCE_COMMAND_LINE_LAB_DIRECTORY_H_
#define CONFORMANCE_COMMAND_LINE_LAB_DIRECTORY_H_

#include <string>

#include "runtime/result.h"
#include "runtime/time.h"

namespace sfa::conformance {

class LabDirectory {
 public:
  // Made absolute.
  explicit LabDirectory(const std::string& path);

  enum class State {
    kNone,     // no lab has been here
    kRunning,  // one holds the lock: it runs, starts or ends
    kLeft,     // one has left its files: it was killed, or has ended by itself
  };
  State Look() const;

  // Makes the folder when it is missing, and takes the lock; the descriptor holds it, in whatever
  // process. kExists when a lab has it.
  Result<int> Lock() const;
  // Waits until nobody holds it; false when somebody still does after `at_most`.
  bool WaitUntilFree(Duration at_most) const;
  // What whoever has the lock says about itself, in the lock's file.
  Status WriteOwner(const std::string& text) const;
  std::string ReadOwner() const;

  const std::string& path() const { return path_; }
  std::string doors() const { return path_ + "/lab.json"; }
  std::string log() const { return path_ + "/lab.log"; }
  // Removes the lab's files, and the folder when it is empty and `made_by_lab`.
  void Remove(bool made_by_lab) const;

 private:
  std::string lock() const { return path_ + "/lab.lock"; }

  std::string path_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_COMMAND_LINE_LAB_DIRECTORY_H_
