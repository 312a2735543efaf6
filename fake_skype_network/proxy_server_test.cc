// Both halves of a proxied connection, each checked by the other and by what goes through.
#include "fake_skype_network/proxy_server.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>

#include "protocol/proxy/proxied_runtime.h"
#include "protocol/stream/test_world.h"

namespace sfa::community {
namespace {

using proxy::Kind;
using std::chrono::seconds;

const Endpoint kProxy{Ipv4Address::Of(198, 51, 100, 7), 1080};
const Endpoint kServer{Ipv4Address::Of(203, 0, 113, 5), 443};

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

struct Notes final : StreamHandler {
  void OnConnected() override {
    ++connected;
    if (on_connected) on_connected();
  }
  void OnData(std::span<const uint8_t> bytes) override {
    received.append(bytes.begin(), bytes.end());
    if (on_data) on_data();
  }
  void OnWritable() override {
    if (on_writable) on_writable();
  }
  void OnEndOfStream() override { ended = true; }
  void OnError(const Error& what) override {
    EXPECT_FALSE(error);
    error = what;
    if (on_error) on_error();
  }

  int connected = 0;
  bool ended = false;
  std::string received;
  std::optional<Error> error;
  std::function<void()> on_connected, on_data, on_writable, on_error;
};

struct Listener final : AcceptHandler {
  explicit Listener(Notes& notes) : notes(notes) {}
  void OnAccept(std::unique_ptr<ByteStream> accepted) override {
    accepted->SetHandler(&notes);
    stream = std::move(accepted);
  }
  Notes& notes;
  std::unique_ptr<ByteStream> stream;
};

// A client, a proxy and a server; who is not the proxy does not reach the server.
class ProxyTest : public testing::TestWithParam<Kind> {
 protected:
  ProxyTest() {
    world.tcp_answers = [](const Endpoint& from, const Endpoint& to) {
      return to == kProxy || from.address == kProxy.address;
    };
    StartProxy("", "");
  }
  void StartProxy(const std::string& user, const std::string& password) {
    proxy.reset();
    auto started = ProxyServer::Start(proxy_runtime, {GetParam(), kProxy, user, password});
    ASSERT_TRUE(started.ok());
    proxy = std::move(*started);
  }
  std::unique_ptr<ByteStream> Connect(const std::string& user = "",
                                      const std::string& password = "") {
    proxied.emplace(client_runtime, proxy::Proxy{GetParam(), kProxy, user, password});
    return proxied->ConnectTcp({}, kServer, client);
  }

