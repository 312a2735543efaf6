// Networks and hosts of a world: the Internet, sites behind NATs and access links, hosts on them.
#ifndef NETWORK_SIM_SITE_H_
#define NETWORK_SIM_SITE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "network_sim/nat.h"
#include "network_sim/simulation.h"
#include "runtime/runtime.h"

namespace sfa::sim {

class Firewall;

// One direction of an access link. Probabilities are from 0 to 1; each impairment draws from a
// stream of its own, so that one more does not change what the others do.
struct LinkSettings {
  Duration delay = std::chrono::milliseconds(10);
  Duration jitter{};             // uniform in [0, jitter] added; order is kept
  double loss = 0;               // of each packet by itself
  uint64_t bits_per_second = 0;  // 0: unlimited
  size_t queue_bytes = 64 * 1024;
  // Losses that come in bursts (Gilbert's model): this share of all packets is lost, `burst_length`
  // of them in a row in the mean. burst_loss <= burst_length / (burst_length + 1).
  double burst_loss = 0;
  double burst_length = 1;
  double reorder = 0;  // of being overtaken: such a packet comes `reorder_by` later than otherwise
  Duration reorder_by = std::chrono::milliseconds(30);
  double duplicate = 0;  // of coming twice
};

// Both directions.
struct LineSettings {
  LinkSettings up, down;
};

// What a site's router lets through, besides what its NAT does: see firewall.h.
enum class FirewallKind { kNone, kStateful, kUdpBlocked, kWebOnly, kAllBlocked, kProxyOnly };
struct FirewallSettings {
  FirewallKind kind = FirewallKind::kNone;
  bool reject = false;  // tells the inside what it refuses to it; otherwise all is silence
  friend bool operator==(const FirewallSettings&, const FirewallSettings&) = default;
};

struct SiteSettings {
  std::string name;                // "office"
  std::optional<NatSettings> nat;  // none: its hosts have addresses of the network outside
  LinkSettings up, down;
  FirewallSettings firewall;
  // The site inside whose LAN this one's access link ends, in place of the Internet. It has a NAT
  // and has been added before.
  std::string behind;
  // Other sites stand behind it: its LAN has addresses of RFC 6598.
  bool carrier = false;
};

// A machine in the world. Lives as long as the Network.
class Host {
 public:
  virtual ~Host() = default;
  virtual const std::string& name() const = 0;  // "office/asterisk"
  virtual Ipv4Address address() const = 0;
  // A process of this machine: its sockets, timers and streams end with it, streams with a reset.
  // `files`, `processes` and `log` are the machine's (see asterisk_harness/operating_system); they
  // outlive the process.
  virtual std::unique_ptr<Runtime> NewProcess(const std::string& process_name, FileSystem& files,
                                              Processes& processes, Log& log) = 0;
  // Without power nothing is sent or received, whatever its processes do until they are destroyed.
  virtual void SetPower(bool on) = 0;
};

struct Ledger {
  uint64_t packets_delivered = 0;  // into a host from outside of it
  uint64_t packets_dropped = 0;
};

// Builds and owns everything that packets meet.
class Network {
 public:
  // `capture_directory` empty: no captures. Otherwise a pcap file per link:
  // "<site>.pcap" on the access link, "<site>-lan.pcap" inside, "<host>-lo.pcap" for loopback.
  Network(Simulation& simulation, std::string capture_directory);
  ~Network();

  // Gives the site its public address (a NAT's outside) or addresses for its hosts.
  void AddSite(const SiteSettings& settings);
  Host& AddHost(const std::string& site, const std::string& host);
  // A public host at a well-known address, over this line; without one, over a fast one.
  Host& AddPublicHost(const std::string& host, Ipv4Address address,
                      const std::optional<LineSettings>& line = {});

  // A real machine joins: the site's LAN is opened to the TAP interface `tap_descriptor`. The
  // address, prefix length and gateway to configure on the other side are returned.
  struct RealHost {
    Ipv4Address address;
    int prefix_length;
    Ipv4Address gateway;
  };
  RealHost AddRealHost(const std::string& site, const std::string& host, int tap_descriptor);

  // Accidents. `place` is a site, for Cut() and SetLine() also a public host.
  //
  // The router of a site loses what its NAT and its firewall remember.
  void RebootNat(const std::string& site);
  // The same, and its outside gets the next address of the network outside; the old one is
  // nobody's. The site has a NAT.
  Ipv4Address ChangeAddress(const std::string& site);
  // The access line drops everything, until it is whole again.
  void SetCut(const std::string& place, bool cut);
  void SetLine(const std::string& place, const LineSettings& line);
  void SetFirewall(const std::string& site, const FirewallSettings& firewall);

  // Null for a site without NAT, and for no site.
  Nat* nat(const std::string& site);
  // Null for a site that never had one, and for no site.
  Firewall* firewall(const std::string& site);
  // What has happened so far, what NATs dropped included.
  const Ledger& ledger() const;
  // Flushes the captures; the first reason why one could not be written, if any.
  Status FlushCaptures();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_SITE_H_
