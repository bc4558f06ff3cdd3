// The search of `fix`: the smallest lists under which every run passes with a suspend at each
// opportunity.
//
//   grow     build, run under forced suspends, add exactly what the findings ask for; again, until
//            nothing is found
//   shrink   leave out one function after the other, then the larger buffer; where all runs still
//            pass, it was not needed
//
// Guarantees: `Mended` is said only of lists that were built and run, each run to its end, with at
// least one cycle completed. Of the functions that are left, none can be left out alone (a finding
// or a failure was seen without it) unless the search was interrupted.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analyzer/fix/tried.h"
#include "support/result.h"

namespace asyncscope::analyzer {

// Whether the runs after a failing one are worth making.
enum class Runs { All, UntilOneFails };

using Attempt = std::function<support::Result<Tried>(const Lists& lists, Runs runs)>;

struct FixStep {
  enum class Purpose { Grow, LeaveOut };

  Purpose purpose = Purpose::Grow;
  std::string leftOut;  // of LeaveOut: the function, or "the larger buffer"
  Lists lists;
  Tried tried;
};

struct FixResult {
  enum class Ending {
    NothingToMend,     // the first build passes as it is
    Mended,            // `lists` are enough
    BeyondFlags,       // what is left to mend is not a matter of lists
    NoProgress,        // runs fail, and no finding asks for more
    BuildFailed,       // the last build did
    NothingSuspended,  // all pass, and no cycle was ever completed: nothing is shown
    Interrupted,
  };

  Ending ending = Ending::Interrupted;
  std::vector<FixStep> steps;          // in the order in which they were made
  Lists lists;                         // the last ones that passed; else the last ones tried
  Tried tried;                         // what they showed
  std::vector<std::string> notNeeded;  // functions that were asked for, or given, and can go
  bool minimal = true;                 // false: interrupted while leaving out
};

// `start`: what the build has already. `stop` is asked before each attempt; an attempt during which
// it becomes true is thrown away.
support::Result<FixResult> searchFix(const Lists& start, const Attempt& attempt,
                                     const std::function<bool()>& stop);

}  // namespace asyncscope::analyzer
