// `asyncscope check`: what can go wrong in a module, before any run.
#include "analyzer/check/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/check/dylink.h"
#include "analyzer/check/glue.h"
#include "analyzer/check/lints.h"
#include "analyzer/check/plain.h"
#include "analyzer/check/report.h"
#include "analyzer/cli/files.h"
#include "analyzer/cli/verb.h"
#include "analyzer/cli/wasm_opt.h"
#include "analyzer/symbols.h"
#include "instrument/asyncify/recognise.h"
#include "instrument/module/module.h"

namespace asyncscope::cli {
namespace {

// Emscripten's ASYNCIFY_STACK_SIZE.
constexpr std::uint64_t kDefaultBuffer = 4096;

struct CheckOptions {
  std::string module;
  std::string symbols;
  std::string linkLine;
  std::string glue;                  // path
  std::vector<std::string> others;   // modules that are linked to it when it is loaded
  std::vector<std::string> imports;  // of a module that is not asyncified
  std::string wasmOpt = "wasm-opt";
  std::string sarif;  // path
  std::uint64_t bufferSize = 0;
  std::size_t most = 20;
  bool json = false;
  bool calls = false;
  bool noSizes = false;
};

// A module that was read, and what the link line says.
struct Loaded {
  const wasm::Module& module;
  const std::vector<std::string>& names;
  std::vector<check::StaticFinding> lints;
  std::uint64_t bufferSize = 0;
  bool bufferSizeKnown = false;
};

ExitCode unreadable(const std::string& path, const support::Error& error) {
  printError(path, error);
  return kUnreadable;
}

support::Result<std::string> readText(const std::string& path) {
  const auto bytes = readFile(path);
  if (!bytes) return tl::unexpected(bytes.error());
  return std::string(bytes->begin(), bytes->end());
}

// From the name section; where there is none, from the symbol map.
support::Result<std::vector<std::string>> namesOf(const wasm::Module& module,
                                                  const std::string& symbolFile) {
  std::vector<std::string> names;
  for (const std::string_view name : module.functionNames()) names.emplace_back(name);
  const bool named = std::any_of(names.begin(), names.end(),
                                 [](const std::string& name) { return !name.empty(); });
  if (named || symbolFile.empty()) return names;
  const auto text = readText(symbolFile);
  if (!text) return tl::unexpected(text.error());
  const auto symbols = analyzer::readSymbolMap(*text);
  if (!symbols) return tl::unexpected(symbols.error());
  for (const auto& [index, name] : *symbols) {
    if (index < names.size()) names[index] = name;
  }
  return names;
}

// The JavaScript beside the module, or that which was named.
support::Result<std::string> glueText(const CheckOptions& options) {
  if (!options.glue.empty()) return readText(options.glue);
  const std::filesystem::path beside(options.module);
  for (const char* extension : {".js", ".mjs"}) {
    const auto text = readText(std::filesystem::path(beside).replace_extension(extension).string());
    if (text) return text;
  }
  return std::string();
}

ExitCode finish(const CheckOptions& options, const std::vector<check::StaticFinding>& findings,
                const std::string& text) {
  if (!options.sarif.empty()) {
    const std::string sarif = check::sarifReport(findings, options.module, ASYNCSCOPE_VERSION);
    const auto written =
        writeFile(options.sarif,
                  std::span(reinterpret_cast<const std::uint8_t*>(sarif.data()), sarif.size()));
    if (!written) {
      printError(options.sarif, written.error());
      return kUsage;
    }
  }
  fmt::print("{}", text);
  return std::any_of(findings.begin(), findings.end(), check::counts) ? kFindings : kNothingFound;
}

// As the lists of wasm-opt want them.
std::vector<std::string> listNames(const Loaded& loaded,
                                   const std::vector<std::uint32_t>& functions) {
  std::vector<std::string> names;
  for (const std::uint32_t function : functions) {
    const bool named = function < loaded.names.size() && !loaded.names[function].empty();
    names.push_back(named ? loaded.names[function]
                          : std::to_string(function - loaded.module.importedFunctionCount));
  }
  return names;
}

std::vector<check::PassSize> measure(const CheckOptions& options, const Loaded& loaded,
                                     const check::PlainCheck& plain) {
  std::vector<check::PassSize> sizes;
  const auto run = [&](const char* what, const char* means, bool ignoreIndirect,
                       const std::vector<std::uint32_t>& only) {
    PassRun pass;
    pass.wasmOpt = options.wasmOpt;
    pass.input = options.module;
    pass.imports = plain.suspending;
    pass.ignoreIndirect = ignoreIndirect;
    pass.only = listNames(loaded, only);
    const auto size = sizeAfterPass(pass);
    sizes.push_back({what, means, size ? *size : 0, size ? "" : size.error().message});
  };
  run("everything", "what can suspend by its type", false, {});
  run("ignore_indirect", "breaks where an indirect call suspends", true, {});
  run("safe", "what can, by the indices that the module holds", false, plain.possible);
  run("likely", "what is likely to, by where the indices lie", false, plain.likely);
  return sizes;
}

ExitCode checkPlainModule(const CheckOptions& options, Loaded loaded) {
  auto plain = check::checkPlain(loaded.module, loaded.names, options.imports);
  if (!plain) return unreadable(options.module, plain.error());
  plain->findings.insert(plain->findings.begin(), std::make_move_iterator(loaded.lints.begin()),
                         std::make_move_iterator(loaded.lints.end()));
  std::vector<check::PassSize> sizes;
  if (!options.noSizes) sizes = measure(options, loaded, *plain);
  check::ReportOptions report;
  report.colour = wantsColour();
  report.most = options.most;
  const std::uint64_t size = loaded.module.bytes.size();
  return finish(options, plain->findings,
                options.json ? check::plainJson(*plain, sizes, size, options.module)
                             : check::plainText(*plain, sizes, size, report));
}

// What the other modules of the program add. An error names its file.
bool addOthers(const CheckOptions& options, const check::CheckInput& input, check::Check& result) {
  for (const std::string& path : options.others) {
    const auto bytes = readFile(path);
    const auto module = bytes ? wasm::readModule(*bytes) : tl::unexpected(bytes.error());
    if (!module) {
      printError(path, module.error());
      return false;
    }
    const auto info = asyncify::recognise(*module);
    if (!info) {
      printError(path, info.error());
      return false;
    }
    if (*info) check::addDylinkFindings(input, {*module, **info}, result);
  }
  return true;
}

ExitCode checkAsyncified(const CheckOptions& options, Loaded loaded,
                         const asyncify::AsyncifyInfo& info) {
  const auto targets = callgraph::Targets::find(
      loaded.module, {info.globals.state, info.globals.data, info.stackPointer});
  if (!targets) return unreadable(options.module, targets.error());
  const check::SuspendGraph graph(loaded.module, info, *targets);
  const check::CheckInput input{loaded.module, info, *targets, loaded.names};
  check::Check result = check::check(input, graph);
  const auto glue = glueText(options);
  if (!glue) return unreadable(options.glue, glue.error());
  check::addGlueFindings(check::readGlue(*glue), input, graph, result);
  check::addLints(std::move(loaded.lints), result);
  if (!addOthers(options, input, result)) return kUnreadable;
  result.frames = check::measureFrames(loaded.module, info, *targets, graph);
  result.bufferSize = loaded.bufferSize;
  result.bufferSizeKnown = loaded.bufferSizeKnown;
  check::ReportOptions report;
  report.colour = wantsColour();
  report.most = options.most;
  report.calls = options.calls;
  return finish(options, result.findings,
                options.json ? check::jsonReport(input, result, options.module, report)
                             : check::textReport(input, result, report));
}

ExitCode checkModule(const CheckOptions& options) {
  const auto bytes = readFile(options.module);
  if (!bytes) return unreadable(options.module, bytes.error());
  const auto module = wasm::readModule(*bytes);
  if (!module) return unreadable(options.module, module.error());
  const auto info = asyncify::recognise(*module);
  if (!info) return unreadable(options.module, info.error());
  const auto names = namesOf(*module, options.symbols);
  if (!names) return unreadable(options.symbols, names.error());
  Loaded loaded{*module, *names, {}, options.bufferSize, options.bufferSize != 0};
  if (!options.linkLine.empty()) {
    const auto line = check::readLinkLine(options.linkLine, readText);
    if (!line) return unreadable("the link line", line.error());
    loaded.lints = check::lint(*line, {*module, *names});
    if (line->stackSize && options.bufferSize == 0) {
      loaded.bufferSize = *line->stackSize;
      loaded.bufferSizeKnown = true;
    }
  }
  if (loaded.bufferSize == 0) loaded.bufferSize = kDefaultBuffer;
  return *info ? checkAsyncified(options, std::move(loaded), **info)
               : checkPlainModule(options, std::move(loaded));
}

}  // namespace

void addCheck(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* verb = app.add_subcommand("check", "What can go wrong in a module, before any run");
  verb->add_option("MODULE", options->module, "The module, asyncified or not yet")->required();
  verb->add_option("--emcc-args", options->linkLine,
                   "The link line (emcc or wasm-opt): mistakes in it are found too")
      ->type_name("LINE");
  verb->add_option("--with", options->others,
                   "Another module of the program, linked when it is loaded; may be repeated")
      ->type_name("MODULE")
      ->allow_extra_args(false);
  verb->add_option(
          "--js", options->glue,
          "The JavaScript that emcc wrote; default: that beside the module, if there is one")
      ->type_name("FILE");
  verb->add_option("--symbols", options->symbols, "Function names: an Emscripten symbol map")
      ->type_name("FILE");
  verb->add_option("--buffer-size", options->bufferSize,
                   "Bytes of the Asyncify buffer; default: what the link line says, or 4096")
      ->type_name("BYTES");
  verb->add_option("--imports", options->imports,
                   "Imports that suspend, of a module that is not asyncified yet")
      ->type_name("NAMES")
      ->delimiter(',');
  verb->add_option("--wasm-opt", options->wasmOpt, "The wasm-opt to measure sizes with")
      ->type_name("PATH");
  verb->add_flag("--no-sizes", options->noSizes, "Do not run wasm-opt");
  verb->add_option("--most", options->most, "Show so many findings of each kind; default: 20")
      ->type_name("N");
  verb->add_flag("--calls", options->calls, "With --json: what each indirect call can lead to");
  verb->add_option("--sarif", options->sarif, "Also write the findings as SARIF 2.1.0")
      ->type_name("FILE");
  verb->add_flag("--json", options->json, "Print JSON (docs/json.md) instead of text");
  verb->footer("Example: asyncscope check app.wasm --emcc-args \"$(cat link.txt)\"");
  verb->callback([options, &exitCode] { exitCode = checkModule(*options); });
}

}  // namespace asyncscope::cli
