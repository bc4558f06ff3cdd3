#include "analyzer/cli/interrupt.h"

namespace asyncscope::cli {
namespace {

volatile sig_atomic_t seen = 0;

void onInterrupt(int) { seen = 1; }

}  // namespace

CatchInterrupt::CatchInterrupt() {
  seen = 0;
  struct sigaction action {};
  action.sa_handler = onInterrupt;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &old_);
}

CatchInterrupt::~CatchInterrupt() { sigaction(SIGINT, &old_, nullptr); }

bool interrupted() { return seen != 0; }

void noteInterrupt() { seen = 1; }

}  // namespace asyncscope::cli
