#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "network_sim/address_plan.h"
#include "network_sim/address_router.h"
#include "network_sim/capture.h"
#include "network_sim/ethernet_door.h"
#include "network_sim/firewall.h"
#include "network_sim/link.h"
#include "network_sim/sim_host.h"
#include "network_sim/site.h"
#include "network_sim/world.h"

namespace sfa::sim {
namespace {

// The line of a host at a well-known address.
LineSettings FastLine() {
  LinkSettings settings;
  settings.delay = std::chrono::milliseconds(1);
  return {settings, settings};
}

// Where a firewall's ICMP comes from at a site without NAT: the provider's router.
constexpr Ipv4Address kProvider = Ipv4Address::Of(203, 0, 113, 1);

// A topology that cannot be is a mistake in the program that builds it: whoever reads topologies
// from a user has checked them.
void Require(bool holds, const std::string& otherwise) {
  if (holds) return;
  std::fprintf(stderr, "network_sim: %s\n", otherwise.c_str());
  std::abort();
}

class WorldNatClock final : public NatClock {
 public:
  explicit WorldNatClock(const Simulation& simulation) : simulation_(simulation) {}
  MonotonicTime Now() const override { return simulation_.Now(); }

 private:
  const Simulation& simulation_;
};

// What connects a site or a public host to the Internet or to the site around it, and what lies
// behind it.
struct SiteParts {
  SiteParts* outer = nullptr;  // the site that it stands behind
  std::unique_ptr<CapturePoint> captured_up, captured_down;
  std::unique_ptr<Link> up, down;
  std::unique_ptr<LanSwitch> lan;
  std::unique_ptr<Nat> nat;
  std::unique_ptr<Firewall> firewall;
  PacketSink* outward = nullptr;  // onto the line
  PacketSink* inward = nullptr;   // the end of the line, behind the firewall
  Ipv4Address lan_base;
  Ipv4Address external;  // of the NAT
  uint32_t next_host = kFirstLanHost;
};

}  // namespace

class Network::Impl {
 public:
  Impl(Simulation& simulation, std::string capture_directory)
      : world_(simulation),
        clock_(simulation),
        capture_directory_(std::move(capture_directory)),
        internet_(world_.ledger) {}

  void AddSite(const SiteSettings& settings);
  Host& AddHost(const std::string& site, const std::string& host);
  Host& AddPublicHost(const std::string& host, Ipv4Address address,
                      const std::optional<LineSettings>& line);
  RealHost AddRealHost(const std::string& site, const std::string& host, int tap_descriptor);
  void RebootNat(const std::string& site);
  Ipv4Address ChangeAddress(const std::string& site);
  void SetCut(const std::string& place, bool cut);
  void SetLine(const std::string& place, const LineSettings& line);
  void SetFirewall(const std::string& site, const FirewallSettings& firewall);
  Nat* nat(const std::string& site);
  Firewall* firewall(const std::string& site);
  const Ledger& ledger();
  Status FlushCaptures();

 private:
  uint64_t SeedFor(const std::string& name) const { return world_.simulation.SeedFor(name); }
  Capture* OpenCapture(std::string name);
  // One direction of an access line: what enters at `parts.outward` goes to the network outside.
  void BuildUp(SiteParts& parts, const std::string& name, const LinkSettings& up, Capture* capture);
  // The other one: what comes from there goes to `end`.
  void BuildDown(SiteParts& parts, const std::string& name, const LinkSettings& down,
                 Capture* capture, PacketSink* end);
  void BuildNat(SiteParts& site, const SiteSettings& settings);
  // Packets from outside to `address` take the site's line. The address is one that
  // TakeOuterAddress() has given.
  void Route(SiteParts& site, Ipv4Address address);
  RealHost TakeOuterAddress(SiteParts& site);
  RealHost TakeLanAddress(SiteParts& site);
  SiteParts& Site(const std::string& name);
  SiteParts& Place(const std::string& name);
  RealHost NextAddress(SiteParts& site);
  Host& Keep(std::unique_ptr<SimHost> host);

