// The matrix as a page: a grid of networks against networks, and the table of logins.
#ifndef REPORTS_MATRIX_HTML_H_
#define REPORTS_MATRIX_HTML_H_

#include <string>

#include "conformance/results/matrix.h"

namespace sfa::reports {

// One file without anything from outside. Links to folders are relative to its directory.
std::string RenderMatrix(const conformance::MatrixResult& matrix);

}  // namespace sfa::reports

#endif  // REPORTS_MATRIX_HTML_H_
