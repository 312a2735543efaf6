#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "conformance/command_line/options.h"
#include "conformance/command_line/print.h"
#include "conformance/host/children.h"
#include "conformance/host/files.h"
#include "conformance/matrix/cell.h"
#include "conformance/matrix/kind.h"
#include "conformance/results/json.h"
#include "conformance/results/matrix.h"
#include "reports/matrix_html.h"

namespace sfa::conformance {
namespace {

struct Pair {
  const NetworkKind* from;
  const NetworkKind* to;
};

std::vector<Pair> AllPairs() {
  std::vector<Pair> pairs;
  for (const NetworkKind& from : NetworkKinds()) {
    for (const NetworkKind& to : NetworkKinds()) {
      const bool shared = from.shared || to.shared;
      if (!shared || &from == &to) pairs.push_back({&from, &to});
    }
  }
  return pairs;
}

double Seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string Measures(const MatrixCell& cell) {
  if (!cell.set_up) return "";
  std::string text = fmt::format("answered after {:.0f} ms and {} bytes, {} bytes in all",
                                 1000 * Seconds(*cell.set_up), cell.set_up_bytes, cell.call_bytes);
  if (cell.correlation) text += fmt::format(", correlation {:.3f}", *cell.correlation);
  if (cell.mos) text += fmt::format(", MOS {:.2f}", *cell.mos);
  return text;
}

void PrintCell(const MatrixCell& cell) {
  fmt::print("{} {} calls {}: {}, expected {}\n", Word(cell.verdict, 12), cell.from, cell.to,
             cell.path, cell.expected);
  if (const std::string measures = Measures(cell); !measures.empty()) {
    fmt::print("  {}\n", measures);
  }
  if (cell.verdict == Verdict::kPass) return;
  fmt::print("  {}\n", cell.reason);
  if (!cell.folder.empty()) fmt::print("  all of it: {}\n", cell.folder);
  fmt::print("  again:     {}\n", cell.reproduce);
}

// A letter a cell: columns are numbered as rows are.
void PrintGrid(const MatrixResult& matrix) {
  std::vector<const MatrixKind*> kinds;
  for (const MatrixKind& kind : matrix.kinds) {
    if (!kind.shared) kinds.push_back(&kind);
  }
  fmt::print("{:>29}", "client calls Asterisk in");
  for (size_t column = 1; column <= kinds.size(); ++column) fmt::print("{:>8}", column);
  fmt::print("\n");
  for (size_t row = 0; row < kinds.size(); ++row) {
    fmt::print("{:>3} {:<25}", row + 1, kinds[row]->name);
    for (const MatrixKind* column : kinds) {
      const MatrixCell* const cell = matrix.Find(kinds[row]->name, column->name);
      std::string word = cell == nullptr ? "" : cell->path;
      if (cell != nullptr && cell->verdict != Verdict::kPass) word += "!";
      fmt::print("{:>8}", word);
    }
    fmt::print("\n");
  }
  for (const MatrixCell& cell : matrix.cells) {
    if (cell.from != cell.to || matrix.kinds.empty()) continue;
    const auto kind = std::find_if(matrix.kinds.begin(), matrix.kinds.end(),
                                   [&](const MatrixKind& each) { return each.name == cell.from; });
    if (kind->shared) {
      fmt::print("    {:<25}{:>8}\n", cell.from,
                 cell.path + (cell.verdict == Verdict::kPass ? "" : "!"));
    }
  }
}

void PrintLogins(const std::vector<MatrixLogin>& logins) {
  fmt::print("\n{:<29}{:>9}{:>9}  {:<16} {}\n", "login in", "time", "bytes", "published", "");
  for (const MatrixLogin& login : logins) {
    fmt::print("    {:<25}{:>9}{:>9}  {:<16} {}{}\n", login.kind,
               login.time ? fmt::format("{:.1f} s", Seconds(*login.time)) : "-",
               login.time ? std::to_string(login.bytes) : "-", login.published, Word(login.verdict),
               login.reason.empty() ? "" : ": " + login.reason);
  }
}

// Everything, each in a process of its own.
class Everything {
 public:
  Everything(const CommonOptions& common, int jobs) : common_(common), jobs_(jobs) {}

  MatrixResult Run() {
    MatrixResult matrix;
    matrix.target = common_.target;
    matrix.seed = common_.seed;
    for (const NetworkKind& kind : NetworkKinds()) {
      matrix.kinds.push_back({kind.name, kind.summary, kind.shared});
    }
    const std::vector<Pair> pairs = AllPairs();
    matrix.cells.resize(pairs.size());
    std::vector<const NetworkKind*> logins;
    for (const NetworkKind& kind : NetworkKinds()) {
      if (!kind.shared) logins.push_back(&kind);
    }
    matrix.logins.resize(logins.size());
    std::vector<std::vector<std::string>> commands;
    commands.reserve(pairs.size() + logins.size());
    for (const Pair& pair : pairs) {
      commands.push_back(Command("--pair", pair.from->name + "," + pair.to->name));
    }
    for (const NetworkKind* kind : logins) commands.push_back(Command("--login", kind->name));
    size_t done = 0;
    RunChildren(commands, jobs_, [&](size_t job, const ChildResult& child) {
      if (IsTerminal()) {
        fmt::print(stderr, "\r\x1b[K[{}/{}] {}", ++done, commands.size(), commands[job].back());
        std::fflush(stderr);
      }
      if (job < pairs.size()) {
        matrix.cells[job] = Cell(pairs[job], child);
      } else {
        matrix.logins[job - pairs.size()] = Login(*logins[job - pairs.size()], child);
      }
    });
    if (IsTerminal()) fmt::print(stderr, "\r\x1b[K");
    return matrix;
  }

