#include "analyzer/cli/workshop.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <sstream>

#include "analyzer/advice/spelling.h"
#include "analyzer/cli/files.h"
#include "analyzer/cli/interrupt.h"
#include "analyzer/cli/launch.h"
#include "analyzer/cli/loaded_run.h"
#include "analyzer/cli/shell.h"
#include "analyzer/coverage/coverage.h"
#include "analyzer/diagnosis.h"
#include "analyzer/report/sentence.h"
#include "analyzer/summary/summarise.h"
#include "instrument/module/module.h"
#include "instrument/module/number_names.h"
#include "support/hash.h"
#include "support/shell.h"
#include "support/text.h"

namespace asyncscope::cli {
namespace {

using analyzer::Lists;
using analyzer::Tried;
using analyzer::TriedRun;

// Emcc's lists take names, which a build without -g drops after the pass, so that a finding could
// tell numbers alone.
constexpr const char* kKeepNames = "--profiling-funcs";
constexpr std::size_t kLogLines = 6;
// The processor time of short runs is the median of a few; that of longer ones is taken once.
constexpr int kTimedRepeats = 3;
constexpr double kLongEnough = 2;  // seconds

// The last lines of a build's log: what went wrong stands at its end.
std::string lastLines(const std::string& text) {
  std::size_t at = text.find_last_not_of('\n');
  if (at == std::string::npos) return "it printed nothing";
  const std::size_t end = at + 1;
  for (std::size_t lines = 0; lines < kLogLines && at != std::string::npos && at != 0; ++lines) {
    at = text.rfind('\n', at - 1);
  }
  return text.substr(at == std::string::npos ? 0 : at + 1, end);
}

// Of what a failed run wrote to standard error: the line that names an error, else the last one.
std::string tellingLine(const std::string& text) {
  constexpr std::size_t kMostBytes = 200;
  std::string telling, last;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    last = line;
    if (telling.empty() && line.find("Error: ") != std::string::npos) telling = line;
  }
  const std::string& line = telling.empty() ? last : telling;
  return line.empty() ? "" : ": " + line.substr(line.find_first_not_of(" \t"), kMostBytes);
}

std::string hashText(std::span<const std::uint8_t> bytes) {
  return fmt::format("{:016x}", support::fnv1a64(bytes));
}

// The module that suspends: of those that a run loaded, the one with the most functions of
// Asyncify.
const record::ModuleTable* mainModule(const record::Trace& trace) {
  const record::ModuleTable* main = nullptr;
  for (const auto& module : trace.modules) {
    if (main == nullptr || module.table.functions.size() > main->functions.size()) {
      main = &module.table;
    }
  }
  return main;
}

bool hasNames(const record::ModuleTable& module) { return module.hasNames; }

analyzer::Exercised exercisedBy(const analyzer::Summary& summary) {
  analyzer::Exercised exercised;
  const analyzer::Coverage coverage = analyzer::coverageOf(summary);
  exercised.sites = coverage.counts.sites;
  exercised.exercised = coverage.counts.exercised;
  exercised.neverCount = coverage.counts.sites - coverage.counts.exercised;
  for (const analyzer::ModuleCoverage& module : coverage.modules) {
    for (const auto* sites : {&module.never, &module.interrupted}) {
      for (const auto& [function, site] : *sites) {
        exercised.neverUnguarded += site->guarded ? 0 : 1;
        if (exercised.never.size() == analyzer::Exercised::kMostNamed) continue;
        const std::string index = fmt::format("func[{}]", function->index);
        exercised.never.push_back(
            {function->name.empty() ? index : fmt::format("{} ({})", function->name, index),
             fmt::format("{} at {:#x}", site->kind ? analyzer::siteKindName(*site->kind) : "a call",
                         site->offset),
             site->guarded});
      }
    }
  }
  return exercised;
}

support::Result<std::unique_ptr<LoadedRun>> load(const std::string& path) {
  auto bytes = readFile(path);
  if (!bytes) return tl::unexpected(bytes.error());
  // A run that was stopped may have written its last chunk in part.
  return loadRun(*std::move(bytes), path, {}, true);
}

}  // namespace

