#include "runtime/posix/timer_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace sfa::posix {
namespace {

MonotonicTime At(int64_t nanoseconds) { return MonotonicTime(Duration(nanoseconds)); }

class TimerQueueTest : public testing::Test {
 protected:
  MonotonicTime now_ = At(0);
  int rescheduled_ = 0;
  TimerQueue queue_{[this] { return now_; }, [this] { ++rescheduled_; }};
};

// A thousand timers, started, moved and cancelled by a fixed rule, against a sorted list.
TEST_F(TimerQueueTest, RunsInTheOrderOfASortedList) {
  std::vector<size_t> order;
  std::vector<std::unique_ptr<Timer>> timers;
  for (size_t i = 0; i < 1000; ++i) {
    timers.push_back(queue_.NewTimer([&order, i] { order.push_back(i); }));
  }
  struct Start {
    int64_t when;
    uint64_t start;
    size_t timer;
  };
  std::vector<Start> expected;
  uint32_t state = 1;
  for (uint64_t step = 0; step < 5000; ++step) {
    state = state * 1664525u + 1013904223u;
    const size_t timer = (state >> 8) % timers.size();
    const int64_t when = state >> 24;
    expected.erase(std::remove_if(expected.begin(), expected.end(),
                                  [&](const Start& start) { return start.timer == timer; }),
                   expected.end());
    if (step % 5 == 0) {
      timers[timer]->Cancel();
    } else {
      timers[timer]->StartAt(At(when));
      expected.push_back({when, step, timer});
    }
  }
  std::sort(expected.begin(), expected.end(), [](const Start& a, const Start& b) {
    return std::pair(a.when, a.start) < std::pair(b.when, b.start);
  });
  std::vector<size_t> expected_order;
  for (const Start& start : expected) expected_order.push_back(start.timer);
  for (int64_t now = 0; now < 256; now += 16) queue_.RunDue(At(now));
  queue_.RunDue(At(256));
  EXPECT_EQ(order, expected_order);
  EXPECT_FALSE(queue_.next_due());
}

TEST_F(TimerQueueTest, TellsOnlyOfAnEarlierEarliest) {
  auto one = queue_.NewTimer([] {});
  auto two = queue_.NewTimer([] {});
  one->StartAt(At(10));
  EXPECT_EQ(rescheduled_, 1);
  two->StartAt(At(20));
  EXPECT_EQ(rescheduled_, 1);
  two->StartAt(At(5));
  EXPECT_EQ(rescheduled_, 2);
  EXPECT_EQ(*queue_.next_due(), At(5));
}

TEST_F(TimerQueueTest, ATimerThatRestartsForNowWaitsForTheNextRound) {
  int runs = 0;
  std::unique_ptr<Timer> timer;
  timer = queue_.NewTimer([&] {
    ++runs;
    timer->StartAt(now_);
  });
  timer->StartAt(now_);
  queue_.RunDue(now_);
  EXPECT_EQ(runs, 1);
  queue_.RunDue(now_);
  EXPECT_EQ(runs, 2);
}

TEST_F(TimerQueueTest, AnEndlessDelayDoesNotWrapAround) {
  now_ = At(1000);
  auto timer = queue_.NewTimer([] {});
  timer->Start(Duration::max());
  EXPECT_EQ(*queue_.next_due(), MonotonicTime::max());
}

}  // namespace
}  // namespace sfa::posix
