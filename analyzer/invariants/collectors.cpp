// Invariant 8, of what suspended locals refer to: it lives as long as they do.
//
// Locals of a suspended frame are in its record and nowhere else. A garbage collector that does not
// look there frees what only they refer to, and the next allocation hands it out again. What can be
// seen: a function that is named as a collector changed memory to which words in the records point,
// and another export changed the same place after it, before the stack was resumed.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>
#include <string_view>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

bool isUpper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool isLower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }

// The words of a name: "mp_gc_collect" has mp, gc and collect; "runGC" has run and gc.
std::vector<std::string> wordsOf(std::string_view name) {
  std::vector<std::string> words(1);
  char before = 0;
  for (const char c : name) {
    const bool letter = isUpper(c) || isLower(c);
    const bool begins = !letter || (isUpper(c) && isLower(before));
    if (begins && !words.back().empty()) words.emplace_back();
    if (letter) {
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    before = c;
  }
  return words;
}

bool isCollector(std::string_view name) {
  constexpr std::string_view kWords[] = {"gc", "collect", "collector", "sweep", "garbage"};
  const std::vector<std::string> words = wordsOf(name);
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
  });
}

}  // namespace

void checkCollectors(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    const Interference* collected = nullptr;
    for (const Interference& what : cycle.meanwhile) {
      if (what.kind != Interference::Kind::Pointed) continue;
      const FunctionRef function = functionRef(run, cycle.thread, what.instance, what.function);
      if (isCollector(function.name)) {
        if (collected == nullptr) collected = &what;
        continue;
      }
      if (collected == nullptr || what.address != collected->address) continue;
      Finding finding =
          findingIn(cycle, 8, "gc-roots-in-asyncify-buffer", Phase::Suspended, collected->place);
      finding.instance = collected->instance;
      finding.function = functionRef(run, cycle.thread, collected->instance, collected->function);
      finding.certainty = Certainty::Likely;
      finding.explanation = fmt::format(
          "{} ran while cycle {} was suspended and changed what a word in its records points to, "
          "at "
          "{:#x}; then {} changed the same place. A local of the suspended frames refers to it: it "
          "was collected, because the collector does not look into the buffer, and handed out "
          "again.",
          functionText(*finding.function), cycle.number, collected->address,
          functionText(function));
      findings.push_back(std::move(finding));
      break;
    }
  }
}

}  // namespace asyncscope::analyzer
