#include "runtime/posix/posix_runtime.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "runtime/contract/contract_fixture.h"
#include "runtime/posix/runtime_thread.h"

namespace sfa::posix {
namespace {

TEST(PosixRuntime, PostFromOtherThreadsKeepsEachThreadsOrder) {
  PosixRuntime runtime({});
  constexpr int kThreads = 4, kTasks = 500;
  std::vector<std::vector<int>> seen(kThreads);
  int total = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kTasks; ++i) {
        runtime.Post([&, t, i] {
          seen[static_cast<size_t>(t)].push_back(i);
          ++total;
        });
      }
    });
  }
  EXPECT_TRUE(
      runtime.RunUntil([&] { return total == kThreads * kTasks; }, std::chrono::seconds(20)));
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<int>& order : seen)
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(PosixRuntime, QueuedTasksAreDroppedWithTheRuntime) {
  EventLoop loop;
  bool ran = false;
  const auto witness = std::make_shared<int>(0);
  {
    PosixRuntime runtime(loop, {});
    runtime.Post([&, witness] { ran = true; });
    EXPECT_EQ(witness.use_count(), 2);
  }
  EXPECT_EQ(witness.use_count(), 1);
  PosixRuntime other(loop, {});
  bool later = false;
  other.Post([&] { later = true; });
  EXPECT_TRUE(other.RunUntil([&] { return later; }, std::chrono::seconds(20)));
  EXPECT_FALSE(ran);
}

TEST(PosixRuntime, AThreadOfItsOwnBeginsAndEnds) {
  std::atomic<bool> ticked{false};
  std::vector<std::string> order;
  {
    PosixRuntime runtime({});
    std::unique_ptr<Timer> timer;
    {
      RuntimeThread thread(
          runtime,
          [&] {
            order.push_back("begin");
            timer = runtime.NewTimer([&] {
              ticked = true;
              runtime.Stop();
            });
            timer->Start(std::chrono::milliseconds(1));
          },
          [&] {
            timer.reset();
            order.push_back("end");
          });
    }
  }
  EXPECT_EQ(order, (std::vector<std::string>{"begin", "end"}));
}

TEST(PosixRuntime, StopBeforeRunIsNotLost) {
  PosixRuntime runtime({});
  runtime.Stop();
  runtime.Run();
}

TEST(PosixRuntime, OnlyAStreamSocketIsAdopted) {
  PosixRuntime runtime({});
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_FALSE(runtime.AdoptStream(ends[0]).ok());
  EXPECT_FALSE(runtime.AdoptStream(9999).ok());
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(PosixRuntime, WritingToALocalStreamWhoseReaderIsGoneIsAnErrorAndNoSignal) {
  PosixRuntime runtime({});
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  auto stream = std::move(*runtime.AdoptStream(ends[0]));
  ::close(ends[1]);
  contract::StreamNotes notes;
  stream->Write(contract::AsBytes("into the void"));
  stream->SetHandler(&notes);
  EXPECT_TRUE(runtime.RunUntil([&] { return notes.error.has_value(); }, std::chrono::seconds(20)));
  EXPECT_EQ(notes.error->code, ErrorCode::kReset);
}

TEST(PosixRuntime, FilesHaveThePermissionsAskedForAndPipesAreNotOpened) {
  PosixRuntime runtime({});
  const std::string directory =
      *runtime.files().MakePrivateDirectory(std::filesystem::temp_directory_path() / "sfa-files-");
  struct stat seen;
  ASSERT_EQ(::stat(directory.c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 0777, 0700u);
  const mode_t mask = ::umask(077);
  ASSERT_TRUE(runtime.files().WriteAtomically(directory + "/open", "x", 0644).ok());
  ::umask(mask);
  ASSERT_EQ(::stat((directory + "/open").c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 0777, 0644u);

  ASSERT_EQ(::symlink("/nowhere", (directory + "/link").c_str()), 0);
  const auto exclusive = runtime.files().Open(directory + "/link", OpenMode::kCreateExclusive);
  ASSERT_FALSE(exclusive.ok());
  EXPECT_EQ(exclusive.error().code, ErrorCode::kExists);

  ASSERT_EQ(::mkfifo((directory + "/pipe").c_str(), 0600), 0);
  EXPECT_FALSE(
      runtime.files().ReadAll(directory + "/pipe").ok());  // and does not wait for a writer
  std::filesystem::remove_all(directory);
}

TEST(PosixRuntime, LogLinesReachTheSink) {
  std::string line;
  PosixRuntime runtime({[&](LogLevel level, std::string_view component, std::string_view text) {
                          line = std::to_string(static_cast<int>(level)) + " " +
                                 std::string(component) + ": " + std::string(text);
                        },
                        std::chrono::seconds(1)});
  runtime.log().Write(LogLevel::kWarning, "engine", "port 443 cannot be bound");
  EXPECT_EQ(line, "2 engine: port 443 cannot be bound");
}

TEST(PosixRuntime, TheLoopbackDeviceIsListedAsWhatItIs) {
  PosixRuntime runtime({});
  for (const NetworkInterface& device : runtime.NetworkInterfaces()) {
    if (!device.loopback) continue;
    EXPECT_EQ(device.name, "lo");
    EXPECT_FALSE(device.physical);
    return;
  }
  ADD_FAILURE() << "no loopback device";
}

}  // namespace
}  // namespace sfa::posix
