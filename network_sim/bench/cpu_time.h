// The CPU time that this process has used.
#ifndef NETWORK_SIM_BENCH_CPU_TIME_H_
#define NETWORK_SIM_BENCH_CPU_TIME_H_

#include <ctime>

namespace sfa::sim {

inline double CpuNanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

}  // namespace sfa::sim

#endif  // NETWORK_SIM_BENCH_CPU_TIME_H_
