// How long a login took in Skype's network, as published, and whether one here took as long.
#ifndef CONFORMANCE_MATRIX_LOGIN_TIMES_H_
#define CONFORMANCE_MATRIX_LOGIN_TIMES_H_

#include "conformance/matrix/kind.h"
#include "conformance/results/matrix.h"

namespace sfa::conformance {

// Baset and Schulzrinne 2006: on a public address and behind a NAT 3 to 7 s, behind a NAT with UDP
// blocked 30 to 35 s. Fills in `expected` and `published`, and fails a login that lies outside.
void JudgeLogin(const NetworkKind& kind, MatrixLogin& login);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_MATRIX_LOGIN_TIMES_H_
