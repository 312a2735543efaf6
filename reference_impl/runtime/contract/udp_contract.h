// UDP sockets; part of runtime_contract.h.
#ifndef REFERENCE_IMPL_RUNTIME_CONTRACT_UDP_CONTRACT_H_
#define REFERENCE_IMPL_RUNTIME_CONTRACT_UDP_CONTRACT_H_

#include "runtime/contract/contract_fixture.h"

namespace sfa::contract {

TEST_P(RuntimeContract, UdpEcho) {
  UdpNotes at_a, at_b;
  auto client = a().OpenUdp({bed_->address_a(), 0}, at_a);
  auto server = b().OpenUdp({bed_->address_b(), 0}, at_b);
  ASSERT_TRUE(client.ok() && server.ok());
  EXPECT_NE((*client)->local().port, 0);
  EXPECT_EQ((*client)->local().address, bed_->address_a());
  at_b.on_datagram = [&] {
    const auto& [from, text] = at_b.datagrams.back();
    EXPECT_TRUE((*server)->Send(from, AsBytes(text + "!")).ok());
  };
  ASSERT_TRUE((*client)->Send((*server)->local(), AsBytes("hello")).ok());
  EXPECT_TRUE(at_b.datagrams.empty()) << "delivered inside Send()";
  ASSERT_TRUE(RunUntil([&] { return !at_a.datagrams.empty(); }));
  EXPECT_EQ(at_b.datagrams[0], std::pair((*client)->local(), std::string("hello")));
  EXPECT_EQ(at_a.datagrams[0], std::pair((*server)->local(), std::string("hello!")));
}

TEST_P(RuntimeContract, UdpOnAnyAddressReceivesOnTheHostsAddress) {
  UdpNotes at_a, at_b;
  auto client = std::move(*a().OpenUdp({Ipv4Address::Any(), 0}, at_a));
  auto server = std::move(*b().OpenUdp({Ipv4Address::Any(), 0}, at_b));
  EXPECT_TRUE(server->local().address.is_any());
  ASSERT_TRUE(client->Send({bed_->address_b(), server->local().port}, AsBytes("x")).ok());
  ASSERT_TRUE(RunUntil([&] { return !at_b.datagrams.empty(); }));
  EXPECT_EQ(at_b.datagrams[0].first.port, client->local().port);
  EXPECT_FALSE(at_b.datagrams[0].first.address.is_any());
}

TEST_P(RuntimeContract, UdpKeepsDatagramsApartAndWhole) {
  UdpNotes at_a, at_b;
  auto client = std::move(*a().OpenUdp({bed_->address_a(), 0}, at_a));
  auto server = std::move(*b().OpenUdp({bed_->address_b(), 0}, at_b));
  const std::vector<size_t> sizes = {0, 1, 172, kMaxDatagramBytes};
  for (const size_t size : sizes) {
    ASSERT_TRUE(client->Send(server->local(), AsBytes(Pattern(size, 7))).ok());
  }
  ASSERT_TRUE(RunUntil([&] { return at_b.datagrams.size() == sizes.size(); }));
  for (size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(at_b.datagrams[i].second, Pattern(sizes[i], 7));
  }
}

TEST_P(RuntimeContract, UdpDatagramTooLongIsALocalError) {
  UdpNotes at_a, at_b;
  auto client = std::move(*a().OpenUdp({bed_->address_a(), 0}, at_a));
  auto server = std::move(*b().OpenUdp({bed_->address_b(), 0}, at_b));
  const Status sent = client->Send(server->local(), AsBytes(Pattern(kMaxDatagramBytes + 1, 7)));
  ASSERT_FALSE(sent.ok());
  EXPECT_EQ(sent.error().code, ErrorCode::kInvalid);
  ASSERT_TRUE(client->Send(server->local(), AsBytes("next")).ok());
  ASSERT_TRUE(RunUntil([&] { return !at_b.datagrams.empty(); }));
  EXPECT_EQ(at_b.datagrams[0].second, "next");
}

TEST_P(RuntimeContract, UdpBindConflict) {
  UdpNotes notes;
  auto first = a().OpenUdp({bed_->address_a(), 0}, notes);
  ASSERT_TRUE(first.ok());
  const Endpoint taken = (*first)->local();
  auto second = a().OpenUdp(taken, notes);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kAddressInUse);
  EXPECT_NE(second.error().message.find(taken.ToString()), std::string::npos)
      << second.error().message;
  first->reset();
  EXPECT_TRUE(a().OpenUdp(taken, notes).ok()) << "the port was not free at once";
}

TEST_P(RuntimeContract, UdpOnAForeignAddress) {
  UdpNotes notes;
  auto socket = a().OpenUdp({bed_->foreign_address(), 0}, notes);
  ASSERT_FALSE(socket.ok());
  EXPECT_EQ(socket.error().code, ErrorCode::kAddressNotAvailable);
}

TEST_P(RuntimeContract, UdpUnreachableIsReportedWithItsDestination) {
  UdpNotes at_a, at_b;
  auto client = std::move(*a().OpenUdp({bed_->address_a(), 0}, at_a));
  auto server = std::move(*b().OpenUdp({bed_->address_b(), 0}, at_b));
  const Endpoint alive = server->local();
  auto closed = std::move(*b().OpenUdp({bed_->address_b(), 0}, at_b));
  const Endpoint nobody = closed->local();
  closed.reset();

  ASSERT_TRUE(client->Send(nobody, AsBytes("anyone?")).ok());
  ASSERT_TRUE(RunUntil([&] { return !at_a.unreachable.empty(); }));
  EXPECT_EQ(at_a.unreachable[0], nobody);

  // One dead destination does not harm the others, and sending to it again is no local error.
  ASSERT_TRUE(client->Send(nobody, AsBytes("still?")).ok());
  ASSERT_TRUE(client->Send(alive, AsBytes("you")).ok());
  ASSERT_TRUE(client->Send(nobody, AsBytes("still?")).ok());
  ASSERT_TRUE(client->Send(alive, AsBytes("you")).ok());
  ASSERT_TRUE(RunUntil([&] { return at_b.datagrams.size() == 2; }));
}

TEST_P(RuntimeContract, UdpSocketMayBeDestroyedByItsReceiver) {
  UdpNotes at_a, at_b;
  auto client = std::move(*a().OpenUdp({bed_->address_a(), 0}, at_a));
  auto server = std::move(*b().OpenUdp({bed_->address_b(), 0}, at_b));
  const Endpoint to = server->local();
  at_b.on_datagram = [&] { server.reset(); };
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client->Send(to, AsBytes("one of five")).ok());
  ASSERT_TRUE(RunUntil([&] { return server == nullptr; }));
  Settle();
  EXPECT_EQ(at_b.datagrams.size(), 1u) << "delivered to a destroyed socket";
}

}  // namespace sfa::contract

#endif  // REFERENCE_IMPL_RUNTIME_CONTRACT_UDP_CONTRACT_H_
