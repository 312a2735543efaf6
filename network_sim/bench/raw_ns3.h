// The yardstick: ns-3's own stack, as it comes.
#ifndef NETWORK_SIM_BENCH_RAW_NS3_H_
#define NETWORK_SIM_BENCH_RAW_NS3_H_

namespace sfa::sim {

// CPU time per delivered packet in nanoseconds: `packets` datagrams of 172 bytes (20 ms of G.711
// with an RTP header) between two nodes with the stock Internet stack over one bare point-to-point
// link. Building the two nodes is not counted. No Simulation may exist meanwhile.
double RawNs3CpuNanosecondsPerPacket(int packets);

// The same datagrams between two processes of our hosts, in two sites, through their links and the
// Internet.
double OurCpuNanosecondsPerPacket(int packets);

}  // namespace sfa::sim

#endif  // NETWORK_SIM_BENCH_RAW_NS3_H_
