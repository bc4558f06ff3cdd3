// `asyncscope fix`: the smallest lists that mend a build, found by building and running it.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "analyzer/cli/files.h"
#include "analyzer/cli/interrupt.h"
#include "analyzer/cli/progress.h"
#include "analyzer/cli/verb.h"
#include "analyzer/cli/wasm_opt.h"
#include "analyzer/cli/workshop.h"
#include "analyzer/fix/journal.h"
#include "analyzer/fix/report.h"
#include "analyzer/fix/search.h"
#include "instrument/asyncify/recognise.h"
#include "instrument/module/module.h"

namespace asyncscope::cli {
namespace {

namespace fs = std::filesystem;
using analyzer::FixResult;
using analyzer::Lists;
using analyzer::Tried;

struct FixOptions {
  WorkshopOptions workshop;
  Lists start;
  std::string output;
  bool fresh = false;
  bool json = false;
};

// The answers of an interrupted search, and those of this one as they come.
class Memory {
 public:
  Memory(std::string path, analyzer::FixQuestion question, bool fresh)
      : path_(std::move(path)), journal_{std::move(question), {}} {
    const auto bytes = fresh ? support::fail("not wanted") : readFile(path_);
    if (!bytes) return;
    auto old = analyzer::readJournal(std::string(bytes->begin(), bytes->end()));
    if (old && old->question == journal_.question) journal_ = *std::move(old);
  }

  // Writes what is known anew, without a line that was cut.
  support::Result<void> begin() const {
    std::string text = analyzer::journalHead(journal_.question);
    for (const auto& entry : journal_.entries) text += analyzer::journalLine(entry);
    return writeFile(path_, bytesOf(text));
  }

  const Tried* find(const Lists& lists, analyzer::Runs runs) const {
    return journal_.find(lists, runs);
  }

  support::Result<void> add(const Lists& lists, analyzer::Runs runs, const Tried& tried) const {
    return appendFile(path_, bytesOf(analyzer::journalLine({lists, runs, tried})));
  }

  void forget() const {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }

 private:
  static std::span<const std::uint8_t> bytesOf(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }

  std::string path_;
  analyzer::Journal journal_;
};

// A module that the pass can be applied to: one that can be read and has no Asyncify yet.
ExitCode checkInput(const std::string& path) {
  const auto bytes = readFile(path);
  if (!bytes) {
    printError(path, bytes.error());
    return kUnreadable;
  }
  const auto module = wasm::readModule(*bytes);
  if (!module) {
    printError(path, module.error());
    return kUnreadable;
  }
  const auto info = asyncify::recognise(*module);
  if (!info) {
    printError(path, info.error());
    return kUnreadable;
  }
  if (*info) {
    printError(path, {"is asyncified already", std::nullopt,
                      "give the module as it was before the pass, or the build with --build"});
    return kUsage;
  }
  return kNothingFound;
}

// Absolute, made when it is not there. The shell splits the variables that name its files.
support::Result<std::string> openFolder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  const std::string folder = error ? path : fs::canonical(path, error).string();
  if (error) return support::fail("cannot be made: " + error.message());
  if (folder.find_first_of(" \t\n'\"\\$") != std::string::npos) {
    return support::fail("has blanks or quotes in its path", std::nullopt,
                         "give another folder with --state");
  }
  return folder;
}

class Fix {
 public:
  explicit Fix(const FixOptions& options) : options_(options), workshop_(options.workshop) {}

  ExitCode run() {
    const auto source = workshop_.source(options_.start);
    if (!source) return failed(source.error());
    const Memory memory(
        options_.workshop.folder + "/journal.jsonl",
        {options_.workshop.build + options_.workshop.wasm, options_.workshop.runs, *source},
        options_.fresh);
    if (auto begun = memory.begin(); !begun) return failed(begun.error());
    const auto result = analyzer::searchFix(
        options_.start,
        [&](const Lists& lists, analyzer::Runs runs) { return attempt(memory, lists, runs); },
        interrupted);
    if (!result) return failed(result.error());
    if (auto reported = report(*result); !reported) return failed(reported.error());
    if (result->ending != FixResult::Ending::Interrupted && result->minimal && !interrupted()) {
      memory.forget();
    }
    return exitCode(*result);
  }

