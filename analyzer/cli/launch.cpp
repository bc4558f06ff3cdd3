#include "analyzer/cli/launch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "analyzer/cli/files.h"
#include "tracer/record/trace_file.h"

namespace asyncscope::cli {
namespace {

namespace fs = std::filesystem;

constexpr useconds_t kPollMicroseconds = 5000;
constexpr std::array kForwarded = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

std::atomic<pid_t> child{0};

// A signal from the terminal reaches the whole foreground group, the program included; only what
// another process sent to us alone has to be passed on.
void forward(int signal, siginfo_t* info, void*) {
  const pid_t pid = child.load();
  if (pid > 0 && info->si_code <= 0) kill(pid, signal);
}

class ForwardSignals {
 public:
  ForwardSignals() {
    struct sigaction action {};
    action.sa_sigaction = forward;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < kForwarded.size(); ++i) sigaction(kForwarded[i], &action, &old_[i]);
  }
  ~ForwardSignals() {
    for (std::size_t i = 0; i < kForwarded.size(); ++i) sigaction(kForwarded[i], &old_[i], nullptr);
  }
  ForwardSignals(const ForwardSignals&) = delete;
  ForwardSignals& operator=(const ForwardSignals&) = delete;

 private:
  std::array<struct sigaction, kForwarded.size()> old_{};
};

// Node splits NODE_OPTIONS at blanks, and takes quotes and backslashes as a shell does.
std::string nodeQuoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string isoTime(std::chrono::system_clock::time_point when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  struct tm utc {};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text.data();
}

void writeInto(const std::string& path, int descriptor) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file >= 0) dup2(file, descriptor);
}

// Waits for its end; kills it when that takes longer than `seconds` (0: any time will do). Whether
// it was killed.
bool await(pid_t pid, std::uint32_t seconds, int& status) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + std::chrono::seconds(seconds);
  bool killed = false;
  while (true) {
    const pid_t ended = waitpid(pid, &status, seconds == 0 || killed ? 0 : WNOHANG);
    if (ended == pid) return killed;
    if (ended < 0 && errno != EINTR) return killed;
    if (ended != 0) continue;
    if (Clock::now() >= end) {
      killed = kill(pid, SIGKILL) == 0;
      continue;
    }
    usleep(kPollMicroseconds);
  }
}

void preloadRuntime(const std::string& hook, const std::string& trace) {
  std::string nodeOptions = "--require " + nodeQuoted(hook);
  if (const char* existing = std::getenv("NODE_OPTIONS")) {
    nodeOptions += ' ';
    nodeOptions += existing;
  }
  setenv("NODE_OPTIONS", nodeOptions.c_str(), 1);
  setenv("ASYNCSCOPE_TRACE", trace.c_str(), 1);
}

[[noreturn]] void becomeProgram(const LaunchOptions& options, const std::string& hook,
                                const std::string& trace, int errorPipe) {
  if (options.preload) preloadRuntime(hook, trace);
  if (!options.stress.empty()) setenv("ASYNCSCOPE_STRESS", options.stress.c_str(), 1);
  if (!options.globals.empty()) {
    setenv("ASYNCSCOPE_GLOBALS", fmt::format("{}", fmt::join(options.globals, ",")).c_str(), 1);
  }
  if (options.outputToError) dup2(STDERR_FILENO, STDOUT_FILENO);
  if (!options.capture.empty()) {
    writeInto(options.capture + "/stdout", STDOUT_FILENO);
    writeInto(options.capture + "/stderr", STDERR_FILENO);
  }
  std::vector<char*> arguments;
  for (const std::string& word : options.command)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  const int error = errno;
  // The parent reads why through a pipe that a successful exec closes.
  [[maybe_unused]] const auto written = write(errorPipe, &error, sizeof error);
  _exit(127);
}

// The last chunk of a killed process may be cut: what is whole stays, what is not is cut off.
support::Result<void> finishTrace(const std::string& path, const record::EndInfo& end) {
  const auto bytes = readFile(path);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto whole = record::wholeChunksLength(*bytes);
  if (!whole) return tl::unexpected(whole.error());
  if (*whole < bytes->size()) {
    std::error_code error;
    fs::resize_file(path, *whole, error);
    if (error) return support::fail("cannot be mended: " + error.message());
  }
  return appendFile(path, record::endChunk(end));
}

