#include "analyzer/fix/sentence.h"

#include <fmt/format.h>

#include "support/text.h"

namespace asyncscope::analyzer {
namespace {

using Ending = FixResult::Ending;

std::string plural(std::uint64_t count, const char* word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string listsText(const Lists& lists) {
  std::vector<std::string> parts;
  if (!lists.functions.empty()) {
    parts.push_back(plural(lists.functions.size(), "function") + " in ASYNCIFY_ADD");
  }
  if (!lists.imports.empty()) {
    parts.push_back(plural(lists.imports.size(), "import") + " in ASYNCIFY_IMPORTS");
  }
  if (lists.bufferSize != 0) parts.push_back(fmt::format("a buffer of {}", lists.bufferSize));
  return parts.empty() ? "nothing more" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string verifiedText(const Tried& tried) {
  return fmt::format("{} {} with a suspend at every opportunity, {} completed",
                     plural(tried.runs.size(), "run"), tried.runs.size() == 1 ? "passes" : "pass",
                     plural(tried.completed(), "cycle"));
}

const TriedRun* firstFailing(const Tried& tried) {
  for (const TriedRun& run : tried.runs) {
    if (!run.passed) return &run;
  }
  return nullptr;
}

}  // namespace

std::string fixSentence(const FixResult& result) {
  const Tried& tried = result.tried;
  switch (result.ending) {
    case Ending::NothingToMend:
      return "Nothing to mend: " + verifiedText(tried);
    case Ending::Mended:
      return fmt::format("Mended by {}{}: {}", listsText(result.lists),
                         result.minimal ? "" : " (perhaps fewer would do)", verifiedText(tried));
    case Ending::BeyondFlags:
      return "Flags alone do not mend it: " + support::escaped(tried.beyondFlags.front());
    case Ending::NoProgress: {
      const TriedRun* run = firstFailing(tried);
      return "Not mended: runs still fail, and nothing that was found asks for more" +
             (run == nullptr ? "" : ": " + support::escaped(run->why));
    }
    case Ending::BuildFailed:
      // Binaryen's own words.
      if (tried.buildError.find("both an asyncify only-list together") != std::string::npos) {
        return "Not determined: the build has ASYNCIFY_ONLY, beside which no other list can stand; "
               "leave it out of the build, and the smallest list is found without it";
      }
      return result.steps.size() == 1
                 ? "The build fails as it is"
                 : "Not determined: the build fails with " + listsText(result.lists) + " added";
    case Ending::NothingSuspended:
      return "Not determined: the runs pass, and not one of them ever suspends";
    case Ending::Interrupted:
      return fmt::format("Interrupted after {}: the same command goes on from here",
                         plural(result.steps.size(), "build"));
  }
  return {};
}

const char* endingName(Ending ending) {
  switch (ending) {
    case Ending::NothingToMend:
      return "nothing-to-mend";
    case Ending::Mended:
      return "mended";
    case Ending::BeyondFlags:
      return "beyond-flags";
    case Ending::NoProgress:
      return "no-progress";
    case Ending::BuildFailed:
      return "build-failed";
    case Ending::NothingSuspended:
      return "nothing-suspended";
    case Ending::Interrupted:
      return "interrupted";
  }
  return "";
}

}  // namespace asyncscope::analyzer