 private:
  support::Result<Tried> attempt(const Memory& memory, const Lists& lists, analyzer::Runs runs) {
    ++attempts_;
    if (const Tried* known = memory.find(lists, runs)) {
      ++resumed_;
      return *known;
    }
    progress(fmt::format("build {}: {} functions listed", attempts_, lists.functions.size()));
    auto tried = workshop_.attempt(lists, runs);
    if (!tried || interrupted()) return tried;
    if (auto added = memory.add(lists, runs, *tried); !added) return tl::unexpected(added.error());
    return tried;
  }

  support::Result<void> report(const FixResult& result) {
    analyzer::FixReportOptions report;
    report.colour = wantsColour();
    report.resumed = resumed_;
    if (workshop_.keepsNames()) {
      report.buildsNote = "all builds with --profiling-funcs, which keeps the function names";
    }
    const bool answered = result.ending == FixResult::Ending::Mended ||
                          result.ending == FixResult::Ending::NothingToMend;
    if (answered) {
      const analyzer::Advice flags = analyzer::flagsOf(result.lists);
      if (!flags.flags.empty()) report.emccFlags = workshop_.emccFlags(result.lists);
      report.wasmOptFlags = flags.wasmOpt;
      if (auto compared = compare(result, report); !compared) return compared;
    }
    progress("");
    fmt::print("{}", options_.json ? analyzer::fixJson(result, report)
                                   : analyzer::fixText(result, report));
    return {};
  }

  // Size and speed beside the broken build and full instrumentation; the mended one is built last,
  // so that it is what stays.
  support::Result<void> compare(const FixResult& result, analyzer::FixReportOptions& report) {
    const Tried& first = result.steps.front().tried;
    if (result.lists != options_.start) {
      analyzer::BuildFigures broken{"as it was", first.moduleBytes, std::nullopt, ""};
      if (!first.passed()) broken.remark = "fails";
      report.builds.push_back(std::move(broken));
    }
    analyzer::BuildFigures full{"fully instrumented", 0, std::nullopt, ""};
    progress("the fully instrumented build, for comparison");
    auto error = workshop_.buildFull(result.lists);
    if (!error) return tl::unexpected(error.error());
    if (interrupted()) {
      full.remark = "not determined: interrupted";
    } else if (!error->empty()) {
      full.remark = "not determined: the build fails with nothing ignored and no lists";
    } else if (auto measured = measure(full); !measured) {
      return measured;
    }
    analyzer::BuildFigures mended{"mended", result.tried.moduleBytes, std::nullopt, ""};
    if (result.lists == options_.start) mended.name = "as it is";
    progress("the build that was found, for comparison");
    error = workshop_.buildWith(result.lists);
    if (!error) return tl::unexpected(error.error());
    if (!error->empty() && !interrupted()) {
      return support::fail("the build that passed does not build again: " + *error);
    }
    const bool stands = error->empty();
    if (interrupted()) {
      mended.remark = stands ? "interrupted" : "interrupted; it has to be built again";
    } else {
      const auto seconds = workshop_.runSeconds(&result.tried);
      if (!seconds) return tl::unexpected(seconds.error());
      mended.seconds = *seconds;
      if (!*seconds) mended.remark = "a run fails";
    }
    report.builds.push_back(std::move(mended));
    report.builds.push_back(std::move(full));
    if (!report.emccFlags.empty()) report.responseFile = workshop_.responseFile();
    if (options_.output.empty() || !stands) return {};
    const auto module = readFile(workshop_.modulePath());
    if (!module) return tl::unexpected(module.error());
    report.output = options_.output;
    return writeFile(options_.output, *module);
  }

  support::Result<void> measure(analyzer::BuildFigures& figures) {
    const auto bytes = workshop_.moduleBytes();
    if (!bytes) return tl::unexpected(bytes.error());
    figures.moduleBytes = *bytes;
    const auto seconds = workshop_.runSeconds();
    if (!seconds) return tl::unexpected(seconds.error());
    figures.seconds = interrupted() ? std::nullopt : *seconds;
    if (!figures.seconds) figures.remark = interrupted() ? "interrupted" : "a run fails";
    return {};
  }

  ExitCode failed(const support::Error& error) const {
    progress("");
    printError("fix", error);
    return kNotRun;
  }

