#include "conformance/judges/packet_judge.h"

#include <sstream>

#include "conformance/host/children.h"

namespace sfa::conformance {
namespace {

// Columns of tshark's table; a field that a packet lacks is empty, 0 is a bad checksum.
constexpr const char* kFields[] = {"frame.number",        "frame.protocols",
                                   "_ws.malformed",       "ip.checksum.status",
                                   "udp.checksum.status", "tcp.checksum.status"};

std::vector<std::string> Split(const std::string& line, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(line);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

bool IsBad(const std::string& statuses) {
  for (const std::string& status : Split(statuses, ',')) {
    if (status == "0") return true;
  }
  return false;
}

void JudgeLine(const std::string& line, PacketJudgement& judgement) {
  std::vector<std::string> columns = Split(line, '\t');
  columns.resize(std::size(kFields));
  for (const std::string& protocol : Split(columns[1], ':')) ++judgement.protocols[protocol];
  const std::string packet = "packet " + columns[0] + " (" + columns[1] + "): ";
  if (!columns[2].empty()) judgement.complaints.push_back(packet + "malformed");
  for (size_t column = 3; column < std::size(kFields); ++column) {
    if (IsBad(columns[column])) {
      judgement.complaints.push_back(packet + "bad " + kFields[column]);
    }
  }
}

}  // namespace

Result<PacketJudgement> JudgePackets(const std::string& capture) {
  std::vector<std::string> command = {"tshark", "-n", "-r", capture};
  // A segment that passes several points stands in the capture several times: no stream can be put
  // together from that.
  for (const char* option : {"ip.check_checksum:TRUE", "udp.check_checksum:TRUE",
                             "tcp.check_checksum:TRUE", "tcp.desegment_tcp_streams:FALSE"}) {
    command.insert(command.end(), {"-o", option});
  }
  command.insert(command.end(), {"--enable-heuristic", "rtp_udp", "-T", "fields"});
  for (const char* field : kFields) command.insert(command.end(), {"-e", field});
  const ChildResult run = RunChild(command);
  if (run.exit_code != 0) {
    return Error{ErrorCode::kOther, "tshark cannot read " + capture + " (status " +
                                        std::to_string(run.exit_code) + ")"};
  }
  PacketJudgement judgement;
  for (const std::string& line : Split(run.output, '\n')) JudgeLine(line, judgement);
  return judgement;
}

}  // namespace sfa::conformance
