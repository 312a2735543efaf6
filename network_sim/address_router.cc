#include "network_sim/address_router.h"

#include <utility>

#include "network_sim/capture.h"

namespace sfa::sim {

void Internet::Attach(Ipv4Address address, PacketSink* sink, Duration core_delay) {
  if (core_delay > Duration::zero()) {
    LinkSettings settings;
    settings.delay = core_delay;
    delays_.push_back(
        std::make_unique<Link>("internet/" + address.ToString(), settings, 0, ledger_, sink));
    sink = delays_.back().get();
  }
  routes_[address] = sink;
}

void Internet::Receive(ns3::Ptr<ns3::Packet> packet) {
  const auto route = routes_.find(DestinationOf(*packet));
  if (route == routes_.end()) {
    ++ledger_.packets_dropped;
    return;
  }
  route->second->Receive(std::move(packet));
}

namespace {

LinkSettings LanLine() {
  LinkSettings settings;
  settings.delay = kLanDelay;
  return settings;
}

}  // namespace

LanSwitch::LanSwitch(std::string name, Ledger& ledger, Capture* capture)
    : name_(std::move(name)),
      ledger_(ledger),
      capture_(capture),
      from_gateway_(name_ + "/from-gateway", *this, &LanSwitch::ReceiveFromGateway),
      delivery_(name_ + "/delivery", *this, &LanSwitch::Deliver),
      turn_(name_ + "/turn", LanLine(), 0, ledger, &delivery_) {}

void LanSwitch::AttachHost(Ipv4Address address, PacketSink* host) { hosts_[address] = host; }

void LanSwitch::Receive(ns3::Ptr<ns3::Packet> packet) {
  if (capture_) capture_->Record(*packet);
  const bool was_sending = std::exchange(sending_, true);
  if (Knows(DestinationOf(*packet))) {
    turn_.Receive(std::move(packet));
  } else if (gateway_) {
    gateway_->Receive(std::move(packet));
  } else {
    ++ledger_.packets_dropped;
  }
  sending_ = was_sending;
}

void LanSwitch::ReceiveFromGateway(ns3::Ptr<ns3::Packet> packet) {
  if (capture_) capture_->Record(*packet);
  if (sending_) {
    turn_.Receive(std::move(packet));
  } else {
    Deliver(std::move(packet));
  }
}

void LanSwitch::Deliver(ns3::Ptr<ns3::Packet> packet) {
  const auto host = hosts_.find(DestinationOf(*packet));
  if (host == hosts_.end()) {
    ++ledger_.packets_dropped;
    return;
  }
  host->second->Receive(std::move(packet));
}

}  // namespace sfa::sim
