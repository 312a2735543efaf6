// What goes wrong with TCP; part of runtime_contract.h.
#ifndef REFERENCE_IMPL_RUNTIME_CONTRACT_TCP_ERRORS_CONTRACT_H_
#define REFERENCE_IMPL_RUNTIME_CONTRACT_TCP_ERRORS_CONTRACT_H_

#include "runtime/contract/contract_fixture.h"

namespace sfa::contract {

TEST_P(RuntimeContract, TcpRefused) {
  StreamNotes unused, client;
  Accepted accepted(unused);
  auto listener = std::move(*b().ListenTcp({bed_->address_b(), 0}, accepted));
  const Endpoint nobody = listener->local();
  listener.reset();
  auto stream = a().ConnectTcp({}, nobody, client);
  EXPECT_FALSE(client.error) << "OnError() from inside ConnectTcp()";
  ASSERT_TRUE(RunUntil([&] { return client.error.has_value(); }));
  EXPECT_EQ(client.error->code, ErrorCode::kRefused) << client.error->message;
  EXPECT_NE(client.error->message.find(nobody.ToString()), std::string::npos)
      << client.error->message;
  EXPECT_EQ(client.connected, 0);
  EXPECT_EQ(stream->Write(AsBytes("x")), 0u) << "a dead stream took bytes";
}

TEST_P(RuntimeContract, TcpBlackHoleTimesOut) {
  StreamNotes client;
  auto stream = a().ConnectTcp({}, bed_->black_hole(), client);
  ASSERT_TRUE(RunUntil([&] { return client.error.has_value(); }, std::chrono::minutes(5)));
  EXPECT_EQ(client.error->code, ErrorCode::kTimedOut) << client.error->message;
  EXPECT_EQ(client.connected, 0);
}

TEST_P(RuntimeContract, ConnectingCanBeGivenUp) {
  StreamNotes destroyed, aborted;
  auto one = a().ConnectTcp({}, bed_->black_hole(), destroyed);
  auto two = a().ConnectTcp({}, bed_->black_hole(), aborted);
  Settle();
  one.reset();
  two->Abort();
  Settle();
  EXPECT_FALSE(destroyed.error || destroyed.connected);
  EXPECT_FALSE(aborted.error || aborted.connected);
}

TEST_P(RuntimeContract, TcpFromAForeignAddressFails) {
  StreamNotes unused, client;
  Accepted accepted(unused);
  auto listener = std::move(*b().ListenTcp({bed_->address_b(), 0}, accepted));
  auto stream = a().ConnectTcp({bed_->foreign_address(), 0}, listener->local(), client);
  EXPECT_FALSE(client.error);
  ASSERT_TRUE(RunUntil([&] { return client.error.has_value(); }));
  EXPECT_EQ(client.error->code, ErrorCode::kAddressNotAvailable) << client.error->message;
}

TEST_P(RuntimeContract, TcpListenConflict) {
  StreamNotes unused;
  Accepted accepted(unused);
  auto first = b().ListenTcp({bed_->address_b(), 0}, accepted);
  ASSERT_TRUE(first.ok());
  const Endpoint taken = (*first)->local();
  auto second = b().ListenTcp(taken, accepted);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kAddressInUse);
  EXPECT_NE(second.error().message.find(taken.ToString()), std::string::npos)
      << second.error().message;
  first->reset();
  EXPECT_TRUE(b().ListenTcp(taken, accepted).ok()) << "the port was not free at once";

  auto foreign = b().ListenTcp({bed_->foreign_address(), 0}, accepted);
  ASSERT_FALSE(foreign.ok());
  EXPECT_EQ(foreign.error().code, ErrorCode::kAddressNotAvailable);
}

TEST_P(RuntimeContract, APortCanBeListenedOnAgainWhileItsOldConnectionsEnd) {
  Endpoint port;
  {
    Connection tcp(*bed_, kGuard);
    ASSERT_TRUE(tcp.established());
    port = tcp.listener().local();
    tcp.server_stream.reset();  // this side closes first and remembers the connection for long
    ASSERT_TRUE(RunUntil([&] { return tcp.client.ended; }));
  }
  Settle();
  StreamNotes unused;
  Accepted accepted(unused);
  EXPECT_TRUE(b().ListenTcp(port, accepted).ok());
}

TEST_P(RuntimeContract, AbortIsSeenAsReset) {
  Connection tcp(*bed_, kGuard);
  ASSERT_TRUE(tcp.established());
  tcp.client_stream->Abort();
  EXPECT_EQ(tcp.client_stream->Write(AsBytes("x")), 0u) << "a dead stream took bytes";
  ASSERT_TRUE(RunUntil([&] { return tcp.server.error || tcp.server.ended; }));
  EXPECT_TRUE(tcp.server.failed_with(ErrorCode::kReset));
  EXPECT_EQ(tcp.server_stream->Write(AsBytes("x")), 0u) << "a dead stream took bytes";
  Settle();
  EXPECT_FALSE(tcp.client.error || tcp.client.ended) << "an event after Abort()";
}

TEST_P(RuntimeContract, AResetIsSeenAfterTheEndOfTheStream) {
  Connection tcp(*bed_, kGuard);
  ASSERT_TRUE(tcp.established());
  tcp.client_stream->ShutdownWrite();
  ASSERT_TRUE(RunUntil([&] { return tcp.server.ended; }));
  tcp.client_stream->Abort();
  ASSERT_TRUE(RunUntil([&] { return tcp.server.error.has_value(); }));
  EXPECT_EQ(tcp.server.error->code, ErrorCode::kReset);
}

TEST_P(RuntimeContract, AKilledPeerIsNoticedAndRefusesAfterwards) {
  const Endpoint server = bed_->StartEchoProcess();
  ASSERT_TRUE(server.is_set());
  StreamNotes idle, busy;
  auto idle_stream = a().ConnectTcp({}, server, idle);
  auto busy_stream = a().ConnectTcp({}, server, busy);
  ASSERT_TRUE(RunUntil([&] { return idle.connected == 1 && busy.connected == 1; }));
  EXPECT_EQ(busy_stream->Write(AsBytes("are you there?")), 14u);
  ASSERT_TRUE(RunUntil([&] { return busy.received == "are you there?"; }));

  bed_->KillEchoProcess();
  ASSERT_TRUE(RunUntil([&] { return idle.ended || idle.error; }));
  ASSERT_TRUE(RunUntil([&] { return busy.ended || busy.error; }));
  // Whoever has only seen the end of the stream learns the rest when writing.
  std::unique_ptr<Timer> again;
  again = a().NewTimer([&] {
    if (busy.error) return;
    busy_stream->Write(AsBytes("hello?"));
    again->Start(std::chrono::milliseconds(5));
  });
  again->Start(Duration::zero());
  ASSERT_TRUE(RunUntil([&] { return busy.error.has_value(); }));
  EXPECT_EQ(busy.error->code, ErrorCode::kReset) << busy.error->message;

  StreamNotes late;
  auto late_stream = a().ConnectTcp({}, server, late);
  ASSERT_TRUE(RunUntil([&] { return late.error || late.connected; }));
  EXPECT_TRUE(late.failed_with(ErrorCode::kRefused));
}

}  // namespace sfa::contract

#endif  // REFERENCE_IMPL_RUNTIME_CONTRACT_TCP_ERRORS_CONTRACT_H_
