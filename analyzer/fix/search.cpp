#include "analyzer/fix/search.h"

namespace asyncscope::analyzer {
namespace {

using Ending = FixResult::Ending;
using Purpose = FixStep::Purpose;

class Search {
 public:
  Search(const Attempt& attempt, const std::function<bool()>& stop)
      : attempt_(attempt), stop_(stop) {}

  support::Result<FixResult> run(const Lists& start) {
    if (auto grown = grow(start); !grown) return tl::unexpected(grown.error());
    if (result_.ending == Ending::Mended) {
      if (auto shrunk = shrink(start); !shrunk) return tl::unexpected(shrunk.error());
      if (result_.lists == start) result_.ending = Ending::NothingToMend;
    }
    return std::move(result_);
  }

 private:
  // Whether an attempt was made; its step is the last one then.
  support::Result<bool> step(Purpose purpose, const Lists& lists, std::string leftOut = {}) {
    if (stop_()) return false;
    auto tried = attempt_(lists, purpose == Purpose::Grow ? Runs::All : Runs::UntilOneFails);
    if (stop_()) return false;
    if (!tried) return tl::unexpected(tried.error());
    result_.steps.push_back({purpose, std::move(leftOut), lists, *std::move(tried)});
    return true;
  }

  // Ends, since each round adds a name that the module has, or a larger buffer.
  support::Result<void> grow(Lists lists) {
    while (true) {
      const auto made = step(Purpose::Grow, lists);
      if (!made) return tl::unexpected(made.error());
      if (!*made) return {};
      const Tried& tried = result_.steps.back().tried;
      result_.lists = lists;
      result_.tried = tried;
      if (!tried.buildError.empty()) return end(Ending::BuildFailed);
      if (tried.passed()) {
        return end(tried.completed() == 0 ? Ending::NothingSuspended : Ending::Mended);
      }
      const Lists more = united(lists, tried.asked);
      if (more == lists) {
        return end(tried.beyondFlags.empty() ? Ending::NoProgress : Ending::BeyondFlags);
      }
      lists = more;
    }
  }

  // The last ones found first: they were asked for when most was mended already.
  support::Result<void> shrink(const Lists& start) {
    const std::vector<std::string> functions = result_.lists.functions;
    for (auto function = functions.rbegin(); function != functions.rend(); ++function) {
      const Lists fewer = without(result_.lists, *function);
      const auto made = step(Purpose::LeaveOut, fewer, *function);
      if (!made) return tl::unexpected(made.error());
      if (!*made) {
        result_.minimal = false;
        return {};
      }
      const Tried& tried = result_.steps.back().tried;
      if (!tried.passed() || tried.completed() == 0) continue;
      result_.lists = fewer;
      result_.tried = tried;
      result_.notNeeded.push_back(*function);
    }
    return shrinkBuffer(start.bufferSize);
  }

  // What clobbers a record, or leaves one behind, may look like a buffer that is too small.
  support::Result<void> shrinkBuffer(std::uint64_t before) {
    if (result_.lists.bufferSize == before) return {};
    Lists fewer = result_.lists;
    fewer.bufferSize = before;
    const auto made = step(Purpose::LeaveOut, fewer, "the larger buffer");
    if (!made) return tl::unexpected(made.error());
    if (!*made) {
      result_.minimal = false;
      return {};
    }
    const Tried& tried = result_.steps.back().tried;
    if (!tried.passed() || tried.completed() == 0) return {};
    result_.lists = fewer;
    result_.tried = tried;
    return {};
  }

  support::Result<void> end(Ending ending) {
    result_.ending = ending;
    return {};
  }

  const Attempt& attempt_;
  const std::function<bool()>& stop_;
  FixResult result_;
};

}  // namespace

support::Result<FixResult> searchFix(const Lists& start, const Attempt& attempt,
                                     const std::function<bool()>& stop) {
  return Search(attempt, stop).run(start);
}

}  // namespace asyncscope::analyzer
