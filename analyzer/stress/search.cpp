#include "analyzer/stress/search.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/stress/minimise.h"
#include "analyzer/stress/schedule.h"
#include "support/text.h"

namespace asyncscope::analyzer {
namespace {

using support::Result;

constexpr std::size_t kShownBytes = 60;

// The first line in which two texts differ, as a sentence.
std::string firstDifference(const char* what, const std::string& usual, const std::string& now) {
  const auto [a, b] = std::mismatch(usual.begin(), usual.end(), now.begin(), now.end());
  const auto line = 1 + std::count(usual.begin(), a, '\n');
  const auto lineOf = [](const std::string& text, std::size_t at) {
    if (at >= text.size()) return std::string("nothing");
    std::size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1);
    begin = begin == std::string::npos || at == 0 ? 0 : begin + 1;
    return support::quoted(text.substr(begin, text.find('\n', at) - begin), kShownBytes);
  };
  return fmt::format("{} differs from line {} on: {} instead of {}", what, line,
                     lineOf(now, static_cast<std::size_t>(b - now.begin())),
                     lineOf(usual, static_cast<std::size_t>(a - usual.begin())));
}

std::vector<std::pair<std::uint64_t, std::uint32_t>> memories(const Trial& trial) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> all;
  for (const StressCounts& counts : trial.counts) {
    for (const StressCounts::Memory& memory : counts.memories) {
      all.emplace_back(memory.bytes, memory.hash);
    }
  }
  return all;
}

Baseline baselineOf(Trial first, const Trial& second) {
  Baseline baseline;
  baseline.sameOutput = first.output == second.output;
  baseline.sameErrors = first.errors == second.errors;
  baseline.sameFate = first.fate == second.fate;
  baseline.sameMemory = memories(first) == memories(second) && !memories(first).empty();
  baseline.sameCount = first.opportunities() == second.opportunities();
  baseline.trial = std::move(first);
  return baseline;
}

class Search {
 public:
  Search(const SearchOptions& options, const std::function<Result<Trial>(const std::string&)>& run,
         const std::function<bool()>& stop)
      : options_(options), run_(run), stop_(stop) {}

  Result<SearchResult> search();

 private:
  // One run, noted; nothing when it could not be made (error_ says why) or the search is stopped.
  std::optional<Trial> attempt(const std::string& purpose, const std::string& schedule);
  bool establishBaseline();
  void findFailing();
  void shrink();
  void intervene();
  bool stopped() {
    if (error_ || !stop_()) return error_.has_value();
    result_.interrupted = true;
    return true;
  }
  // Whether the run failed as the one to be explained did.
  bool failsAlike(const Trial& trial, const Differences& differences) const;
  void keep(Trial trial, Differences differences) {
    result_.failing = std::move(trial);
    result_.differences = std::move(differences);
  }
  std::vector<std::string> schedules() const;

  const SearchOptions& options_;
  const std::function<Result<Trial>(const std::string&)>& run_;
  const std::function<bool()>& stop_;
  std::optional<support::Error> error_;
  std::string suffix_;  // of the failing schedule: its options
  SearchResult result_;
};

std::optional<Trial> Search::attempt(const std::string& purpose, const std::string& schedule) {
  auto trial = run_(schedule);
  if (!trial) {
    error_ = trial.error();
    return std::nullopt;
  }
  // A run that the user broke off says nothing.
  if (stopped()) return std::nullopt;
  SearchResult::Row row;
  row.purpose = purpose;
  row.schedule = schedule;
  row.opportunities = trial->opportunities();
  row.trips = trial->trips();
  row.outcome = trial->outcome;
  if (trial->verdict) row.code = trial->verdict->code;
  if (purpose != "baseline") row.differences = result_.baseline.differences(*trial);
  row.failed = !row.code.empty() || !row.differences.empty();
  result_.trips += row.trips;
  result_.oracleCompared += trial->oracleCompared;
  result_.oracleInFull += trial->oracleInFull;
  for (const auto& [position, count] : trial->positions) result_.positions[position] += count;
  result_.runs.push_back(std::move(row));
  return std::move(*trial);
}

bool Search::establishBaseline() {
  auto first = attempt("baseline", "none" + options_.suffix);
  if (!first) return false;
  auto second = attempt("baseline", "none" + options_.suffix);
  if (!second) {
    result_.baseline.trial = std::move(*first);
    return false;
  }
  result_.baseline = baselineOf(std::move(*first), *second);
  if (result_.baseline.trial.verdict) {
    result_.failsAlone = true;
    keep(result_.baseline.trial, {});
    return false;
  }
  return true;
}