// What the runs of one build showed together.
struct Workshop::Seen {
  Tried tried;
  analyzer::Summary summary;
  std::map<std::size_t, std::string> outputs;  // of the runs that may have passed, by their index
  std::map<std::size_t, Lists> asked;          // what each of them asks for

  void ask(std::size_t index, const std::vector<analyzer::Finding>& findings) {
    for (const analyzer::Finding& finding : findings) {
      const analyzer::Advice& advice = finding.advice;
      const Lists lists{advice.functions, advice.imports, advice.bufferSize};
      tried.asked = analyzer::united(std::move(tried.asked), lists);
      asked[index] = analyzer::united(std::move(asked[index]), lists);
      if (lists != Lists{}) continue;
      std::string beyond = finding.code + ": " + finding.explanation;
      if (!advice.text.empty()) beyond += " What mends it: " + advice.text + ".";
      if (std::find(tried.beyondFlags.begin(), tried.beyondFlags.end(), beyond) ==
          tried.beyondFlags.end()) {
        tried.beyondFlags.push_back(std::move(beyond));
      }
    }
  }
};

Workshop::Workshop(WorkshopOptions options) : options_(std::move(options)) {
  input_ = options_.wasm;
  module_ = options_.folder + "/module.wasm";
  keptModule_ = options_.folder + "/passed.wasm";
  responseFile_ = options_.folder + "/flags.rsp";
  trace_ = options_.folder + "/run.atrace";
  if (options_.build.empty()) setenv("ASYNCSCOPE_WASM", module_.c_str(), 1);
}

support::Result<std::string> Workshop::build(const std::string& emccFlags,
                                             const std::string& passFlags) {
  standing_.reset();
  const std::string log = options_.folder + "/build.log";
  std::string command = options_.build;
  if (command.empty()) {
    command =
        fmt::format("{} {} --asyncify {} {} -o {}", options_.wasmOpt, options_.wasmOptArguments,
                    passFlags, support::shellQuoted(input_), support::shellQuoted(module_));
  } else {
    setenv("ASYNCSCOPE_FLAGS", emccFlags.c_str(), 1);
    setenv("ASYNCSCOPE_WASM_OPT_FLAGS", passFlags.c_str(), 1);
  }
  const auto ended = runShell(command, log, log + ".errors");
  if (!ended) return tl::unexpected(ended.error());
  if (ended->code == 0) return std::string();
  return fateText(*ended) + ": " + lastLines(textOf(log) + textOf(log + ".errors"));
}

// The module whose functions have names, so that they are known again behind the pass.
support::Result<void> Workshop::nameInput(std::span<const std::uint8_t> bytes) {
  const auto module = wasm::readModule(bytes);
  if (!module) return tl::unexpected(module.error());
  const auto named = wasm::withNumbersAsNames(*module);
  if (!named) return {};
  input_ = options_.folder + "/named.wasm";
  return writeFile(input_, *named);
}

// For the build that is found in the end; one of the user's stands wherever its command puts it.
support::Result<void> Workshop::keep(const Lists& lists) {
  if (!options_.build.empty()) return {};
  const auto module = readFile(module_);
  if (!module) return tl::unexpected(module.error());
  if (auto written = writeFile(keptModule_, *module); !written) return written;
  kept_ = lists;
  return {};
}

std::vector<std::string> Workshop::emccFlags(const Lists& lists) const {
  std::vector<std::string> flags = analyzer::flagsOf(lists).flags;
  if (keepNames_) flags.insert(flags.begin(), kKeepNames);
  return flags;
}

// The lists as wasm-opt takes them: in files, since names hold blanks, and a shell splits what it
// takes from a variable.
support::Result<std::string> Workshop::passFlagsOf(const Lists& lists) const {
  std::string passFlags;
  const auto addList = [&](const char* argument, const char* file,
                           const std::vector<std::string>& names) -> support::Result<void> {
    if (names.empty()) return {};
    const std::string path = options_.folder + "/" + file;
    passFlags += fmt::format(" --pass-arg={}@@{}", argument, path);
    return writeText(path, fmt::format("{}", fmt::join(names, ",")));
  };
  if (auto added = addList("asyncify-addlist", "add.txt", lists.functions); !added) {
    return tl::unexpected(added.error());
  }
  if (auto added = addList("asyncify-imports", "imports.txt", analyzer::qualified(lists.imports));
      !added) {
    return tl::unexpected(added.error());
  }
  return passFlags;
}

