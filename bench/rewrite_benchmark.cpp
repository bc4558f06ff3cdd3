// The rewriter in memory, step by step, on the modules of the command line:
//
//   rewrite_benchmark [--benchmark_…] MODULE...
//
//   read/NAME       readModule
//   recognise/NAME  the Asyncify of a module that has been read
//   probe/NAME      the probes into a module that has been recognised
//   rewrite/NAME    all three: from the bytes of the original to those of the probed module
//
// Bytes per second count the bytes of the original. A module that is not asyncified is an error
// here.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "instrument/asyncify/recognise.h"
#include "instrument/module/module.h"
#include "instrument/probe/probe.h"
#include "support/result.h"

namespace {

using asyncscope::support::Result;
namespace asyncify = asyncscope::asyncify;
namespace probe = asyncscope::probe;
namespace wasm = asyncscope::wasm;

// A module at every stage; `module` and `info` point into `bytes`, so an Input stays where it is.
struct Input {
  std::vector<std::uint8_t> bytes;
  wasm::Module module;
  asyncify::AsyncifyInfo info;
};

Result<asyncify::AsyncifyInfo> recognised(const wasm::Module& module) {
  auto info = asyncify::recognise(module);
  if (!info) return tl::unexpected(info.error());
  if (!*info) return asyncscope::support::fail("the module is not asyncified");
  return std::move(**info);
}

Result<probe::Probed> rewritten(const std::vector<std::uint8_t>& bytes) {
  const auto module = wasm::readModule(bytes);
  if (!module) return tl::unexpected(module.error());
  const auto info = recognised(*module);
  if (!info) return tl::unexpected(info.error());
  return probe::probe(*module, *info);
}

// nullptr, with a message on standard error, when the file cannot be used.
std::shared_ptr<const Input> load(const std::string& path) {
  const auto input = std::make_shared<Input>();
  std::ifstream file(path, std::ios::binary);
  input->bytes.assign(std::istreambuf_iterator<char>(file), {});
  std::string message = "cannot be read";
  if (!input->bytes.empty()) {
    auto module = wasm::readModule(input->bytes);
    auto info = module ? recognised(*module) : tl::unexpected(module.error());
    if (info) {
      input->module = std::move(*module);
      input->info = std::move(*info);
      return input;
    }
    message = info.error().message;
  }
  std::fprintf(stderr, "rewrite_benchmark: %s: %s\n", path.c_str(), message.c_str());
  return nullptr;
}

template <class Step>
void add(const std::string& name, const std::shared_ptr<const Input>& input, Step step) {
  benchmark::RegisterBenchmark(name.c_str(), [input, step](benchmark::State& state) {
    for (auto _ : state) {
      auto result = step(*input);
      if (!result) {
        state.SkipWithError(result.error().message.c_str());
        break;
      }
      benchmark::DoNotOptimize(result);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(input->bytes.size()));
  })->Unit(benchmark::kMillisecond);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const auto input = load(argv[i]);
    if (input == nullptr) return 1;
    const std::string name = std::filesystem::path(argv[i]).filename().string();
    add("read/" + name, input, [](const Input& in) { return wasm::readModule(in.bytes); });
    add("recognise/" + name, input, [](const Input& in) { return recognised(in.module); });
    add("probe/" + name, input, [](const Input& in) { return probe::probe(in.module, in.info); });
    add("rewrite/" + name, input, [](const Input& in) { return rewritten(in.bytes); });
  }
  benchmark::RunSpecifiedBenchmarks();
}
