#include "tracer/runtime/addon/signals.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <string>

#include "tracer/runtime/addon/recorder.h"

namespace asyncscope::runtime {

namespace {

struct Taken {
  int number;
  const char* name;
  struct sigaction before;  // the action that ours replaced
  bool armed;
};

Taken taken[] = {
    {SIGINT, "SIGINT", {}, false},   {SIGTERM, "SIGTERM", {}, false}, {SIGHUP, "SIGHUP", {}, false},
    {SIGQUIT, "SIGQUIT", {}, false}, {SIGABRT, "SIGABRT", {}, false},
};

std::atomic<int> pending = 0;
std::atomic<Recorder*> target = nullptr;
std::atomic<pid_t> owner = 0;

void sleepMillisecond() {
  const timespec time = {0, 1'000'000};
  nanosleep(&time, nullptr);
}

void handle(int number) {
  const int error = errno;
  Recorder* const recorder = target;
  if (recorder == nullptr || getpid() != owner) {
    // In a child between fork and exec, which has no recorder.
    signal(number, SIG_DFL);
    raise(number);
    errno = error;
    return;
  }
  pending = number;
  recorder->wake();
  // abort() kills as soon as this returns, so it waits; bounded, for the recorder itself might be
  // what aborted.
  if (number == SIGABRT) {
    for (int i = 0; i < 2000 && !recorder->finished(); ++i) sleepMillisecond();
    signal(number, SIG_DFL);
    raise(number);  // when this returns: the signal is blocked until then
  }
  errno = error;
}

struct sigaction ourAction() {
  struct sigaction action = {};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  return action;
}

bool isDefault(const struct sigaction& action) {
  return !(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_DFL;
}

bool isIgnored(const struct sigaction& action) {
  return !(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_IGN;
}

std::string exitJson(const char* signalName) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  tm utc;
  gmtime_r(&now.tv_sec, &utc);
  char date[32];
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
  std::string milliseconds = std::to_string(now.tv_nsec / 1'000'000);
  milliseconds.insert(0, 3 - milliseconds.size(), '0');
  return std::string("{\"code\":null,\"signal\":\"") + signalName + "\",\"time\":\"" + date + "." +
         milliseconds + "Z\"}";
}

}  // namespace

void armSignals(Recorder& recorder) {
  target = &recorder;
  owner = getpid();
  const struct sigaction ours = ourAction();
  for (Taken& entry : taken) {
    struct sigaction current;
    // Node's own action for SIGINT and SIGTERM (restore the terminal, then die) is chained to.
    if (sigaction(entry.number, nullptr, &current) != 0 || isIgnored(current)) continue;
    entry.armed = sigaction(entry.number, &ours, &entry.before) == 0;
  }
}

void rearmSignals() {
  const struct sigaction ours = ourAction();
  for (Taken& entry : taken) {
    struct sigaction current;
    if (!entry.armed || sigaction(entry.number, nullptr, &current) != 0 || !isDefault(current)) {
      continue;
    }
    if (sigaction(entry.number, &ours, &current) != 0) continue;
    if (isDefault(current)) {
      entry.before = current;
    } else {
      sigaction(entry.number, &current, nullptr);  // the program has been quicker
    }
  }
}

bool handlePendingSignal(Recorder& recorder) {
  const int number = pending.exchange(0);
  if (number == 0) return false;
  for (Taken& entry : taken) {
    if (entry.number != number) continue;
    recorder.finishBySignal(exitJson(entry.name));
    if (number == SIGABRT) return true;
    sigaction(number, &entry.before, nullptr);
    kill(getpid(), number);
  }
  return true;
}

}  // namespace asyncscope::runtime