support::Result<std::string> Workshop::buildWith(const Lists& lists) {
  const std::vector<std::string> flags = emccFlags(lists);
  if (auto written = writeText(responseFile_, fmt::format("{}\n", fmt::join(flags, "\n")));
      !written) {
    return tl::unexpected(written.error());
  }
  auto passFlags = passFlagsOf(lists);
  if (!passFlags) return tl::unexpected(passFlags.error());
  if (options_.build.empty()) *passFlags += " --pass-arg=asyncify-ignore-indirect";
  // Not built again: what stands already, and a module of our own making that was kept.
  if (standing_ == lists) return std::string();
  if (options_.build.empty() && kept_ == lists) {
    const auto module = readFile(keptModule_);
    if (!module) return tl::unexpected(module.error());
    if (auto written = writeFile(module_, *module); !written) {
      return tl::unexpected(written.error());
    }
    standing_ = lists;
    return std::string();
  }
  auto failed = build(flags.empty() ? "" : "@" + responseFile_, *passFlags);
  if (failed && failed->empty()) standing_ = lists;
  return failed;
}

support::Result<std::string> Workshop::buildFull(const Lists& lists) {
  Lists others = lists;  // those that are not about functions
  others.functions.clear();
  const std::string file = options_.folder + "/full.rsp";
  std::vector<std::string> flags = emccFlags(others);
  for (const char* flag : {"-sASYNCIFY_IGNORE_INDIRECT=0", "-sASYNCIFY_ONLY=[]",
                           "-sASYNCIFY_REMOVE=[]", "-sASYNCIFY_ADD=[]"}) {
    flags.emplace_back(flag);
  }
  if (auto written = writeText(file, fmt::format("{}\n", fmt::join(flags, "\n"))); !written) {
    return tl::unexpected(written.error());
  }
  const auto passFlags = passFlagsOf(others);
  if (!passFlags) return tl::unexpected(passFlags.error());
  return build("@" + file, *passFlags);
}

// Makes the run without forced suspends, which has to pass too and to print the same.
support::Result<void> Workshop::compareOutputs(const std::string& stressed, TriedRun& run) {
  const std::string output = options_.folder + "/plain.stdout";
  const std::string errors = options_.folder + "/plain.stderr";
  run.passed = false;
  const auto plain = runShell(run.command, output, errors, options_.timeout);
  if (!plain) return tl::unexpected(plain.error());
  if (plain->code != 0) {
    run.why = "without forced suspends it ends with " + fateText(*plain);
    return {};
  }
  run.passed = true;
  run.seconds = plain->seconds;
  const std::string expected = textOf(output);
  if (expected == stressed) return {};
  const auto again = runShell(run.command, output, errors, options_.timeout);
  if (!again) return tl::unexpected(again.error());
  if (textOf(output) != expected) {
    run.caveat = "its output differs from run to run and was not compared";
    return {};
  }
  run.passed = false;
  run.why = "it prints something else than without forced suspends";
  return {};
}

// Of a run that failed without a finding: whether it does so by itself, and what it said.
support::Result<void> Workshop::explainFailure(const ShellEnded& ended, TriedRun& run) {
  const std::string words = tellingLine(textOf(options_.folder + "/stderr"));
  run.why = fmt::format("with forced suspends it ends with {}, and nothing was found{}",
                        fateText(ended), words);
  if (interrupted()) return {};
  const std::string errors = options_.folder + "/plain.stderr";
  const auto plain =
      runShell(run.command, options_.folder + "/plain.stdout", errors, options_.timeout);
  if (!plain) return tl::unexpected(plain.error());
  if (plain->code == 0) return {};
  run.why = fmt::format("it fails without forced suspends too, with {}, and nothing was found{}",
                        fateText(*plain), tellingLine(textOf(errors)));
  return {};
}