 private:
  std::vector<std::string> Command(const std::string& option, const std::string& what) const {
    return {OwnPath(),
            "--source-root",
            common_.source_root,
            "matrix",
            "--json",
            "--worker",
            "--on",
            common_.target,
            "--seed",
            std::to_string(common_.seed),
            "--out",
            common_.out,
            option,
            what};
  }

  static std::string NoAnswer(const ChildResult& child) {
    return fmt::format("the process that ran it ended with status {}", child.exit_code);
  }

  static MatrixCell Cell(const Pair& pair, const ChildResult& child) {
    if (auto cell = MatrixCellFromJson(child.output); cell.ok()) return std::move(*cell);
    MatrixCell cell;
    cell.from = pair.from->name;
    cell.to = pair.to->name;
    cell.path = "none";
    cell.reason = NoAnswer(child);
    cell.reproduce = "./sfalab matrix --pair " + cell.from + "," + cell.to;
    return cell;
  }

  static MatrixLogin Login(const NetworkKind& kind, const ChildResult& child) {
    if (auto login = MatrixLoginFromJson(child.output); login.ok()) return std::move(*login);
    MatrixLogin login;
    login.kind = kind.name;
    login.reason = NoAnswer(child);
    return login;
  }

  const CommonOptions& common_;
  const int jobs_;
};

ExitCode TellKind(const std::string& option, const std::string& found) {
  return TellError(fmt::format("{}: found '{}'; allowed: {}", option, found,
                               AllowedWords(found, NetworkKindNames())),
                   kExitBadInput);
}

ExitCode OnePair(const CommonOptions& common, const std::string& pair, const Library& library) {
  const size_t comma = pair.find(',');
  if (comma == std::string::npos) {
    return TellError("--pair: found '" + pair + "'; allowed: two networks with a comma between",
                     kExitBadInput);
  }
  const std::string names[] = {pair.substr(0, comma), pair.substr(comma + 1)};
  const NetworkKind* kinds[2];
  for (int i = 0; i < 2; ++i) {
    kinds[i] = FindNetworkKind(names[i]);
    if (kinds[i] == nullptr) return TellKind("--pair", names[i]);
  }
  if ((kinds[0]->shared || kinds[1]->shared) && kinds[0] != kinds[1]) {
    return TellError("--pair: '" + (kinds[0]->shared ? names[0] : names[1]) +
                         "' is a network of both ends; allowed: it twice",
                     kExitBadInput);
  }
  const auto factory = NewPbxFactory(common.target, common.source_root);
  const auto cell =
      RunCell(*kinds[0], *kinds[1], library, *factory, {common.seed, common.target, common.out});
  if (!cell.ok()) return TellError(cell.error().message, kExitCannotTell);
  if (common.json) {
    fmt::print("{}\n", Dump(ToJson(*cell)));
  } else {
    PrintCell(*cell);
  }
  return ExitCodeOf(cell->verdict);
}

ExitCode OneLogin(const CommonOptions& common, const std::string& name, const Library& library) {
  const NetworkKind* const kind = FindNetworkKind(name);
  if (kind == nullptr) return TellKind("--login", name);
  const auto factory = NewPbxFactory(common.target, common.source_root);
  const auto login = RunLogin(*kind, library, *factory, {common.seed, common.target, common.out});
  if (!login.ok()) return TellError(login.error().message, kExitCannotTell);
  if (common.json) {
    fmt::print("{}\n", Dump(ToJson(*login)));
  } else {
    PrintLogins({*login});
  }
  return ExitCodeOf(login->verdict);
}

}  // namespace

ExitCode Matrix(const CommonOptions& common, const MatrixOptions& options) {
  if (options.worker) EndWithParent();
  const std::optional<Library> library = OpenLibrary(common.source_root);
  if (!library) return kExitBadInput;
  if (!options.pair.empty()) return OnePair(common, options.pair, *library);
  if (!options.login.empty()) return OneLogin(common, options.login, *library);
  const MatrixResult matrix = Everything(common, options.jobs).Run();
  for (const auto& [name, text] :
       {std::pair<std::string, std::string>{"/matrix.json", Dump(ToJson(matrix), 1) + "\n"},
        {"/matrix.html", reports::RenderMatrix(matrix)}}) {
    const Status written = WriteFile(common.out + name, text);
    if (!written.ok()) return TellError(written.error().message, kExitCannotTell);
  }
  if (common.json) {
    fmt::print("{}\n", Dump(ToJson(matrix)));
    return ExitCodeOf(matrix.verdict());
  }
  for (const MatrixCell& cell : matrix.cells) {
    if (cell.verdict != Verdict::kPass) PrintCell(cell);
  }
  PrintGrid(matrix);
  PrintLogins(matrix.logins);
  const auto good =
      std::count_if(matrix.cells.begin(), matrix.cells.end(),
                    [](const MatrixCell& cell) { return cell.verdict == Verdict::kPass; });
  fmt::print("\n{}: {} of {} calls took the expected path (target {}, seed {})\nreport: {}\n",
             Word(matrix.verdict()), good, matrix.cells.size(), common.target, common.seed,
             AbsolutePath(common.out + "/matrix.html"));
  return ExitCodeOf(matrix.verdict());
}

}  // namespace sfa::conformance
