#include "analyzer/cli/wasm_opt.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "analyzer/cli/files.h"
#include "analyzer/cli/shell.h"

extern char** environ;

namespace asyncscope::cli {
namespace {

namespace fs = std::filesystem;

// A folder that goes with what is in it.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "asyncscope-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  bool made() const { return !path_.empty(); }
  std::string file(const char* name) const { return (fs::path(path_) / name).string(); }

 private:
  std::string path_;
};

support::Result<int> spawn(const std::vector<std::string>& words, const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  const int failed =
      posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return support::fail(fmt::format("{} could not be run: {}", words[0], std::strerror(failed)),
                         std::nullopt, "install Binaryen, or give its place with --wasm-opt");
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

support::Result<std::uint64_t> sizeAfterPass(const PassRun& run) {
  const Scratch scratch;
  if (!scratch.made()) return support::fail("no temporary folder could be made");
  const std::string output = scratch.file("out.wasm"), log = scratch.file("log");
  std::vector<std::string> words{run.wasmOpt, "--all-features", "-O1", "--asyncify"};
  words.push_back(fmt::format("--pass-arg=asyncify-imports@{}", fmt::join(run.imports, ",")));
  if (run.ignoreIndirect) words.push_back("--pass-arg=asyncify-ignore-indirect");
  if (!run.only.empty()) {
    // As a file: names of C++ have commas, and there may be thousands.
    const std::string list = fmt::format("{}\n", fmt::join(run.only, "\n"));
    const std::string file = scratch.file("only.txt");
    const auto written =
        writeFile(file, std::span(reinterpret_cast<const std::uint8_t*>(list.data()), list.size()));
    if (!written) return tl::unexpected(written.error());
    words.push_back("--pass-arg=asyncify-onlylist@@" + file);
  }
  words.insert(words.end(), {run.input, "-o", output});
  const auto status = spawn(words, log);
  if (!status) return tl::unexpected(status.error());
  std::error_code missing;
  const std::uint64_t size = fs::file_size(output, missing);
  if (*status == 0 && !missing) return size;
  const auto said = readFile(log);
  std::string text = said ? std::string(said->begin(), said->end()) : std::string();
  text = text.substr(0, text.find('\n')).substr(0, 200);
  return support::fail(fmt::format("{} ended with {}: {}", run.wasmOpt, *status, text));
}

std::string engineFeatures(const std::string& wasmOpt, const std::string& folder) {
  // Of Binaryen 132; older versions refuse options that they do not know.
  constexpr std::string_view kUnread = "--disable-compact-imports";
  const std::string log = folder + "/wasm-opt-help";
  std::string features = "--all-features";
  if (!runShell(wasmOpt + " --help", log, log + ".errors")) return features;
  if (textOf(log).find(kUnread) != std::string::npos) features += fmt::format(" {}", kUnread);
  return features;
}

}  // namespace asyncscope::cli