// Under forced suspends. What it printed is compared later, when all runs came that far.
support::Result<TriedRun> Workshop::tryRun(std::size_t index, Seen& seen) {
  TriedRun run;
  run.command = options_.runs[index];
  LaunchOptions launching;
  launching.command = {"/bin/sh", "-c", run.command};
  launching.trace = trace_;
  launching.stress = "every";
  launching.capture = options_.folder;
  launching.timeout = options_.timeout;
  const auto ended = launch(launching);
  if (!ended) return tl::unexpected(ended.error());
  if (!ended->code && ended->signal == SIGINT) noteInterrupt();
  for (const std::string& path : tracesWithModules(trace_)) {
    const auto loaded = load(path);
    if (!loaded) return tl::unexpected(loaded.error());
    const record::ModuleTable* module = mainModule((*loaded)->trace);
    if (module != nullptr) seen.tried.moduleBytes = std::max(seen.tried.moduleBytes, module->size);
    const analyzer::Run& events = (*loaded)->run;
    const analyzer::Diagnosis diagnosis = analyzer::diagnose(events, {});
    run.cycles += events.cycles.size();
    run.completed += events.cyclesCompleted();
    seen.ask(index, diagnosis.findings);
    if (diagnosis.verdict && run.code.empty()) {
      run.code = diagnosis.verdict->code;
      run.why = analyzer::verdictSentence(events, diagnosis);
    }
    analyzer::merge(seen.summary, analyzer::summarise(events, analyzer::labelOf(events.outcome),
                                                      diagnosis.findings));
  }
  if (!run.code.empty()) return run;
  if (ended->timedOut) {
    run.why = fmt::format("no end after {} s with forced suspends", options_.timeout);
  } else if (ended->code != 0) {
    if (auto told = explainFailure({ended->code, ended->signal, false, 0}, run); !told) {
      return tl::unexpected(told.error());
    }
  } else {
    run.passed = true;
    seen.outputs[index] = textOf(options_.folder + "/stdout");
  }
  return run;
}