  stream::TestWorld world;
  stream::TestRuntime proxy_runtime{world, kProxy.address, 1};
  stream::TestRuntime client_runtime{world, Ipv4Address::Of(10, 0, 0, 2), 2};
  stream::TestRuntime server_runtime{world, kServer.address, 3};
  std::optional<proxy::ProxiedRuntime> proxied;
  std::unique_ptr<ProxyServer> proxy;
  Notes client, server;
  Listener accepted{server};
  std::unique_ptr<TcpListener> listener = std::move(*server_runtime.ListenTcp(kServer, accepted));
};

TEST_P(ProxyTest, WithoutItNobodyGetsThere) {
  const auto stream = client_runtime.ConnectTcp({}, kServer, client);
  world.RunFor(seconds(60));
  EXPECT_EQ(client.connected, 0);
  EXPECT_EQ(accepted.stream, nullptr);
}

TEST_P(ProxyTest, CarriesAMegabyteBothWays) {
  const auto stream = Connect();
  EXPECT_EQ(stream->remote(), kServer);
  EXPECT_EQ(client.connected, 0) << "OnConnected() from inside ConnectTcp()";
  world.RunFor(seconds(1));
  ASSERT_EQ(client.connected, 1);
  ASSERT_NE(accepted.stream, nullptr);
  std::string up, down;
  for (uint32_t i = 0; i < 1 << 20; ++i) {
    up += static_cast<char>(i * 2654435761u >> 24);
    down += static_cast<char>(i * 2246822519u >> 24);
  }
  size_t up_sent = 0, down_sent = 0;
  client.on_writable = [&] { up_sent += stream->Write(Bytes(up).subspan(up_sent)); };
  server.on_writable = [&] { down_sent += accepted.stream->Write(Bytes(down).subspan(down_sent)); };
  client.on_writable();
  server.on_writable();
  world.RunFor(seconds(60));
  EXPECT_TRUE(server.received == up);
  EXPECT_TRUE(client.received == down);
}

TEST_P(ProxyTest, WhatIsWrittenBeforeTheConnectionArrivesFirst) {
  const auto stream = Connect();
  EXPECT_EQ(stream->Write(Bytes("early ")), 6u);
  client.on_connected = [&] { stream->Write(Bytes("bird")); };
  world.RunFor(seconds(1));
  EXPECT_EQ(server.received, "early bird");
}

TEST_P(ProxyTest, BothDirectionsEndForThemselves) {
  const auto stream = Connect();
  stream->Write(Bytes("question"));
  stream->ShutdownWrite();
  EXPECT_EQ(stream->Write(Bytes("too late")), 0u);
  world.RunFor(seconds(1));
  EXPECT_EQ(server.received, "question");
  EXPECT_TRUE(server.ended);
  EXPECT_FALSE(client.ended);
  accepted.stream->Write(Bytes("answer"));
  accepted.stream->ShutdownWrite();
  world.RunFor(seconds(1));
  EXPECT_EQ(client.received, "answer");
  EXPECT_TRUE(client.ended);
  EXPECT_FALSE(client.error || server.error);
  EXPECT_EQ(proxy->connections(), 0u);
}

TEST_P(ProxyTest, AReaderWhoPausesIsWaitedFor) {
  const auto stream = Connect();
  client.on_connected = [&] { stream->PauseReading(); };
  world.RunFor(seconds(1));
  accepted.stream->Write(Bytes("patience"));
  world.RunFor(seconds(5));
  EXPECT_EQ(client.received, "");
  stream->ResumeReading();
  EXPECT_EQ(client.received, "") << "called from inside ResumeReading()";
  world.RunFor(seconds(1));
  EXPECT_EQ(client.received, "patience");
}

TEST_P(ProxyTest, AResetGoesThrough) {
  const auto stream = Connect();
  world.RunFor(seconds(1));
  accepted.stream->Abort();
  world.RunFor(seconds(1));
  ASSERT_TRUE(client.error);
  EXPECT_EQ(client.error->code, ErrorCode::kReset);
  EXPECT_EQ(proxy->connections(), 0u);
}

TEST_P(ProxyTest, NobodyListensThere) {
  listener.reset();
  const auto stream = Connect();
  world.RunFor(seconds(1));
  ASSERT_TRUE(client.error);
  // HTTP has one status for it, whether refused or unreachable.
  EXPECT_EQ(client.error->code,
            GetParam() == Kind::kSocks5 ? ErrorCode::kRefused : ErrorCode::kUnreachable);
  EXPECT_NE(client.error->message.find(kServer.ToString()), std::string::npos);
  EXPECT_EQ(proxy->refused(), 1u);
  EXPECT_EQ(proxy->connections(), 0u);
}

TEST_P(ProxyTest, OnlyWhoIsKnownGetsThrough) {
  StartProxy("james", "shaken");
  for (const auto& [user, password] :
       {std::pair("", ""), {"james", "stirred"}, {"jim", "shaken"}}) {
    client = Notes();
    const auto stream = Connect(user, password);
    world.RunFor(seconds(1));
    ASSERT_TRUE(client.error) << user;
    EXPECT_EQ(client.error->code, ErrorCode::kPermissionDenied);
  }
  EXPECT_EQ(proxy->made(), 0u);
  client = Notes();
  const auto stream = Connect("james", "shaken");
  world.RunFor(seconds(1));
  EXPECT_EQ(client.connected, 1);
  EXPECT_EQ(proxy->made(), 1u);
}

TEST_P(ProxyTest, NoProxyThere) {
  proxy.reset();
  const auto stream = Connect();
  world.RunFor(seconds(1));
  ASSERT_TRUE(client.error);
  EXPECT_EQ(client.error->code, ErrorCode::kRefused);
  EXPECT_NE(client.error->message.find(kProxy.ToString()), std::string::npos);
}

TEST_P(ProxyTest, AProxyThatSaysNothingIsGivenUp) {
  proxy.reset();
  Notes silent;
  Listener mute(silent);
  const auto door = std::move(*proxy_runtime.ListenTcp(kProxy, mute));
  const auto stream = Connect();
  world.RunFor(proxy::ProxiedStream::kPatience + seconds(1));
  ASSERT_TRUE(client.error);
  EXPECT_EQ(client.error->code, ErrorCode::kTimedOut);
  EXPECT_EQ(stream->Write(Bytes("x")), 0u);
}

TEST_P(ProxyTest, AHandlerMayDestroyTheStreamAtAnyMoment) {
  std::unique_ptr<ByteStream> stream;
  const auto destroy = [&] { stream.reset(); };
  client.on_connected = destroy;
  stream = Connect();
  stream->Write(Bytes("x"));
  world.RunFor(seconds(5));
  EXPECT_EQ(stream, nullptr);
  EXPECT_TRUE(server.ended);
  accepted.stream->ShutdownWrite();
  world.RunFor(seconds(1));
  EXPECT_EQ(proxy->connections(), 0u);
}

TEST_P(ProxyTest, AClientThatSaysNothingIsTurnedAway) {
  const auto stream = client_runtime.ConnectTcp({}, kProxy, client);
  world.RunFor(seconds(1));
  EXPECT_EQ(proxy->connections(), 1u);
  world.RunFor(ProxyServer::kPatience + seconds(1));
  EXPECT_EQ(proxy->connections(), 0u);
  EXPECT_TRUE(client.ended);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ProxyTest, testing::Values(Kind::kHttps, Kind::kSocks5),
                         [](const auto& kind) {
                           return kind.param == Kind::kHttps ? "Https" : "Socks5";
                         });

}  // namespace
}  // namespace sfa::community
