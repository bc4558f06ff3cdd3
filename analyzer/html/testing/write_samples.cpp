// Writes the report of every sample into a folder:   write_report_samples FOLDER [CYCLES]
//
// With CYCLES, one report more: of a run of so many cycles.
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "analyzer/export/testing/sample_runs.h"
#include "analyzer/html/page.h"

namespace {

bool write(const std::string& path, const std::string& page) {
  std::ofstream file(path, std::ios::binary);
  file << page;
  if (file.flush()) return true;
  std::fprintf(stderr, "write_report_samples: cannot write %s\n", path.c_str());
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace asyncscope;
  if (argc != 2 && argc != 3) {
    std::fputs("usage: write_report_samples FOLDER [CYCLES]\n", stderr);
    return 2;
  }
  const std::string folder = argv[1];
  for (const auto& sample : exports::testing::allSamples()) {
    std::vector<const analyzer::Run*> passing;
    for (const auto& run : sample.passing) passing.push_back(&run->run);
    const analyzer::Diagnosis diagnosis = analyzer::diagnose(sample.run->run, passing);
    if (!write(folder + "/" + sample.name + ".html",
               html::reportPage({sample.run->trace, sample.run->run, diagnosis, "0.0.0"}))) {
      return 1;
    }
  }
  if (argc == 3) {
    const record::ModuleTable table = exports::testing::longRunTable();
    const analyzer::Run run = exports::testing::longRun(
        static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)), table);
    const record::Trace trace;
    if (!write(folder + "/long.html",
               html::reportPage({trace, run, analyzer::diagnose(run, {}), "0.0.0"}))) {
      return 1;
    }
  }
  return 0;
}