  static ExitCode exitCode(const FixResult& result) {
    switch (result.ending) {
      case FixResult::Ending::NothingToMend:
      case FixResult::Ending::Mended:
        return kNothingFound;
      case FixResult::Ending::BuildFailed:
        return kNotRun;
      default:
        return kFindings;
    }
  }

  const FixOptions& options_;
  Workshop workshop_;
  std::size_t attempts_ = 0, resumed_ = 0;
};

ExitCode fix(FixOptions options) {
  WorkshopOptions& workshop = options.workshop;
  if (workshop.build.empty() == workshop.wasm.empty()) {
    printError("fix",
               {"wants either --build or --wasm", std::nullopt, "see asyncscope fix --help"});
    return kUsage;
  }
  if (!options.output.empty() && workshop.wasm.empty()) {
    printError("fix",
               {"-o goes with --wasm", std::nullopt, "a build puts its module where it does"});
    return kUsage;
  }
  if (!workshop.wasm.empty()) {
    if (const ExitCode code = checkInput(workshop.wasm); code != kNothingFound) return code;
    workshop.wasm = fs::absolute(workshop.wasm).string();
  }
  const auto folder = openFolder(workshop.folder);
  if (!folder) {
    printError(workshop.folder, folder.error());
    return kUsage;
  }
  workshop.folder = *folder;
  if (workshop.wasmOptArguments.empty() && !workshop.wasm.empty()) {
    workshop.wasmOptArguments = engineFeatures(workshop.wasmOpt, workshop.folder) + " -O1 -g";
  }
  const CatchInterrupt catching;
  return Fix(options).run();
}

}  // namespace

void addFix(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<FixOptions>();
  options->workshop.folder = ".asyncscope-fix";
  options->workshop.wasmOpt = "wasm-opt";
  WorkshopOptions& workshop = options->workshop;
  CLI::App* verb =
      app.add_subcommand("fix", "Find the smallest lists that mend it, and prove them");
  verb->add_option(
          "--build", workshop.build,
          "Shell command that builds; takes $ASYNCSCOPE_FLAGS at the end of its emcc line, "
          "or $ASYNCSCOPE_WASM_OPT_FLAGS of its wasm-opt line")
      ->type_name("CMD");
  verb->add_option("--wasm", workshop.wasm,
                   "A module without Asyncify, in place of a build; the run finds the result in "
                   "$ASYNCSCOPE_WASM")
      ->type_name("FILE");
  verb->add_option("--run", workshop.runs, "Shell command that runs it; may be repeated")
      ->type_name("CMD")
      ->required()
      ->expected(1)
      ->take_all();
  verb->add_option("--add", options->start.functions,
                   "What ASYNCIFY_ADD of the build holds already")
      ->type_name("NAME,...")
      ->delimiter(',');
  verb->add_option("--imports", options->start.imports,
                   "What ASYNCIFY_IMPORTS of the build holds already, or the imports that suspend")
      ->type_name("NAME,...")
      ->delimiter(',');
  verb->add_option("-o,--output", options->output, "Where the mended module goes, with --wasm")
      ->type_name("FILE");
  verb->add_option("--wasm-opt", workshop.wasmOpt, "The wasm-opt to use with --wasm")
      ->type_name("PROGRAM")
      ->capture_default_str();
  verb->add_option("--wasm-opt-args", workshop.wasmOptArguments,
                   "Its arguments beside those of the pass; else --all-features -O1 -g, without "
                   "what no engine reads as yet")
      ->type_name("ARGS");
  verb->add_option("--state", workshop.folder,
                   "Folder for what is built and seen; an interrupted search goes on from there")
      ->type_name("FOLDER")
      ->capture_default_str();
  verb->add_option("--timeout", workshop.timeout, "Seconds after which a run is stopped")
      ->type_name("SECONDS")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_flag("--fresh", options->fresh, "Forget what an interrupted search has seen");
  verb->add_flag("--json", options->json, "Print JSON (docs/fix.md) instead of text");
  verb->footer(
      "Example: asyncscope fix --build 'emcc app.c -O2 -sASYNCIFY -sASYNCIFY_IGNORE_INDIRECT "
      "$ASYNCSCOPE_FLAGS -o app.js' --run 'node app.js'");
  verb->callback([options, &exitCode] { exitCode = fix(*options); });
}

}  // namespace asyncscope::cli
