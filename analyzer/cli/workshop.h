// Where `fix` works: makes a build with given lists, makes the user's runs of it under forced
// suspends, and says what they showed.
//
// The build is the user's command (with the lists in its environment), or wasm-opt over a module
// that has no Asyncify yet. Files are kept in one folder of its own:
//
//   flags.rsp, add.txt, imports.txt   the lists, as emcc and wasm-opt read them
//   module.wasm                       what wasm-opt made
//   passed.wasm                       the last of these under which all runs passed
//   build.log, stdout, stderr         of the last build and run
//   run.atrace                        of the last run
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/cli/shell.h"
#include "analyzer/fix/search.h"
#include "support/result.h"
#include "tracer/record/module_table.h"

namespace asyncscope::cli {

struct WorkshopOptions {
  std::string build;              // shell command; empty: wasm-opt over `wasm`
  std::string wasm;               // path of a module without Asyncify
  std::string wasmOpt;            // program
  std::string wasmOptArguments;   // beside those of the pass, as a shell splits them
  std::vector<std::string> runs;  // shell commands
  std::string folder;             // exists; an absolute path without blanks
  std::uint32_t timeout = 120;    // seconds for each run
};

class Workshop {
 public:
  explicit Workshop(WorkshopOptions options);

  // Builds with these lists, and makes the runs.
  support::Result<analyzer::Tried> attempt(const analyzer::Lists& lists, analyzer::Runs runs);

  // Builds with everything instrumented: nothing ignored, no list of functions, the imports
  // and the buffer of `lists`. Not empty: the last lines of the build that failed.
  support::Result<std::string> buildFull(const analyzer::Lists& lists);
  support::Result<std::string> buildWith(const analyzer::Lists& lists);

  // Of the build as it stands: bytes of its module, as a run loads it (0: none was seen), and the
  // processor time of all runs without the tool; nothing when one fails. Where `known`, what the
  // runs of this build showed before, has that time, short runs alone are made anew.
  support::Result<std::uint64_t> moduleBytes();
  support::Result<std::optional<double>> runSeconds(const analyzer::Tried* known = nullptr);

  // What `attempt` depends on beside the commands; see FixQuestion::source.
  support::Result<std::string> source(const analyzer::Lists& start);

  // The lists as flags of emcc; where the build drops names, with the flag that keeps them, as all
  // builds here were made.
  std::vector<std::string> emccFlags(const analyzer::Lists& lists) const;

  bool keepsNames() const { return keepNames_; }
  const std::string& modulePath() const { return module_; }
  const std::string& responseFile() const { return responseFile_; }

 private:
  struct Seen;

  support::Result<std::vector<record::ModuleTable>> modules();
  support::Result<std::string> build(const std::string& emccFlags, const std::string& passFlags);
  support::Result<std::string> passFlagsOf(const analyzer::Lists& lists) const;
  support::Result<void> keep(const analyzer::Lists& lists);
  support::Result<void> nameInput(std::span<const std::uint8_t> bytes);
  std::vector<std::size_t> order(const analyzer::Lists& lists, analyzer::Runs runs) const;
  support::Result<analyzer::TriedRun> tryRun(std::size_t index, Seen& seen);
  support::Result<void> explainFailure(const ShellEnded& ended, analyzer::TriedRun& run);
  support::Result<void> compareOutputs(const std::string& stressed, analyzer::TriedRun& run);

  WorkshopOptions options_;
  std::string input_, module_, keptModule_, responseFile_, trace_;
  bool keepNames_ = false;                        // decided by source()
  std::optional<analyzer::Lists> standing_;       // of the last build, when it did not fail
  std::optional<analyzer::Lists> kept_;           // of the module at keptModule_
  std::map<std::size_t, analyzer::Lists> asked_;  // what each run, by its index, has asked for
};

}  // namespace asyncscope::cli