// Where one failure is enough, those first that have asked for something that is not listed now.
std::vector<std::size_t> Workshop::order(const Lists& lists, analyzer::Runs runs) const {
  std::vector<std::size_t> order(options_.runs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (runs == analyzer::Runs::All) return order;
  std::stable_partition(order.begin(), order.end(), [&](std::size_t index) {
    const auto asked = asked_.find(index);
    return asked != asked_.end() && analyzer::united(lists, asked->second) != lists;
  });
  return order;
}

support::Result<Tried> Workshop::attempt(const Lists& lists, analyzer::Runs runs) {
  Seen seen;
  auto failed = buildWith(lists);
  if (!failed) return tl::unexpected(failed.error());
  seen.tried.buildError = *failed;
  if (!failed->empty() || interrupted()) return seen.tried;
  std::map<std::size_t, TriedRun> made;
  bool passed = true;
  for (const std::size_t index : order(lists, runs)) {
    auto run = tryRun(index, seen);
    if (!run) return tl::unexpected(run.error());
    passed = passed && run->passed;
    made.emplace(index, *std::move(run));
    if (interrupted() || (runs == analyzer::Runs::UntilOneFails && !passed)) break;
  }
  for (const auto& [index, asked] : seen.asked) {
    asked_[index] = analyzer::united(std::move(asked_[index]), asked);
  }
  for (auto& [index, run] : made) {
    if (!passed || interrupted()) break;
    if (auto compared = compareOutputs(seen.outputs[index], run); !compared) {
      return tl::unexpected(compared.error());
    }
    if (runs == analyzer::Runs::UntilOneFails) passed = run.passed;
  }
  for (auto& [index, run] : made) seen.tried.runs.push_back(std::move(run));
  seen.tried.exercised = exercisedBy(seen.summary);
  if (seen.tried.passed() && !interrupted()) {
    if (auto kept = keep(lists); !kept) return tl::unexpected(kept.error());
  }
  return seen.tried;
}

// The modules that the first run loads, without forced suspends.
support::Result<std::vector<record::ModuleTable>> Workshop::modules() {
  LaunchOptions launching;
  launching.command = {"/bin/sh", "-c", options_.runs.front()};
  launching.trace = trace_;
  launching.stress = "none";
  launching.capture = options_.folder;
  launching.timeout = options_.timeout;
  if (const auto ended = launch(launching); !ended) {
    // No trace: most often the command itself is wrong.
    const std::string errors = options_.folder + "/plain.stderr";
    const auto plain = runShell(options_.runs.front(), options_.folder + "/plain.stdout", errors,
                                options_.timeout);
    if (plain && plain->code != 0) {
      return support::fail(
          fmt::format("`{}` ends with {}{}", options_.runs.front(), fateText(*plain),
                      support::escaped(tellingLine(textOf(errors)))),
          std::nullopt, "check --run");
    }
    return tl::unexpected(ended.error());
  }
  std::vector<record::ModuleTable> modules;
  for (const std::string& path : tracesWithModules(trace_)) {
    const auto loaded = load(path);
    if (!loaded) return tl::unexpected(loaded.error());
    for (const auto& module : (*loaded)->trace.modules) modules.push_back(module.table);
  }
  return modules;
}

support::Result<std::uint64_t> Workshop::moduleBytes() {
  if (options_.build.empty()) {
    std::error_code error;
    const auto size = std::filesystem::file_size(module_, error);
    return error ? 0 : std::uint64_t{size};
  }
  const auto loaded = modules();
  if (!loaded) return tl::unexpected(loaded.error());
  std::uint64_t bytes = 0;
  for (const record::ModuleTable& module : *loaded) bytes = std::max(bytes, module.size);
  return bytes;
}

support::Result<std::optional<double>> Workshop::runSeconds(const Tried* known) {
  std::vector<double> sums;
  if (known != nullptr) {
    double sum = 0;
    for (const TriedRun& run : known->runs) sum += run.seconds.value_or(0);
    if (sum >= kLongEnough) return std::optional<double>(sum);
  }
  do {
    double sum = 0;
    for (const std::string& command : options_.runs) {
      const auto ended = runShell(command, options_.folder + "/plain.stdout",
                                  options_.folder + "/plain.stderr", options_.timeout);
      if (!ended) return tl::unexpected(ended.error());
      if (ended->code != 0) return std::optional<double>();
      sum += ended->seconds;
    }
    sums.push_back(sum);
  } while (sums.size() < kTimedRepeats && sums.front() < kLongEnough && !interrupted());
  std::sort(sums.begin(), sums.end());
  return std::optional<double>(sums[sums.size() / 2]);
}

support::Result<std::string> Workshop::source(const Lists& start) {
  if (options_.build.empty()) {
    const auto bytes = readFile(options_.wasm);
    if (!bytes) return tl::unexpected(bytes.error());
    if (auto named = nameInput(*bytes); !named) return tl::unexpected(named.error());
    return hashText(*bytes) + " " + options_.wasmOptArguments;
  }
  auto failed = buildWith(start);
  if (!failed) return tl::unexpected(failed.error());
  if (!failed->empty()) return std::string("no build");  // the search will say why
  auto loaded = modules();
  if (!loaded) return tl::unexpected(loaded.error());
  const bool byNumber = options_.build.find("ASYNCSCOPE_WASM_OPT_FLAGS") != std::string::npos;
  if (!byNumber && !loaded->empty() && std::none_of(loaded->begin(), loaded->end(), hasNames)) {
    keepNames_ = true;
    standing_.reset();
    failed = buildWith(start);
    if (!failed) return tl::unexpected(failed.error());
    loaded = modules();
    if (!loaded) return tl::unexpected(loaded.error());
    // Whatever builds here does not take that flag.
    if (!failed->empty() || std::none_of(loaded->begin(), loaded->end(), hasNames)) {
      keepNames_ = false;
      standing_.reset();
    }
  }
  std::string hashes;
  for (const record::ModuleTable& module : *loaded) hashes += fmt::format("{:016x} ", module.hash);
  return hashes;
}

}  // namespace asyncscope::cli
