#include "analyzer/cli/workshop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "analyzer/advice/spelling.h"
#include "analyzer/cli/files.h"
#include "analyzer/cli/launch.h"
#include "analyzer/cli/loaded_run.h"
#include "analyzer/cli/shell.h"
#include "analyzer/coverage/coverage.h"
#include "analyzer/diagnosis.h"
#include "analyzer/report/sentence.h"
#include "analyzer/summary/summarise.h"
#include "support/hash.h"

namespace asyncscope::cli {
namespace {

using analyzer::Lists;
using analyzer::Tried;
using analyzer::TriedRun;

constexpr std::size_t kLogLines = 6;
constexpr int kTimedRepeats = 3;
constexpr double kLongRun = 20;  // seconds: timed once

support::Result<void> writeText(const std::string& path, const std::string& text) {
  return writeFile(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string textOf(const std::string& path) {
  const auto bytes = readFile(path);
  return bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
}

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

std::string shellWord(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
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

  void ask(const std::vector<analyzer::Finding>& findings) {
    for (const analyzer::Finding& finding : findings) {
      const analyzer::Advice& advice = finding.advice;
      const Lists asked{advice.functions, advice.imports, advice.bufferSize};
      tried.asked = analyzer::united(std::move(tried.asked), asked);
      if (asked != Lists{}) continue;
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
  module_ = options_.folder + "/module.wasm";
  responseFile_ = options_.folder + "/flags.rsp";
  trace_ = options_.folder + "/run.atrace";
  if (options_.build.empty()) setenv("ASYNCSCOPE_WASM", module_.c_str(), 1);
}

support::Result<std::string> Workshop::build(const std::string& emccFlags,
                                             const std::string& passFlags) {
  const std::string log = options_.folder + "/build.log";
  std::string command = options_.build;
  if (command.empty()) {
    command =
        fmt::format("{} {} --asyncify {} {} -o {}", options_.wasmOpt, options_.wasmOptArguments,
                    passFlags, shellWord(options_.wasm), shellWord(module_));
  } else {
    setenv("ASYNCSCOPE_FLAGS", emccFlags.c_str(), 1);
    setenv("ASYNCSCOPE_WASM_OPT_FLAGS", passFlags.c_str(), 1);
  }
  const auto ended = runShell(command, log, log + ".errors");
  if (!ended) return tl::unexpected(ended.error());
  if (ended->code == 0) return std::string();
  return fateText(*ended) + ": " + lastLines(textOf(log) + textOf(log + ".errors"));
}

support::Result<std::string> Workshop::buildWith(const Lists& lists) {
  const analyzer::Advice flags = analyzer::flagsOf(lists);
  if (auto written = writeText(responseFile_, fmt::format("{}\n", fmt::join(flags.flags, "\n")));
      !written) {
    return tl::unexpected(written.error());
  }
  // In files, since names hold blanks, and a shell splits what it takes from a variable.
  std::string passFlags = options_.build.empty() ? "--pass-arg=asyncify-ignore-indirect" : "";
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
  return build(flags.flags.empty() ? "" : "@" + responseFile_, passFlags);
}

support::Result<std::string> Workshop::buildFull() {
  const char* kFull =
      "-sASYNCIFY_IGNORE_INDIRECT=0 -sASYNCIFY_ONLY=[] -sASYNCIFY_REMOVE=[] -sASYNCIFY_ADD=[]";
  std::string passFlags;
  const std::string imports = options_.folder + "/imports.txt";
  std::error_code error;
  if (options_.build.empty() && std::filesystem::exists(imports, error)) {
    passFlags = "--pass-arg=asyncify-imports@@" + imports;
  }
  return build(kFull, passFlags);
}

support::Result<void> Workshop::compareOutputs(const std::string& command, TriedRun& run) {
  const std::string stressed = textOf(options_.folder + "/stdout");
  const std::string output = options_.folder + "/plain.stdout";
  const std::string errors = options_.folder + "/plain.stderr";
  const auto plain = runShell(command, output, errors);
  if (!plain) return tl::unexpected(plain.error());
  if (plain->code != 0) {
    run.why = "without forced suspends it ends with " + fateText(*plain);
    return {};
  }
  run.passed = true;
  const std::string expected = textOf(output);
  if (expected == stressed) return {};
  const auto again = runShell(command, output, errors);
  if (!again) return tl::unexpected(again.error());
  if (textOf(output) != expected) {
    run.caveat = "its output differs from run to run and was not compared";
    return {};
  }
  run.passed = false;
  run.why = "it prints something else than without forced suspends";
  return {};
}

support::Result<TriedRun> Workshop::tryRun(const std::string& command, Seen& seen) {
  TriedRun run;
  run.command = command;
  LaunchOptions launching;
  launching.command = {"/bin/sh", "-c", command};
  launching.trace = trace_;
  launching.stress = "every";
  launching.capture = options_.folder;
  launching.timeout = options_.timeout;
  const auto ended = launch(launching);
  if (!ended) return tl::unexpected(ended.error());
  for (const std::string& path : tracesWithModules(trace_)) {
    const auto loaded = load(path);
    if (!loaded) return tl::unexpected(loaded.error());
    const record::ModuleTable* module = mainModule((*loaded)->trace);
    if (module != nullptr) seen.tried.moduleBytes = std::max(seen.tried.moduleBytes, module->size);
    const analyzer::Run& events = (*loaded)->run;
    const analyzer::Diagnosis diagnosis = analyzer::diagnose(events, {});
    run.cycles += events.cycles.size();
    run.completed += events.cyclesCompleted();
    seen.ask(diagnosis.findings);
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
    run.why = fmt::format("with forced suspends it ends with {}, and nothing was found",
                          fateText({ended->code, ended->signal, 0}));
  } else if (auto compared = compareOutputs(command, run); !compared) {
    return tl::unexpected(compared.error());
  }
  return run;
}

support::Result<Tried> Workshop::attempt(const Lists& lists, analyzer::Runs runs) {
  Seen seen;
  auto failed = buildWith(lists);
  if (!failed) return tl::unexpected(failed.error());
  seen.tried.buildError = *failed;
  if (!failed->empty()) return seen.tried;
  for (const std::string& command : options_.runs) {
    auto run = tryRun(command, seen);
    if (!run) return tl::unexpected(run.error());
    seen.tried.runs.push_back(*std::move(run));
    if (runs == analyzer::Runs::UntilOneFails && !seen.tried.passed()) break;
  }
  seen.tried.exercised = exercisedBy(seen.summary);
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
  if (const auto ended = launch(launching); !ended) return tl::unexpected(ended.error());
  std::vector<record::ModuleTable> modules;
  for (const std::string& path : tracesWithModules(trace_)) {
    const auto loaded = load(path);
    if (!loaded) return tl::unexpected(loaded.error());
    for (const auto& module : (*loaded)->trace.modules) modules.push_back(module.table);
  }
  return modules;
}

support::Result<std::uint64_t> Workshop::moduleBytes() {
  const auto loaded = modules();
  if (!loaded) return tl::unexpected(loaded.error());
  std::uint64_t bytes = 0;
  for (const record::ModuleTable& module : *loaded) bytes = std::max(bytes, module.size);
  return bytes;
}

support::Result<std::optional<double>> Workshop::runSeconds() {
  std::vector<double> sums;
  do {
    double sum = 0;
    for (const std::string& command : options_.runs) {
      const auto ended =
          runShell(command, options_.folder + "/plain.stdout", options_.folder + "/plain.stderr");
      if (!ended) return tl::unexpected(ended.error());
      if (ended->code != 0) return std::optional<double>();
      sum += ended->seconds;
    }
    sums.push_back(sum);
  } while (sums.size() < kTimedRepeats && sums.front() < kLongRun);
  std::sort(sums.begin(), sums.end());
  return std::optional<double>(sums[sums.size() / 2]);
}

support::Result<std::string> Workshop::source(const Lists& start) {
  if (options_.build.empty()) {
    const auto bytes = readFile(options_.wasm);
    if (!bytes) return tl::unexpected(bytes.error());
    return hashText(*bytes) + " " + options_.wasmOptArguments;
  }
  const auto failed = buildWith(start);
  if (!failed) return tl::unexpected(failed.error());
  if (!failed->empty()) return std::string("no build");  // the search will say why
  const auto loaded = modules();
  if (!loaded) return tl::unexpected(loaded.error());
  std::string hashes;
  for (const record::ModuleTable& module : *loaded) hashes += fmt::format("{:016x} ", module.hash);
  return hashes;
}

}  // namespace asyncscope::cli