std::vector<std::string> tracesOf(const std::string& path) {
  std::vector<std::string> traces;
  std::error_code error;
  if (fs::exists(path, error)) traces.push_back(path);
  const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : ".";
  const std::string prefix = fs::path(path).filename().string() + ".";
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const bool ofChild = name.size() > prefix.size() &&
                         name.compare(0, prefix.size(), prefix) == 0 &&
                         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(prefix.size()),
                                     name.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (ofChild) traces.push_back(entry.path().string());
  }
  std::sort(traces.begin(), traces.end());
  return traces;
}

support::Result<void> removeOld(const std::string& path) {
  for (const std::string& old : tracesOf(path)) {
    std::error_code error;
    if (fs::is_regular_file(old, error)) fs::remove(old, error);
    if (error) return support::fail("cannot be replaced: " + error.message());
  }
  return {};
}

}  // namespace

support::Result<std::string> findRuntime(const std::string& file) {
  std::vector<fs::path> places;
  if (const char* given = std::getenv("ASYNCSCOPE_RUNTIME")) places.emplace_back(given);
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    places.push_back(self.parent_path().parent_path() / "runtime");
    places.push_back(self.parent_path().parent_path() / "share" / "asyncscope" / "runtime");
  }
  for (const fs::path& place : places) {
    const fs::path found = place / file;
    if (fs::exists(found, error)) return found.string();
  }
  return support::fail(fmt::format("the runtime ({}) was not found beside the command", file),
                       std::nullopt,
                       "build with ASYNCSCOPE_WASM=ON, or set ASYNCSCOPE_RUNTIME to its folder");
}

support::Result<Ended> launch(const LaunchOptions& options) {
  const auto hook = options.preload ? findRuntime("node-hook.cjs") : std::string();
  if (!hook) return tl::unexpected(hook.error());
  const std::string trace = fs::absolute(options.trace).string();
  if (auto removed = removeOld(trace); !removed) return tl::unexpected(removed.error());

  std::array<int, 2> errorPipe{};
  if (pipe2(errorPipe.data(), O_CLOEXEC) != 0) return support::fail(std::strerror(errno));
  const ForwardSignals forwarding;
  const auto begin = std::chrono::steady_clock::now();
  const pid_t pid = fork();
  if (pid < 0) return support::fail(std::strerror(errno));
  if (pid == 0) {
    close(errorPipe[0]);
    becomeProgram(options, *hook, trace, errorPipe[1]);
  }
  child = pid;
  close(errorPipe[1]);
  int execError = 0;
  const bool failed = read(errorPipe[0], &execError, sizeof execError) == sizeof execError;
  close(errorPipe[0]);
  int status = 0;
  const bool timedOut = await(pid, options.timeout, status);
  child = 0;
  if (failed) {
    return support::fail(fmt::format("cannot be run: {}", std::strerror(execError)), std::nullopt,
                         "check the command after `--`");
  }

  Ended ended;
  ended.timedOut = timedOut;
  record::EndInfo end;
  if (WIFEXITED(status)) {
    ended.code = WEXITSTATUS(status);
    end.code = ended.code;
  } else {
    ended.signal = WTERMSIG(status);
    end.signal = fmt::format("SIG{}", sigabbrev_np(ended.signal));
  }
  if (!options.preload) end.code.reset(), end.signal.clear();
  end.milliseconds =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  end.time = isoTime(std::chrono::system_clock::now());
  const std::vector<std::string> traces = tracesOf(trace);
  if (traces.empty()) {
    if (!options.preload) return ended;
    return support::fail("left no trace: it is no Node program, or it drops NODE_OPTIONS",
                         std::nullopt, "give the command that starts Node itself");
  }
  for (const std::string& each : traces) {
    // A child process that still runs goes on writing its own trace; ours is whole.
    if (auto finished = finishTrace(each, end); !finished) return tl::unexpected(finished.error());
  }
  return ended;
}

std::vector<std::string> tracesWithModules(const std::string& path) {
  std::vector<std::string> traces;
  for (const std::string& candidate : tracesOf(path)) {
    const auto bytes = readFile(candidate);
    if (!bytes) continue;
    const auto trace = record::readTrace(*bytes, {.allowPartial = true});
    if (trace && !trace->modules.empty()) traces.push_back(candidate);
  }
  return traces;
}

std::string traceWithModules(const std::string& path) {
  const std::vector<std::string> traces = tracesWithModules(path);
  return traces.empty() ? path : traces.front();
}

}  // namespace asyncscope::cli