  World world_;
  WorldNatClock clock_;
  const std::string capture_directory_;
  Status capture_status_;
  std::vector<std::unique_ptr<Capture>> captures_;
  std::map<std::string, int> capture_names_;
  AddressPlan addresses_;
  Internet internet_;
  std::map<std::string, SiteParts> sites_;  // of sites and of public hosts
  std::map<std::string, std::unique_ptr<SimHost>> hosts_;
  std::vector<std::unique_ptr<EthernetDoor>> doors_;
  Ledger ledger_;
};

Capture* Network::Impl::OpenCapture(std::string name) {
  if (capture_directory_.empty()) return nullptr;
  for (char& c : name) {
    if (c == '/') c = '-';
  }
  // "a" and "b-c" may meet "a-b" and "c": two links never share a file.
  const int namesakes = capture_names_[name]++;
  if (namesakes > 0) name += "~" + std::to_string(namesakes + 1);
  auto capture = Capture::Open(world_.simulation, capture_directory_ + "/" + name + ".pcap");
  if (!capture.ok()) {
    if (capture_status_.ok()) capture_status_ = capture.error();
    return nullptr;
  }
  captures_.push_back(std::move(*capture));
  return captures_.back().get();
}

void Network::Impl::BuildUp(SiteParts& parts, const std::string& name, const LinkSettings& up,
                            Capture* capture) {
  const std::string up_name = name + "/link/up";
  PacketSink* const beyond = parts.outer ? static_cast<PacketSink*>(parts.outer->lan.get())
                                         : static_cast<PacketSink*>(&internet_);
  parts.up = std::make_unique<Link>(up_name, up, SeedFor(up_name), world_.ledger, beyond);
  parts.outward = parts.up.get();
  if (!capture) return;
  parts.captured_up =
      std::make_unique<CapturePoint>(name + "/capture/up", *capture, parts.up.get());
  parts.outward = parts.captured_up.get();
}

void Network::Impl::BuildDown(SiteParts& parts, const std::string& name, const LinkSettings& down,
                              Capture* capture, PacketSink* end) {
  parts.inward = end;
  if (capture) {
    parts.captured_down = std::make_unique<CapturePoint>(name + "/capture/down", *capture, end);
    end = parts.captured_down.get();
  }
  const std::string down_name = name + "/link/down";
  parts.down = std::make_unique<Link>(down_name, down, SeedFor(down_name), world_.ledger, end);
}

void Network::Impl::AddSite(const SiteSettings& settings) {
  Require(!sites_.contains(settings.name), "site '" + settings.name + "' exists twice");
  SiteParts* const outer = settings.behind.empty() ? nullptr : &Site(settings.behind);
  Require(!outer || outer->nat, "site '" + settings.behind + "' has no NAT to be behind");
  SiteParts& site = sites_[settings.name];
  site.outer = outer;
  site.lan = std::make_unique<LanSwitch>(settings.name + "/lan", world_.ledger,
                                         OpenCapture(settings.name + "-lan"));
  Capture* const capture = OpenCapture(settings.name);
  BuildUp(site, settings.name, settings.up, capture);
  if (settings.nat) {
    BuildNat(site, settings);
    BuildDown(site, settings.name, settings.down, capture, &site.nat->outside());
    Route(site, site.external);
  } else {
    site.lan->SetGateway(site.outward);
    BuildDown(site, settings.name, settings.down, capture, &site.lan->from_gateway());
  }
  if (settings.firewall.kind != FirewallKind::kNone) SetFirewall(settings.name, settings.firewall);
}

void Network::Impl::BuildNat(SiteParts& site, const SiteSettings& settings) {
  site.lan_base = settings.carrier && settings.behind.empty() ? addresses_.NextCarrierLan()
                                                              : addresses_.NextLan();
  site.external = TakeOuterAddress(site).address;
  const std::string name = settings.name + "/nat";
  site.nat = NewNat(name, *settings.nat, site.external, clock_, SeedFor(name));
  site.nat->Connect(&site.lan->from_gateway(), site.outward);
  site.lan->SetGateway(&site.nat->inside());
}

SiteParts& Network::Impl::Site(const std::string& name) {
  const auto site = sites_.find(name);
  Require(site != sites_.end() && site->second.lan, "there is no site '" + name + "'");
  return site->second;
}

SiteParts& Network::Impl::Place(const std::string& name) {
  const auto place = sites_.find(name);
  Require(place != sites_.end(), "there is no place '" + name + "'");
  return place->second;
}

Network::RealHost Network::Impl::TakeLanAddress(SiteParts& site) {
  Require(site.next_host <= kLastLanHost, "the LAN of " + site.lan->name() + " is full");
  return {{site.lan_base.value + site.next_host++},
          kLanPrefixLength,
          {site.lan_base.value + kLanGateway}};
}

Network::RealHost Network::Impl::TakeOuterAddress(SiteParts& site) {
  if (site.outer) return TakeLanAddress(*site.outer);
  const AddressPlan::Public next = addresses_.NextPublic();
  return {next.address, next.prefix_length, next.gateway};
}

void Network::Impl::Route(SiteParts& site, Ipv4Address address) {
  if (site.outer) {
    site.outer->lan->AttachHost(address, site.down.get());
  } else {
    internet_.Attach(address, site.down.get());
  }
}

Network::RealHost Network::Impl::NextAddress(SiteParts& site) {
  if (site.nat) return TakeLanAddress(site);
  const RealHost next = TakeOuterAddress(site);
  Route(site, next.address);
  return next;
}

Host& Network::Impl::Keep(std::unique_ptr<SimHost> host) {
  SimHost& kept = *host;
  const bool is_new = hosts_.emplace(kept.name(), std::move(host)).second;
  Require(is_new, "host '" + kept.name() + "' exists twice");
  return kept;
}

Host& Network::Impl::AddHost(const std::string& site_name, const std::string& host) {
  SiteParts& site = Site(site_name);
  const std::string name = site_name + "/" + host;
  const Ipv4Address address = NextAddress(site).address;
  auto made =
      std::make_unique<SimHost>(world_, name, address, site.lan.get(), OpenCapture(name + "-lo"));
  site.lan->AttachHost(address, made.get());
  return Keep(std::move(made));
}

Host& Network::Impl::AddPublicHost(const std::string& host, Ipv4Address address,
                                   const std::optional<LineSettings>& line) {
  Require(!sites_.contains(host), "'" + host + "' exists twice");
  Require(addresses_.Take(address), address.ToString() + " is taken twice");
  SiteParts& parts = sites_[host];
  Capture* const capture = OpenCapture(host);
  const LineSettings settings = line.value_or(FastLine());
  BuildUp(parts, host, settings.up, capture);
  auto made =
      std::make_unique<SimHost>(world_, host, address, parts.outward, OpenCapture(host + "-lo"));
  BuildDown(parts, host, settings.down, capture, made.get());
  internet_.Attach(address, parts.down.get());
  return Keep(std::move(made));
}

Network::RealHost Network::Impl::AddRealHost(const std::string& site_name, const std::string& host,
                                             int tap_descriptor) {
  SiteParts& site = Site(site_name);
  const RealHost real = NextAddress(site);
  doors_.push_back(std::make_unique<EthernetDoor>(site_name + "/" + host, world_, real.address,
                                                  tap_descriptor, site.lan.get()));
  site.lan->AttachHost(real.address, doors_.back().get());
  return real;
}

void Network::Impl::RebootNat(const std::string& name) {
  SiteParts& site = Site(name);
  if (site.nat) site.nat->Reboot(site.external);
  if (site.firewall) site.firewall->Reboot(site.nat ? site.external : kProvider);
}

Ipv4Address Network::Impl::ChangeAddress(const std::string& name) {
  SiteParts& site = Site(name);
  Require(site.nat != nullptr, "site '" + name + "' has no NAT with an address");
  if (site.outer) {
    site.outer->lan->DetachHost(site.external);
  } else {
    internet_.Detach(site.external);
  }
  site.external = TakeOuterAddress(site).address;
  Route(site, site.external);
  RebootNat(name);
  return site.external;
}

void Network::Impl::SetCut(const std::string& name, bool cut) {
  SiteParts& place = Place(name);
  place.up->SetCut(cut);
  place.down->SetCut(cut);
}

void Network::Impl::SetLine(const std::string& name, const LineSettings& line) {
  SiteParts& place = Place(name);
  place.up->Change(line.up);
  place.down->Change(line.down);
}

void Network::Impl::SetFirewall(const std::string& name, const FirewallSettings& firewall) {
  SiteParts& site = Site(name);
  if (!site.firewall) {
    site.firewall = std::make_unique<Firewall>(name + "/firewall",
                                               site.nat ? site.external : kProvider, clock_);
    site.firewall->Connect(site.inward, site.outward);
    if (site.nat) {
      site.nat->Connect(&site.lan->from_gateway(), &site.firewall->inside());
    } else {
      site.lan->SetGateway(&site.firewall->inside());
    }
    if (site.captured_down) {
      site.captured_down->SetEnd(&site.firewall->outside());
    } else {
      site.down->SetEnd(&site.firewall->outside());
    }
  }
  site.firewall->Set(firewall);
}

Firewall* Network::Impl::firewall(const std::string& site) {
  const auto found = sites_.find(site);
  return found == sites_.end() ? nullptr : found->second.firewall.get();
}

Nat* Network::Impl::nat(const std::string& site) {
  const auto found = sites_.find(site);
  return found == sites_.end() ? nullptr : found->second.nat.get();
}

const Ledger& Network::Impl::ledger() {
  ledger_ = world_.ledger;
  for (const auto& [name, site] : sites_) {
    if (site.firewall) {
      const FirewallCounters& refused = site.firewall->counters();
      ledger_.packets_dropped += refused.refused_out + refused.refused_in;
    }
    if (!site.nat) continue;
    const NatCounters& counters = site.nat->counters();
    ledger_.packets_dropped += counters.filtered + counters.malformed + counters.no_port;
  }
  return ledger_;
}

Status Network::Impl::FlushCaptures() {
  for (const auto& capture : captures_) {
    Status status = capture->Flush();
    if (capture_status_.ok()) capture_status_ = std::move(status);
  }
  return capture_status_;
}

Network::Network(Simulation& simulation, std::string capture_directory)
    : impl_(std::make_unique<Impl>(simulation, std::move(capture_directory))) {}
Network::~Network() = default;

void Network::AddSite(const SiteSettings& settings) { impl_->AddSite(settings); }
Host& Network::AddHost(const std::string& site, const std::string& host) {
  return impl_->AddHost(site, host);
}
Host& Network::AddPublicHost(const std::string& host, Ipv4Address address,
                             const std::optional<LineSettings>& line) {
  return impl_->AddPublicHost(host, address, line);
}
Network::RealHost Network::AddRealHost(const std::string& site, const std::string& host,
                                       int tap_descriptor) {
  return impl_->AddRealHost(site, host, tap_descriptor);
}
void Network::RebootNat(const std::string& site) { impl_->RebootNat(site); }
Ipv4Address Network::ChangeAddress(const std::string& site) { return impl_->ChangeAddress(site); }
void Network::SetCut(const std::string& place, bool cut) { impl_->SetCut(place, cut); }
void Network::SetLine(const std::string& place, const LineSettings& line) {
  impl_->SetLine(place, line);
}
void Network::SetFirewall(const std::string& site, const FirewallSettings& firewall) {
  impl_->SetFirewall(site, firewall);
}
Firewall* Network::firewall(const std::string& site) { return impl_->firewall(site); }
Nat* Network::nat(const std::string& site) { return impl_->nat(site); }
const Ledger& Network::ledger() const { return impl_->ledger(); }
Status Network::FlushCaptures() { return impl_->FlushCaptures(); }

}  // namespace sfa::sim
