#include "conformance/command_line/control_connection.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "conformance/host/files.h"

namespace sfa::conformance {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kScheme[] = "tcp://";

Error NoLab(const LabDirectory& directory, const std::string& why) {
  return {ErrorCode::kNotFound, "no lab answers in " + directory.path() + ": " + why};
}

}  // namespace

Result<ControlConnection> ControlConnection::Open(const LabDirectory& directory,
                                                  const std::string& member,
                                                  const std::string& value) {
  switch (directory.Look()) {
    case LabDirectory::State::kNone:
      return NoLab(directory, "there is none; 'sfalab lab up FILE --dir DIR' starts one");
    case LabDirectory::State::kLeft:
      return NoLab(directory, "it has ended; 'sfalab lab status --dir DIR' says more");
    case LabDirectory::State::kRunning:
      break;
  }
  const Result<std::string> text = ReadFile(directory.doors());
  if (!text.ok()) return NoLab(directory, "it is still starting, or ending");
  const Json doors = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  const Json community = doors.is_object() ? doors.value("community", Json::object()) : Json();
  const std::string api = community.is_object() ? community.value("api", "") : "";
  const auto endpoint = Endpoint::Parse(api.substr(std::min(api.size(), sizeof kScheme - 1)));
  if (!endpoint) return NoLab(directory, directory.doors() + " does not say where it is");

  ControlConnection connection(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(endpoint->address.value);
  address.sin_port = htons(endpoint->port);
  if (connection.descriptor_ < 0 ||
      connect(connection.descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    return NoLab(directory, api + ": " + std::strerror(errno));
  }
  if (!connection.Send(Json{{"token", community.value("token", "")}, {member, value}}.dump())) {
    return NoLab(directory, api + " has closed the connection");
  }
  return connection;
}

ControlConnection::~ControlConnection() {
  if (descriptor_ >= 0) close(descriptor_);
}

ControlConnection::ControlConnection(ControlConnection&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), read_(std::move(other.read_)) {}

bool ControlConnection::Send(const std::string& line) {
  const std::string text = line + '\n';
  for (size_t sent = 0; sent < text.size();) {
    const ssize_t count = send(descriptor_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) sent += static_cast<size_t>(count);
  }
  return true;
}

bool ControlConnection::Read() {
  std::array<char, 65536> buffer;
  const ssize_t count = recv(descriptor_, buffer.data(), buffer.size(), 0);
  if (count > 0) read_.append(buffer.data(), static_cast<size_t>(count));
  return count > 0 || (count < 0 && errno == EINTR);
}

std::optional<std::string> ControlConnection::NextLine() {
  const size_t end = read_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = read_.substr(0, end);
  read_.erase(0, end + 1);
  return line;
}

std::optional<std::string> ControlConnection::WaitForLine(Duration at_most) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    if (auto line = NextLine()) return line;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::nullopt;
    pollfd waiting{descriptor_, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(left.count())) > 0 && !Read()) return NextLine();
  }
}

}  // namespace sfa::conformance
