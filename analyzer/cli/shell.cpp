#include "analyzer/cli/shell.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace asyncscope::cli {
namespace {

constexpr useconds_t kPollMicroseconds = 5000;

double seconds(const timeval& time) { return double(time.tv_sec) + double(time.tv_usec) * 1e-6; }

// In the child: the file in place of that descriptor. Whether it could be had.
bool redirect(const std::string& path, int descriptor) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  return file >= 0 && dup2(file, descriptor) >= 0;
}

}  // namespace

support::Result<ShellEnded> runShell(const std::string& command, const std::string& output,
                                     const std::string& errors, std::uint32_t timeout) {
  const pid_t pid = fork();
  if (pid < 0) return support::fail(std::string("no process: ") + strerror(errno));
  if (pid == 0) {
    if (redirect(output, STDOUT_FILENO) && redirect(errors, STDERR_FILENO)) {
      execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    }
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + std::chrono::seconds(timeout);
  bool killed = false;
  while (true) {
    const pid_t waited = wait4(pid, &status, timeout == 0 || killed ? 0 : WNOHANG, &usage);
    if (waited == pid) break;
    if (waited < 0 && errno != EINTR) return support::fail(std::string("lost: ") + strerror(errno));
    if (waited != 0) continue;
    if (Clock::now() >= end) {
      killed = kill(pid, SIGKILL) == 0;
    } else {
      usleep(kPollMicroseconds);
    }
  }
  ShellEnded ended;
  ended.timedOut = killed;
  if (WIFEXITED(status)) {
    ended.code = WEXITSTATUS(status);
  } else {
    ended.signal = WTERMSIG(status);
  }
  ended.seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  return ended;
}

std::string fateText(const ShellEnded& ended) {
  if (ended.timedOut) return "no end in time";
  if (ended.code) return fmt::format("exit code {}", *ended.code);
  return fmt::format("signal SIG{}", sigabbrev_np(ended.signal));
}

}  // namespace asyncscope::cli
