// Writes every sample in every format into a folder:   write_export_samples FOLDER
//
// The tests in other languages read them with readers that are not ours.
#include <cstdio>
#include <fstream>
#include <utility>

#include "analyzer/export/exporter.h"
#include "analyzer/export/testing/sample_runs.h"

int main(int argc, char** argv) {
  using namespace asyncscope;
  if (argc != 2) {
    std::fputs("usage: write_export_samples FOLDER\n", stderr);
    return 2;
  }
  constexpr std::pair<exports::Format, const char*> kFormats[] = {
      {exports::Format::Perfetto, "perfetto.json"},
      {exports::Format::Speedscope, "speedscope.json"},
      {exports::Format::JsonLines, "jsonl"},
      {exports::Format::CycleRows, "cycles"},
      {exports::Format::Sarif, "sarif"}};
  for (const auto& sample : exports::testing::allSamples()) {
    std::vector<const analyzer::Run*> passing;
    for (const auto& run : sample.passing) passing.push_back(&run->run);
    const analyzer::Diagnosis diagnosis = analyzer::diagnose(sample.run->run, passing);
    const exports::Input input{sample.run->trace, sample.run->run, diagnosis, "0.0.0"};
    for (const auto& [format, extension] : kFormats) {
      const std::string path = std::string(argv[1]) + "/" + sample.name + "." + extension;
      std::ofstream file(path, std::ios::binary);
      exports::writeExport(format, input, [&](std::string_view piece) { file << piece; });
      if (!file.flush()) {
        std::fprintf(stderr, "write_export_samples: cannot write %s\n", path.c_str());
        return 1;
      }
    }
  }
  return 0;
}
