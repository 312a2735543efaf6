// How a simulated process dies as SIGKILL kills: without a last word.
#ifndef REFERENCE_IMPL_RUNTIME_SEVERABLE_H_
#define REFERENCE_IMPL_RUNTIME_SEVERABLE_H_

namespace sfa {

// Implemented by runtimes of simulated processes, beside Runtime; whoever kills asks for it with
// dynamic_cast. What is deployed is killed by its operating system.
class Severable {
 public:
  virtual ~Severable() = default;
  // From now on the process is dead for everybody else: its streams are reset, its ports are free,
  // none of its timers, posted tasks or handlers runs any more, nothing is sent. What was made from
  // the runtime stays valid to be called, without effect, and to be destroyed. May be called from
  // inside a callback of the process; a second call does nothing.
  virtual void Sever() = 0;
};

}  // namespace sfa

#endif  // REFERENCE_IMPL_RUNTIME_SEVERABLE_H_
