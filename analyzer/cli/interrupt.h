// Ctrl-C during work that takes long: it ends the work, not us, so that what was found is told.
#pragma once

#include <signal.h>

namespace asyncscope::cli {

// While one of these lives, SIGINT only makes interrupted() true; then what was before is restored.
class CatchInterrupt {
 public:
  CatchInterrupt();
  ~CatchInterrupt();
  CatchInterrupt(const CatchInterrupt&) = delete;
  CatchInterrupt& operator=(const CatchInterrupt&) = delete;

 private:
  struct sigaction old_ {};
};

bool interrupted();

// For a program that was ended by the same Ctrl-C before the signal reached us.
void noteInterrupt();

}  // namespace asyncscope::cli