std::vector<std::string> Search::schedules() const {
  if (!options_.schedule.empty()) return {options_.schedule};
  std::vector<std::string> all{"every", "every+times=2"};
  for (std::uint32_t seed = 1; seed <= options_.randomRuns; ++seed) {
    all.push_back(fmt::format("random:{}:0.5", seed));
  }
  return all;
}

void Search::findFailing() {
  for (const std::string& schedule : schedules()) {
    if (stopped()) return;
    auto trial = attempt("search", schedule + options_.suffix);
    if (!trial) return;
    if (result_.exercised.empty()) result_.exercised = trial->counts;
    if (!result_.runs.back().failed) continue;
    const auto plus = schedule.find('+');
    suffix_ = (plus == std::string::npos ? "" : schedule.substr(plus)) + options_.suffix;
    keep(std::move(*trial), result_.runs.back().differences);
    return;
  }
}

bool Search::failsAlike(const Trial& trial, const Differences& differences) const {
  const Trial& known = *result_.failing;
  if (known.verdict) return trial.verdict && trial.verdict->code == known.verdict->code;
  return !differences.empty();
}

void Search::shrink() {
  const auto fails = [&](const std::vector<std::uint32_t>& opportunities) {
    auto trial = attempt("shrink", listSchedule(opportunities) + suffix_);
    if (!trial || !failsAlike(*trial, result_.runs.back().differences)) return false;
    keep(std::move(*trial), result_.runs.back().differences);
    return true;
  };
  const auto stop = [&] { return stopped(); };
  const std::vector<std::uint32_t> all = result_.failing->forced;
  const bool isList = result_.failing->schedule == listSchedule(all) + suffix_;
  if (all.empty() || (all.size() == 1 && isList)) return;
  // Most failures are of one suspend, and the finding or the end of the run says which.
  std::vector<std::uint32_t> likely{all.back()};
  const std::uint32_t told = result_.failing->verdictOpportunity;
  if (told != 0 && told != all.back()) likely.insert(likely.begin(), told);
  for (const std::uint32_t opportunity : likely) {
    if (stop()) {
      result_.minimal = false;
      return;
    }
    if (fails({opportunity})) return;
  }
  if (all.size() > 1) result_.minimal = minimise(all, fails, stop).minimal;
  if (error_ || result_.interrupted) result_.minimal = false;
}

void Search::intervene() {
  const std::optional<Finding>& verdict = result_.failing->verdict;
  if (!verdict || !verdict->function || !verdict->site) return;
  const std::string site = fmt::format("{}@{:#x}", verdict->function->index, verdict->site->offset);
  for (const char* kind : {"sites", "except"}) {
    if (stopped()) return;
    const auto trial = attempt("intervention", fmt::format("{}:{}{}", kind, site, suffix_));
    if (!trial) return;
    (kind[0] == 's' ? result_.onlyThere : result_.everywhereElse) = result_.runs.back();
  }
}

Result<SearchResult> Search::search() {
  if (establishBaseline()) {
    findFailing();
    if (result_.failing) {
      shrink();
      intervene();
    }
  }
  if (error_) return tl::unexpected(*error_);
  return std::move(result_);
}

}  // namespace

std::uint64_t Trial::opportunities() const {
  std::uint64_t sum = 0;
  for (const StressCounts& each : counts) sum += each.opportunities;
  return sum;
}

std::uint64_t Trial::trips() const {
  std::uint64_t sum = 0;
  for (const StressCounts& each : counts) sum += each.trips;
  return sum;
}

Differences Baseline::differences(const Trial& other) const {
  Differences all;
  if (sameFate && other.fate != trial.fate) {
    all.push_back(fmt::format("It ended with {} instead of {}", other.fate, trial.fate));
  }
  if (sameOutput && other.output != trial.output) {
    all.push_back(firstDifference("Standard output", trial.output, other.output));
  }
  if (sameErrors && other.errors != trial.errors) {
    all.push_back(firstDifference("Standard error", trial.errors, other.errors));
  }
  if (sameMemory && memories(other) != memories(trial)) {
    all.push_back("Memory at the end of the run is not what it is without forced suspends");
  }
  return all;
}

std::vector<std::string> Baseline::notCompared() const {
  std::vector<std::string> all;
  if (!sameFate) all.push_back("how it ends");
  if (!sameOutput) all.push_back("standard output");
  if (!sameErrors) all.push_back("standard error");
  if (!sameMemory) all.push_back("memory at the end");
  return all;
}

support::Result<SearchResult> search(
    const SearchOptions& options,
    const std::function<support::Result<Trial>(const std::string& schedule)>& run,
    const std::function<bool()>& stop) {
  return Search(options, run, stop).search();
}

}  // namespace asyncscope::analyzer
