// Byte streams between two living peers; part of runtime_contract.h.
#ifndef REFERENCE_IMPL_RUNTIME_CONTRACT_STREAM_CONTRACT_H_
#define REFERENCE_IMPL_RUNTIME_CONTRACT_STREAM_CONTRACT_H_

#include "runtime/contract/contract_fixture.h"

namespace sfa::contract {

TEST_P(RuntimeContract, TcpConnectsAndNamesBothEnds) {
  StreamNotes client, server;
  Accepted accepted(server);
  auto listener = b().ListenTcp({bed_->address_b(), 0}, accepted);
  ASSERT_TRUE(listener.ok());
  EXPECT_NE((*listener)->local().port, 0);
  auto stream = a().ConnectTcp({}, (*listener)->local(), client);
  EXPECT_EQ(client.connected, 0) << "OnConnected() from inside ConnectTcp()";
  ASSERT_TRUE(RunUntil([&] { return client.connected == 1 && !accepted.streams.empty(); }));
  EXPECT_EQ(stream->remote(), (*listener)->local());
  EXPECT_EQ(accepted.streams[0]->local(), (*listener)->local());
  EXPECT_EQ(accepted.streams[0]->remote(), stream->local());
  EXPECT_EQ(server.connected, 0) << "OnConnected() for an accepted stream";
}

TEST_P(RuntimeContract, TcpConnectsFromAGivenAddress) {
  StreamNotes client, server;
  Accepted accepted(server);
  auto listener = std::move(*b().ListenTcp({bed_->address_b(), 0}, accepted));
  auto stream = a().ConnectTcp({bed_->address_a(), 0}, listener->local(), client);
  ASSERT_TRUE(RunUntil([&] { return client.connected == 1 && !accepted.streams.empty(); }));
  EXPECT_EQ(accepted.streams[0]->remote().address, bed_->address_a());
}

TEST_P(RuntimeContract, AMegabyteArrivesWholeInBothDirections) {
  Connection tcp(*bed_, kGuard);
  ASSERT_TRUE(tcp.established());
  const std::string up = Pattern(1 << 20, 1), down = Pattern(1 << 20, 2);
  Pump client(*tcp.client_stream, tcp.client, up, true);
  Pump server(*tcp.server_stream, tcp.server, down, true);
  client.Push();
  server.Push();
  ASSERT_TRUE(RunUntil([&] { return tcp.client.ended && tcp.server.ended; }, kGuard * 10));
  EXPECT_TRUE(tcp.server.received == up);
  EXPECT_TRUE(tcp.client.received == down);
  EXPECT_FALSE(tcp.client.error || tcp.server.error);
}

TEST_P(RuntimeContract, WhatIsWrittenBeforeTheConnectionIsEstablishedArrives) {
  StreamNotes client, server;
  Accepted accepted(server);
  auto listener = std::move(*b().ListenTcp({bed_->address_b(), 0}, accepted));
  auto stream = a().ConnectTcp({}, listener->local(), client);
  EXPECT_EQ(stream->Write(AsBytes("early ")), 6u);
  EXPECT_EQ(stream->Write(AsBytes("bird")), 4u);
  stream->ShutdownWrite();
  ASSERT_TRUE(RunUntil([&] { return server.ended; }));
  EXPECT_EQ(server.received, "early bird");
  EXPECT_EQ(client.connected, 1);
}

TEST_P(RuntimeContract, HalfClose) {
  Connection tcp(*bed_, kGuard);
  ASSERT_TRUE(tcp.established());
  EXPECT_EQ(tcp.client_stream->Write(AsBytes("question")), 8u);
  tcp.client_stream->ShutdownWrite();
  EXPECT_EQ(tcp.client_stream->Write(AsBytes("too late")), 0u);
  ASSERT_TRUE(RunUntil([&] { return tcp.server.ended; }));
  EXPECT_EQ(tcp.server.received, "question");
  EXPECT_FALSE(tcp.client.ended);

  EXPECT_EQ(tcp.server_stream->Write(AsBytes("answer")), 6u);
  ASSERT_TRUE(RunUntil([&] { return tcp.client.received == "answer"; }));
  EXPECT_EQ(tcp.server_stream->Write(AsBytes(", more")), 6u);
  tcp.server_stream->ShutdownWrite();
  ASSERT_TRUE(RunUntil([&] { return tcp.client.ended; }));
  EXPECT_EQ(tcp.client.received, "answer, more");
  EXPECT_FALSE(tcp.client.error || tcp.server.error);
}

TEST_P(RuntimeContract, BackPressureReachesTheWriterAndLosesNothing) {
  Connection tcp(*bed_, kGuard);
  ASSERT_TRUE(tcp.established());
  tcp.server_stream->PauseReading();
  Settle();

  // Far more than any buffer on the way: the writer must be stopped.
  constexpr size_t kFar = 64 << 20;
  const std::string chunk = Pattern(64 << 10, 3);
  size_t sent = 0, idle_rounds = 0;
  while (sent < kFar && idle_rounds < 5) {
    const size_t taken = tcp.client_stream->Write(AsBytes(chunk).subspan(sent % chunk.size()));
    sent += taken;
    idle_rounds = taken == 0 ? idle_rounds + 1 : 0;
    Settle();
  }
  ASSERT_LT(sent, kFar) << "the reader's pause never reached the writer";
  EXPECT_EQ(tcp.server.received, "");
  EXPECT_GT(tcp.client_stream->unsent(), 0u);
  EXPECT_LT(tcp.client_stream->unsent(), sent);

  const int writable_before = tcp.client.writable;
  tcp.server_stream->ResumeReading();
  ASSERT_TRUE(RunUntil([&] { return tcp.client.writable > writable_before; }));
  ASSERT_TRUE(RunUntil([&] { return tcp.server.received.size() == sent; }, kGuard * 10));
  EXPECT_EQ(tcp.client_stream->unsent(), 0u);
  for (size_t at = 0; at < sent; at += chunk.size()) {
    const size_t size = std::min(chunk.size(), sent - at);
    ASSERT_TRUE(tcp.server.received.compare(at, size, chunk, 0, size) == 0) << "at " << at;
  }
}

TEST_P(RuntimeContract, PausingInsideOnDataHoldsBackTheRest) {
  Connection tcp(*bed_, kGuard);
  ASSERT_TRUE(tcp.established());
  tcp.server.on_data = [&] { tcp.server_stream->PauseReading(); };
  EXPECT_EQ(tcp.client_stream->Write(AsBytes("one")), 3u);
  ASSERT_TRUE(RunUntil([&] { return tcp.server.received == "one"; }));
  EXPECT_EQ(tcp.client_stream->Write(AsBytes("two")), 3u);
  tcp.client_stream->ShutdownWrite();
  Settle();
  EXPECT_EQ(tcp.server.received, "one");
  EXPECT_FALSE(tcp.server.ended);
  tcp.server.on_data = nullptr;
  tcp.server_stream->ResumeReading();
  EXPECT_EQ(tcp.server.received, "one") << "delivered inside ResumeReading()";
  ASSERT_TRUE(RunUntil([&] { return tcp.server.ended; }));
  EXPECT_EQ(tcp.server.received, "onetwo");
}

TEST_P(RuntimeContract, DestructionDeliversEverythingThatWasAccepted) {
  Connection tcp(*bed_, kGuard);
  ASSERT_TRUE(tcp.established());
  tcp.server_stream->PauseReading();  // so that much is still unsent when the stream goes
  const std::string bytes = Pattern(8 << 20, 4);
  const size_t accepted = tcp.client_stream->Write(AsBytes(bytes));
  ASSERT_GT(accepted, 0u);
  tcp.client_stream.reset();
  Settle();
  tcp.server_stream->ResumeReading();
  ASSERT_TRUE(RunUntil([&] { return tcp.server.ended; }, kGuard * 10));
  EXPECT_TRUE(tcp.server.received == bytes.substr(0, accepted));
  EXPECT_FALSE(tcp.server.error) << "an orderly close came out as an error";
}

TEST_P(RuntimeContract, DestructionWithUnreadBytesStillDeliversWhatWasWritten) {
  Connection tcp(*bed_, kGuard);
  ASSERT_TRUE(tcp.established());
  tcp.client_stream->PauseReading();
  EXPECT_EQ(tcp.server_stream->Write(AsBytes("never read")), 10u);
  Settle();
  const std::string last_words = Pattern(100'000, 5);
  const size_t accepted = tcp.client_stream->Write(AsBytes(last_words));
  tcp.client_stream.reset();
  ASSERT_TRUE(RunUntil([&] { return tcp.server.ended || tcp.server.error; }));
  EXPECT_TRUE(tcp.server.received == last_words.substr(0, accepted));
  EXPECT_FALSE(tcp.server.error);
}

TEST_P(RuntimeContract, AHandlerMayDestroyItsStreamInOnData) {
  Connection tcp(*bed_, kGuard);
  ASSERT_TRUE(tcp.established());
  tcp.server.on_data = [&] { tcp.server_stream.reset(); };
  EXPECT_EQ(tcp.client_stream->Write(AsBytes("a")), 1u);
  ASSERT_TRUE(RunUntil([&] { return tcp.client.ended || tcp.client.error; }));
  const size_t size = tcp.server.received.size();
  EXPECT_GT(size, 0u);
  tcp.client_stream->Write(AsBytes("after the end"));
  Settle();
  EXPECT_EQ(tcp.server.received.size(), size);
  EXPECT_FALSE(tcp.server.ended || tcp.server.error);
}

TEST_P(RuntimeContract, AHandlerMayDestroyItsStreamInOnEndOfStreamAndOnConnected) {
  Connection tcp(*bed_, kGuard);
  ASSERT_TRUE(tcp.established());
  tcp.server.on_end = [&] { tcp.server_stream.reset(); };
  tcp.client_stream->ShutdownWrite();
  ASSERT_TRUE(RunUntil([&] { return tcp.client.ended; }));
  EXPECT_EQ(tcp.server_stream, nullptr);
  EXPECT_FALSE(tcp.client.error);

  StreamNotes notes, unused;
  Accepted accepted(unused);
  auto listener = std::move(*b().ListenTcp({bed_->address_b(), 0}, accepted));
  std::unique_ptr<ByteStream> stream;
  notes.on_connected = [&] { stream.reset(); };
  stream = a().ConnectTcp({}, listener->local(), notes);
  ASSERT_TRUE(RunUntil([&] { return notes.connected == 1; }));
  Settle();
  EXPECT_EQ(stream, nullptr);
  EXPECT_FALSE(notes.ended || notes.error);
}

TEST_P(RuntimeContract, AHandlerMayDestroyItsStreamInOnWritableAndOnError) {
  Connection tcp(*bed_, kGuard);
  ASSERT_TRUE(tcp.established());
  tcp.server_stream->PauseReading();
  tcp.client.on_writable = [&] { tcp.client_stream.reset(); };
  const std::string chunk = Pattern(1 << 20, 6);
  for (int i = 0; i < 64 && tcp.client_stream->Write(AsBytes(chunk)) == chunk.size(); ++i) {
  }
  tcp.server_stream->ResumeReading();
  ASSERT_TRUE(
      RunUntil([&] { return tcp.client_stream == nullptr && tcp.server.ended; }, kGuard * 10));

  Connection second(*bed_, kGuard);
  ASSERT_TRUE(second.established());
  second.server.on_error = [&] { second.server_stream.reset(); };
  second.client_stream->Abort();
  ASSERT_TRUE(RunUntil([&] { return second.server_stream == nullptr; }));
}

TEST_P(RuntimeContract, AHandlerMayBeReplaced) {
  Connection tcp(*bed_, kGuard);
  ASSERT_TRUE(tcp.established());
  StreamNotes other;
  tcp.server.on_data = [&] { tcp.server_stream->SetHandler(&other); };
  EXPECT_EQ(tcp.client_stream->Write(AsBytes("first")), 5u);
  ASSERT_TRUE(RunUntil([&] { return tcp.server.received == "first"; }));
  EXPECT_EQ(tcp.client_stream->Write(AsBytes("second")), 6u);
  tcp.client_stream->ShutdownWrite();
  ASSERT_TRUE(RunUntil([&] { return other.ended; }));
  EXPECT_EQ(tcp.server.received, "first");
  EXPECT_EQ(other.received, "second");
}

TEST_P(RuntimeContract, AcceptedStreamsOutliveTheirListener) {
  StreamNotes client, server;
  Accepted accepted(server);
  auto listener = std::move(*b().ListenTcp({bed_->address_b(), 0}, accepted));
  auto stream = a().ConnectTcp({}, listener->local(), client);
  ASSERT_TRUE(RunUntil([&] { return client.connected == 1 && !accepted.streams.empty(); }));
  listener.reset();
  EXPECT_EQ(stream->Write(AsBytes("still here")), 10u);
  ASSERT_TRUE(RunUntil([&] { return server.received == "still here"; }));
}

}  // namespace sfa::contract

#endif  // REFERENCE_IMPL_RUNTIME_CONTRACT_STREAM_CONTRACT_H_
