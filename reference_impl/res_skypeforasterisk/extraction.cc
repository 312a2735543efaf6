#include "res_skypeforasterisk/extraction.h"

#include <utility>

namespace sfa::res {
namespace {

Error Explain(const Error& error, const std::string& what, const std::string& engine_directory) {
  std::string message = what + ": " + error.message;
  switch (error.code) {
    case ErrorCode::kNotExecutable:
      message =
          "files in " + engine_directory +
          " may not be executed, as on a file system mounted noexec; set engine_directory in "
          "chan_skype.conf to a directory where the Asterisk process may write and execute (" +
          error.message + ")";
      break;
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kNotFound:
    case ErrorCode::kReadOnly:
    case ErrorCode::kNoSpace:
      message +=
          "; engine_directory in chan_skype.conf must name a directory where the Asterisk "
          "process may write and execute";
      break;
    default:
      break;
  }
  return {error.code, message};
}

Status Write(FileSystem& files, const std::string& path, std::span<const uint8_t> image) {
  Result<std::unique_ptr<File>> file = files.Open(path, OpenMode::kCreateExclusive, 0700);
  if (!file) return file.error();
  return (*file)->WriteAt(0, image);
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ExtractAndLaunch(Runtime& runtime,
                                                       std::span<const uint8_t> image,
                                                       const std::string& engine_directory,
                                                       ProcessHandler& handler) {
  FileSystem& files = runtime.files();
  const Result<std::string> directory =
      files.MakePrivateDirectory(engine_directory + "/" + kEngineProcessName + ".");
  if (!directory) {
    return Explain(directory.error(),
                   "the Skype engine cannot be extracted into " + engine_directory,
                   engine_directory);
  }
  const std::string path = *directory + "/" + kEngineProcessName;
  const Status written = Write(files, path, image);
  Result<std::unique_ptr<ChildProcess>> child =
      written ? runtime.processes().Launch({path, {kEngineProcessName}}, handler)
              : Result<std::unique_ptr<ChildProcess>>(written.error());
  // Left-overs do not keep the engine from running; but somebody should know of them.
  if (files.Exists(path)) {
    if (const Status removed = files.Remove(path); !removed) {
      runtime.log().Write(LogLevel::kWarning, "engine", "left behind: " + removed.error().message);
    }
  }
  if (const Status removed = files.RemoveDirectory(*directory); !removed) {
    runtime.log().Write(LogLevel::kWarning, "engine", "left behind: " + removed.error().message);
  }
  if (!child) {
    return Explain(child.error(), "the Skype engine cannot be started from " + engine_directory,
                   engine_directory);
  }
  return child;
}

}  // namespace sfa::res
