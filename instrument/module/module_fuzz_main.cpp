// Drives a libFuzzer target with any compiler: each file as it is, cut short, and mutated at
// random.
//
//   module_fuzz [--runs N] [--seconds N] [--seed N] FILE...
//
// Runs are per file, and end early when the seconds are over. The same seed makes the same inputs:
// run i uses seed + i, and a crash names the file and the seed that make it again with --runs 1.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// Of the sanitizers' runtime; absent without them.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());

namespace {

using Bytes = std::vector<std::uint8_t>;

// What is being tried, for the report of a crash.
const char* currentFile = "";
std::uint64_t currentSeed = 0;

void reportCrash() {
  std::fprintf(stderr, "module_fuzz: crashed on: --runs 1 --seed %llu %s\n",
               static_cast<unsigned long long>(currentSeed), currentFile);
}

void onSignal(int signal) {
  reportCrash();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

// One to eight small changes: bytes that are likely to hurt, flipped bits, cut or doubled
// stretches.
Bytes mutated(Bytes bytes, std::mt19937_64& random) {
  constexpr std::uint8_t kNasty[] = {0x00, 0x01, 0x0B, 0x40, 0x7F, 0x80, 0xFC, 0xFD, 0xFE, 0xFF};
  const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : random() % limit; };
  const std::size_t changes = 1 + below(8);
  for (std::size_t i = 0; i < changes && !bytes.empty(); ++i) {
    const std::size_t at = below(bytes.size());
    const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto length =
        static_cast<std::ptrdiff_t>(1 + below(std::min<std::size_t>(16, bytes.size() - at)));
    switch (below(6)) {
      case 0:
        bytes[at] = kNasty[below(std::size(kNasty))];
        break;
      case 1:
        bytes[at] ^= static_cast<std::uint8_t>(1u << below(8));
        break;
      case 2:
        bytes[at] = static_cast<std::uint8_t>(random());
        break;
      case 3:
        bytes.erase(place, place + std::min(length, bytes.end() - place));
        break;
      case 4: {
        const Bytes copy(place, place + std::min(length, bytes.end() - place));
        bytes.insert(place, copy.begin(), copy.end());
        break;
      }
      case 5:
        bytes[at] = static_cast<std::uint8_t>(bytes[at] + (random() % 3) - 1);
        break;
    }
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t runs = 1000;
  std::uint64_t seconds = 0;
  std::uint64_t seed = 1;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
    if (argument == "--runs") {
      runs = number();
    } else if (argument == "--seconds") {
      seconds = number();
    } else if (argument == "--seed") {
      seed = number();
    } else {
      files.push_back(argument);
    }
  }
  std::signal(SIGABRT, onSignal);
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(reportCrash);
  } else {
    std::signal(SIGSEGV, onSignal);
  }
  const auto start = std::chrono::steady_clock::now();
  const auto timeIsUp = [&] {
    return seconds != 0 && std::chrono::steady_clock::now() - start > std::chrono::seconds(seconds);
  };
  std::uint64_t inputs = 0;
  for (const std::string& file : files) {
    std::ifstream stream(file, std::ios::binary);
    const Bytes original(std::istreambuf_iterator<char>(stream), {});
    if (original.empty()) {
      std::fprintf(stderr, "module_fuzz: cannot read %s\n", file.c_str());
      return 1;
    }
    currentFile = file.c_str();
    LLVMFuzzerTestOneInput(original.data(), original.size());
    for (std::uint64_t i = 0; i < runs && !timeIsUp(); ++i, ++inputs) {
      currentSeed = seed + i;
      std::mt19937_64 random(currentSeed);
      Bytes bytes = mutated(original, random);
      if (random() % 8 == 0) {
        bytes.resize(random() % (bytes.size() + 1));
      }
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
  }
  std::printf("%llu inputs, no property violated\n", static_cast<unsigned long long>(inputs));
  return 0;
}
