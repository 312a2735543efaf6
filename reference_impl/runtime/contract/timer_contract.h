// Clocks, timers and posted tasks; part of runtime_contract.h.
#ifndef REFERENCE_IMPL_RUNTIME_CONTRACT_TIMER_CONTRACT_H_
#define REFERENCE_IMPL_RUNTIME_CONTRACT_TIMER_CONTRACT_H_

#include "runtime/contract/contract_fixture.h"

namespace sfa::contract {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_P(RuntimeContract, TimerRunsOnceAndNeverBeforeItsTime) {
  int runs = 0;
  MonotonicTime ran_at;
  auto timer = a().NewTimer([&] {
    ++runs;
    ran_at = a().Now();
  });
  EXPECT_FALSE(timer->running());
  const MonotonicTime due = a().Now() + milliseconds(20);
  timer->StartAt(due);
  EXPECT_TRUE(timer->running());
  EXPECT_EQ(runs, 0);
  ASSERT_TRUE(RunUntil([&] { return runs > 0; }));
  EXPECT_GE(ran_at, due);
  EXPECT_FALSE(timer->running());

  bool later = false;
  auto witness = a().NewTimer([&] { later = true; });
  witness->Start(milliseconds(30));
  ASSERT_TRUE(RunUntil([&] { return later; }));
  EXPECT_EQ(runs, 1);
}

TEST_P(RuntimeContract, TimersRunInTheOrderOfTheirTimes) {
  std::string order;
  auto third = a().NewTimer([&] { order += '3'; });
  auto first = a().NewTimer([&] { order += '1'; });
  auto second = a().NewTimer([&] { order += '2'; });
  const MonotonicTime start = a().Now();
  third->StartAt(start + milliseconds(9));
  first->StartAt(start + milliseconds(3));
  second->StartAt(start + milliseconds(6));
  ASSERT_TRUE(RunUntil([&] { return order.size() == 3; }));
  EXPECT_EQ(order, "123");
}

TEST_P(RuntimeContract, TimersDueAtTheSameInstantRunInTheOrderOfTheirStarts) {
  std::string order;
  std::vector<std::unique_ptr<Timer>> timers;
  for (char name = 'a'; name <= 'p'; ++name) {
    timers.push_back(a().NewTimer([&order, name] { order += name; }));
  }
  const MonotonicTime due = a().Now() + milliseconds(10);
  for (size_t i = timers.size(); i > 0; --i) timers[i - 1]->StartAt(due);
  timers[7]->StartAt(due);  // started anew: 'h' is now the last
  ASSERT_TRUE(RunUntil([&] { return order.size() == timers.size(); }));
  EXPECT_EQ(order, "ponmlkjigfedcbah");
}

TEST_P(RuntimeContract, ATimeInThePastRunsSoonButNotInsideStart) {
  bool ran = false;
  auto timer = a().NewTimer([&] { ran = true; });
  timer->StartAt(a().Now() - seconds(1));
  EXPECT_FALSE(ran);
  ASSERT_TRUE(RunUntil([&] { return ran; }));
  ran = false;
  timer->Start(Duration::zero());
  EXPECT_FALSE(ran);
  ASSERT_TRUE(RunUntil([&] { return ran; }));
}

TEST_P(RuntimeContract, StartReplacesTheEarlierStart) {
  int runs = 0;
  auto timer = a().NewTimer([&] { ++runs; });
  timer->Start(milliseconds(2));
  const MonotonicTime due = a().Now() + milliseconds(40);
  timer->StartAt(due);
  ASSERT_TRUE(RunUntil([&] { return runs > 0; }));
  EXPECT_GE(a().Now(), due);

  timer->Start(std::chrono::hours(24));
  timer->Start(milliseconds(1));
  ASSERT_TRUE(RunUntil([&] { return runs == 2; }));
  EXPECT_FALSE(timer->running());
}

TEST_P(RuntimeContract, CancelledAndDestroyedTimersDoNotRun) {
  int runs = 0;
  auto cancelled = a().NewTimer([&] { ++runs; });
  auto destroyed = a().NewTimer([&] { ++runs; });
  cancelled->Start(milliseconds(5));
  destroyed->Start(milliseconds(5));
  cancelled->Cancel();
  EXPECT_FALSE(cancelled->running());
  destroyed.reset();
  bool later = false;
  auto witness = a().NewTimer([&] { later = true; });
  witness->Start(milliseconds(20));
  ASSERT_TRUE(RunUntil([&] { return later; }));
  EXPECT_EQ(runs, 0);

  cancelled->Start(milliseconds(1));  // a cancelled timer can be used again
  ASSERT_TRUE(RunUntil([&] { return runs == 1; }));
}

TEST_P(RuntimeContract, CancellingReachesATimerThatIsDueAtTheSameInstant) {
  int runs = 0;
  auto cancelled = a().NewTimer([&] { ++runs; });
  auto destroyed = a().NewTimer([&] { ++runs; });
  auto moved = a().NewTimer([&] { runs += 100; });
  auto canceller = a().NewTimer([&] {
    cancelled->Cancel();
    destroyed.reset();
    moved->Start(milliseconds(10));
  });
  const MonotonicTime due = a().Now() + milliseconds(5);
  for (Timer* timer : {canceller.get(), cancelled.get(), destroyed.get(), moved.get()}) {
    timer->StartAt(due);
  }
  ASSERT_TRUE(RunUntil([&] { return runs >= 100; }));
  EXPECT_EQ(runs, 100);
  EXPECT_GE(a().Now(), due + milliseconds(10));
}

TEST_P(RuntimeContract, ATaskMayRestartItsTimer) {
  int runs = 0;
  std::unique_ptr<Timer> timer;
  timer = a().NewTimer([&] {
    EXPECT_FALSE(timer->running());
    if (++runs < 5) timer->Start(milliseconds(1));
  });
  timer->Start(milliseconds(1));
  ASSERT_TRUE(RunUntil([&] { return runs == 5; }));
  EXPECT_FALSE(timer->running());
}

TEST_P(RuntimeContract, ATaskMayDestroyItsTimer) {
  bool ran = false;
  std::unique_ptr<Timer> timer;
  const auto witness = std::make_shared<int>(1);  // the task's captures must survive its call
  timer = a().NewTimer([&, witness] {
    timer.reset();
    ran = true;
    EXPECT_EQ(*witness, 1);
  });
  timer->Start(milliseconds(1));
  ASSERT_TRUE(RunUntil([&] { return ran; }));
  EXPECT_EQ(witness.use_count(), 1);
}

TEST_P(RuntimeContract, PostedTasksRunInOrderAndNeverInsidePost) {
  std::string order;
  a().Post([&] {
    order += '1';
    a().Post([&] { order += '4'; });
    order += '2';
  });
  a().Post([&] { order += '3'; });
  EXPECT_EQ(order, "");
  ASSERT_TRUE(RunUntil([&] { return order.size() == 4; }));
  EXPECT_EQ(order, "1234");
}

TEST_P(RuntimeContract, ATimerRestartedForNowDoesNotKeepOthersFromRunning) {
  bool done = false;
  std::unique_ptr<Timer> busy;
  busy = a().NewTimer([&] {
    if (!done) busy->Start(milliseconds(1) / 1000);
  });
  busy->Start(Duration::zero());
  StreamNotes unused;
  UdpNotes notes;
  auto socket = std::move(*a().OpenUdp({bed_->address_a(), 0}, notes));
  ASSERT_TRUE(socket->Send(socket->local(), AsBytes("through")).ok());
  ASSERT_TRUE(RunUntil([&] { return !notes.datagrams.empty(); }));
  done = true;
}

TEST_P(RuntimeContract, ClocksRunForward) {
  const MonotonicTime monotonic = a().Now();
  const WallTime wall = a().WallNow();
  bool ran = false;
  auto timer = a().NewTimer([&] { ran = true; });
  timer->Start(milliseconds(20));
  ASSERT_TRUE(RunUntil([&] { return ran; }));
  EXPECT_GE(a().Now() - monotonic, milliseconds(20));
  // The wall clock may be set while the test runs; it is looked at for its unit only.
  EXPECT_LT(a().WallNow() - wall, std::chrono::hours(1));
  EXPECT_GT(wall, WallTime(std::chrono::hours(24) * 365 * 35)) << "not a date since 1970";
}

TEST_P(RuntimeContract, RandomBytesDifferBetweenProcesses) {
  const auto one = a().random().Bytes<32>();
  const auto two = a().random().Bytes<32>();
  const auto other = b().random().Bytes<32>();
  EXPECT_NE(one, two);
  EXPECT_NE(one, other);
  for (int i = 0; i < 100; ++i) EXPECT_LT(a().random().Below(7), 7u);
}

TEST_P(RuntimeContract, AnInterfaceCarriesTheHostsAddress) {
  bool found = false;
  for (const NetworkInterface& device : a().NetworkInterfaces()) {
    EXPECT_FALSE(device.name.empty());
    for (const Ipv4Address address : device.addresses) {
      // All of 127.0.0.0/8 belongs to the loopback device, though it names one address only.
      found |= address == bed_->address_a() ||
               (address.is_loopback() && bed_->address_a().is_loopback());
    }
  }
  EXPECT_TRUE(found);
}

}  // namespace sfa::contract

#endif  // REFERENCE_IMPL_RUNTIME_CONTRACT_TIMER_CONTRACT_H_
