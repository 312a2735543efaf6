// The contract of a Runtime's clocks, timers, UDP and TCP as one suite; see test_bed.h for how to
// run it against an implementation. Files and processes have suites of their own:
// files_contract.h, processes_contract.h.
#ifndef REFERENCE_IMPL_RUNTIME_CONTRACT_RUNTIME_CONTRACT_H_
#define REFERENCE_IMPL_RUNTIME_CONTRACT_RUNTIME_CONTRACT_H_

#include "runtime/contract/stream_contract.h"
#include "runtime/contract/tcp_errors_contract.h"
#include "runtime/contract/timer_contract.h"
#include "runtime/contract/udp_contract.h"

#endif  // REFERENCE_IMPL_RUNTIME_CONTRACT_RUNTIME_CONTRACT_H_
