// What ends with its process although its holder may still have it: sockets, streams, timers.
#ifndef NETWORK_SIM_PROCESS_RESOURCE_H_
#define NETWORK_SIM_PROCESS_RESOURCE_H_

namespace sfa::sim {

// A member of one ring of resources, or of none.
class ProcessResource {
 public:
  ProcessResource(const ProcessResource&) = delete;
  ProcessResource& operator=(const ProcessResource&) = delete;

 protected:
  ProcessResource() = default;
  virtual ~ProcessResource() { Leave(); }

  // The process is gone: free what it held; calls on this object do nothing from now on.
  virtual void OnProcessEnd() = 0;

  void Leave() {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = this;
  }

 private:
  friend class ProcessResources;
  ProcessResource* previous_ = this;
  ProcessResource* next_ = this;
};

class ProcessResources {
 public:
  ProcessResources() = default;
  ~ProcessResources() { EndAll(); }

  void Add(ProcessResource& resource) {
    resource.previous_ = anchor_.previous_;
    resource.next_ = &anchor_;
    anchor_.previous_->next_ = &resource;
    anchor_.previous_ = &resource;
  }

  // In the order in which they were added.
  void EndAll() {
    while (anchor_.next_ != &anchor_) {
      ProcessResource* const first = anchor_.next_;
      first->Leave();
      first->OnProcessEnd();
    }
  }

 private:
  struct Anchor final : ProcessResource {
    void OnProcessEnd() override {}
  };
  Anchor anchor_;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_PROCESS_RESOURCE_H_
