// `asyncscope export`: a recorded run in the format of another tool.
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "analyzer/cli/diagnosed_run.h"
#include "analyzer/cli/verb.h"
#include "analyzer/export/exporter.h"

namespace asyncscope::cli {
namespace {

struct ExportOptions {
  LoadOptions load;
  std::string format;
  std::string output;  // empty: standard output
};

// Piece by piece: the export of a long run is larger than what should lie in memory.
ExitCode writeTo(std::FILE* file, const std::string& name, exports::Format format,
                 const exports::Input& input) {
  bool whole = true;
  exports::writeExport(format, input, [&](std::string_view piece) {
    whole = whole && std::fwrite(piece.data(), 1, piece.size(), file) == piece.size();
  });
  whole = std::fflush(file) == 0 && whole;
  if (whole) return kNothingFound;
  printError(name, support::Error{"could not be written whole", std::nullopt,
                                  "check the free space, and that the reader takes all of it"});
  return kUsage;
}

ExitCode exportRun(const ExportOptions& options) {
  const auto diagnosed = loadAndDiagnose(options.load);
  if (!diagnosed) return kUnreadable;
  const LoadedRun& first = *diagnosed->loaded;
  const analyzer::Diagnosis& diagnosis = diagnosed->diagnosis;
  const exports::Format format = *exports::formatNamed(options.format);
  const exports::Input input{first.trace, first.run, diagnosis, ASYNCSCOPE_VERSION};
  if (options.output.empty()) return writeTo(stdout, "standard output", format, input);
  std::FILE* file = std::fopen(options.output.c_str(), "wb");
  if (file == nullptr) {
    printError(options.output,
               support::Error{std::strerror(errno), std::nullopt, "check the path"});
    return kUsage;
  }
  const ExitCode code = writeTo(file, options.output, format, input);
  std::fclose(file);
  return code;
}

}  // namespace

void addExport(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* verb = app.add_subcommand("export", "A recorded run in the format of another tool");
  verb->add_option("TRACE", options->load.trace, "The trace to export")->required();
  verb->add_option("--to", options->format, "perfetto, speedscope, jsonl, cycles or sarif")
      ->required()
      ->type_name("FORMAT")
      ->check([](const std::string& name) {
        if (exports::formatNamed(name)) return std::string();
        return "there is no format '" + name +
               "'; there are perfetto, speedscope, jsonl, cycles and sarif";
      });
  verb->add_option("-o,--output", options->output, "The file; default: standard output")
      ->type_name("FILE");
  verb->add_option("--symbols", options->load.symbols, "Function names: an Emscripten symbol map")
      ->type_name("FILE");
  verb->add_flag("--partial", options->load.partial, "Accept a trace whose end is cut");
  verb->footer(
      "Exit code 0 means that the export was written, whatever it shows.\n"
      "Example: asyncscope export run.atrace --to perfetto -o run.json");
  verb->callback([options, &exitCode] { exitCode = exportRun(*options); });
}

}  // namespace asyncscope::cli
