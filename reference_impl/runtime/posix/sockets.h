// Small helpers around IPv4 sockets.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_SOCKETS_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_SOCKETS_H_

#include <netinet/in.h>

#include "runtime/address.h"
#include "runtime/posix/descriptor.h"
#include "runtime/result.h"

namespace sfa::posix {

sockaddr_in ToSockaddr(const Endpoint& endpoint);
Endpoint FromSockaddr(const sockaddr_in& address);

// A non-blocking IPv4 socket bound to `local`; `type` is SOCK_STREAM or SOCK_DGRAM. Errors name the
// address. A stream socket may take a port on which old connections still end; one for 0.0.0.0:0
// is left to connect() or listen(), which choose.
Result<Descriptor> OpenBound(int type, const Endpoint& local);
Endpoint LocalOf(int fd);
Endpoint RemoteOf(int fd);
// The error that waits at the socket, which is thereby taken; 0 for none.
int TakeError(int fd);
void SetOption(int fd, int level, int option, int value);

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_SOCKETS_H_
