// Worker processes of the platform itself, and the processor time that it has used.
#ifndef CONFORMANCE_HOST_CHILDREN_H_
#define CONFORMANCE_HOST_CHILDREN_H_

#include <functional>
#include <string>
#include <vector>

namespace sfa::conformance {

struct ChildResult {
  int exit_code = -1;  // -1 when it could not be started or was killed
  std::string output;  // its standard output
};

// Runs a program, `arguments[0]` being its path, to its end, and keeps what it prints. Its error
// output goes where ours goes.
ChildResult RunChild(const std::vector<std::string>& arguments);

// Runs each of `jobs` by RunChild(), at most `parallel` at a time; `done` gets the job's number and
// its result, in the order in which they end.
void RunChildren(const std::vector<std::vector<std::string>>& jobs, int parallel,
                 const std::function<void(size_t job, ChildResult result)>& done);

// For a worker: this process is killed when the thread that has started it ends, however it ends.
void EndWithParent();

// User and system time of this process, in seconds.
double CpuSeconds();

// How many processes can run at the same time.
int Processors();

// Whether a person watches the error output.
bool IsTerminal();
// The same for standard output.
bool OutputIsTerminal();

// The path of the running program.
std::string OwnPath();

// The process that the kernel says is the parent; 0 when there is none.
int ParentOf(int pid);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_HOST_CHILDREN_H_
