#include "analyzer/consequences.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace asyncscope::analyzer {
namespace {

// What kind of thing went wrong, as far as it matters for what comes of it.
enum Family : unsigned {
  kRecords = 1 << 0,   // a frame pushed no record
  kUnlisted = 1 << 1,  // ... because an import that suspends is not listed
  kOrder = 1 << 2,     // the rewind popped what is not its own
  kLeftOver = 1 << 3,  // position, end or header are not what they have to be
  kOverflow = 1 << 4,  // records where no buffer is
  kProtocol = 1 << 5,  // a control call or an export in the wrong state
  kOverlap = 1 << 6,   // two stacks in one buffer
  kWritten = 1 << 7,   // memory changed during an unwind or a rewind
  kCStack = 1 << 8,    // the C stack pointer is not where it was
  kContent = 1 << 9,   // the bytes of a suspended stack changed
  kForeign = 1 << 10,  // a frame that is no wasm frame
  kThrown = 1 << 11,   // an exception or a trap crossed an export
  kHost = 1 << 12,     // the host went on as if the call had completed
  kNoStack = 1 << 13,  // the engine's own stack was used up
  kShared = 1 << 14,   // two stacks on one C stack
  kHazard = 1 << 15,   // nothing comes of it that could be seen
};

constexpr unsigned kAll = ~0u;
constexpr unsigned kBrokenRewind = kOrder | kLeftOver | kProtocol | kThrown;

// By invariant.
constexpr Family kFamilyOfInvariant[] = {kHost,     kRecords, kOrder,   kLeftOver,
                                         kProtocol, kOverlap, kWritten, kCStack,
                                         kContent,  kForeign, kThrown,  kHost};

// Codes whose family is not that of their invariant.
struct OfCode {
  std::string_view code;
  Family family;
};
constexpr OfCode kFamilyOfCode[] = {
    {"asyncify-stack-overflow", kOverflow},
    {"buffer-alloc-failed", kOverflow},
    {"overflow-heap-damage", kOverflow},
    {"buffer-overlaps-program-data", kOverflow},
    {"rewind-path-divergence", kOrder},
    {"import-not-listed", kUnlisted},
    {"invoke-signature-missing", kUnlisted},
    {"engine-stack-exhaustion", kNoStack},
    {"fiber-swap-native-recursion", kNoStack},
    {"dylink-import-unlisted", kUnlisted},
    {"shadow-stack-interleave", kShared},
    {"gc-roots-in-asyncify-buffer", kHazard},
    {"uninstrumented-frame-sp-skew", kRecords},
    {"host-frees-while-suspended", kHazard},
    {"buffer-alloc-grows-memory", kHazard},
    {"invoke-longjmp-sp-leak", kHazard},
    {"pthread-proxied-suspend", kUnlisted},
    {"promise-not-adapted", kHazard},
    {"import-body-runs-twice", kHazard},
    {"keepalive-imbalance", kHazard},
    {"postrun-or-exit-early", kHazard},
    {"raw-export-early-return", kHazard},
    {"sync-wakeup", kHazard},
    {"rewind-error-escapes-caller", kHazard},
    {"embind-currdata-misattribution", kHazard},
    {"sjlj-on-asyncify-leak", kHazard},
};

// What a violation of `cause` can bring about.
struct Consequences {
  Family cause;
  unsigned effects;
};
constexpr Consequences kConsequences[] = {
    {kRecords, kBrokenRewind | kWritten | kCStack},
    {kUnlisted, kBrokenRewind | kWritten | kCStack},
    {kOrder, kBrokenRewind},
    {kLeftOver, kBrokenRewind},
    {kOverflow, kBrokenRewind},
    {kOverlap, kBrokenRewind | kContent | kCStack},
    {kContent, kBrokenRewind | kCStack},
    {kShared, kBrokenRewind | kCStack | kShared | kContent},
    {kHazard, 0},
    {kCStack, 0},
    {kProtocol, 0},
    {kWritten, 0},
    {kForeign, kBrokenRewind | kWritten | kCStack | kUnlisted},
    {kThrown, kProtocol | kOrder},
    {kHost, kBrokenRewind | kOverlap | kContent},
    {kNoStack, kAll},
};

// Of the exception that Emscripten throws where an import that is not listed changed the state.
constexpr std::string_view kUnlistedMessage = "was not in ASYNCIFY_IMPORTS";

Family familyOf(const Finding& finding) {
  const auto* const entry = std::find_if(std::begin(kFamilyOfCode), std::end(kFamilyOfCode),
                                         [&](const OfCode& of) { return of.code == finding.code; });
  if (entry != std::end(kFamilyOfCode)) return entry->family;
  const auto count = static_cast<int>(std::size(kFamilyOfInvariant));
  return finding.invariant < count ? kFamilyOfInvariant[finding.invariant] : kHost;
}

unsigned effectsOf(Family cause) {
  for (const Consequences& entry : kConsequences) {
    if (entry.cause == cause) return entry.effects;
  }
  return 0;
}

// A suspend that began where none may, or a state that stays: all that comes in that cycle is its.
constexpr std::string_view kSpoilsCycle[] = {
    "nested-suspend-in-starter", "suspend-while-unwinding",     "stuck-in-rewinding",
    "unwind-not-stopped",        "js-exception-through-unwind", "async-return-bigint",
};

bool spoilsCycle(const Finding& cause) {
  return std::find(std::begin(kSpoilsCycle), std::end(kSpoilsCycle), cause.code) !=
         std::end(kSpoilsCycle);
}

// What can keep a stack from being woken up, or make the glue give up.
bool canEndWaiting(const Finding& cause) {
  constexpr unsigned kEnding = kRecords | kUnlisted | kOrder | kLeftOver | kOverflow | kProtocol |
                               kOverlap | kForeign | kThrown | kNoStack;
  return (familyOf(cause) & kEnding) != 0 || cause.code == "missing-async-ccall";
}

// What the rules of the host's side know of each other.
bool followsAtBorder(const Finding& finding, const Finding& cause) {
  const bool sameCycle = finding.cycle == cause.cycle;
  if (finding.code == cause.code && sameCycle && finding.cycle != 0 && cause.invariant != 1) {
    return true;
  }
  if (finding.code == "lost-wakeup" || finding.code == "abort-disables-suspend") {
    return canEndWaiting(cause);
  }
  // The next unwind goes through the frames that were on the stack at the wake-up.
  if (cause.code == "resume-with-wasm-on-stack") {
    return finding.cycle >= cause.cycle && finding.invariant <= 10;
  }
  constexpr unsigned kBroken = kOrder | kProtocol | kThrown;
  return spoilsCycle(cause) &&
         ((familyOf(finding) & kBroken) != 0 || (sameCycle && finding.invariant <= 8));
}

}  // namespace

bool follows(const Finding& finding, const Finding& cause) {
  if (finding.place < cause.place || finding.place.thread != cause.place.thread) return false;
  if (followsAtBorder(finding, cause)) return true;
  const Family family = familyOf(finding);
  const bool sameCycle = finding.cycle == cause.cycle;
  // Emscripten's own assertion says so, before the unwind comes into the frame that called it.
  const bool asserted =
      family == kThrown && finding.explanation.find(kUnlistedMessage) != std::string::npos;
  if (asserted && sameCycle && (familyOf(cause) & (kUnlisted | kForeign)) != 0) return true;
  // What happened before the unwind came into a frame is not the doing of that frame.
  if (!cause.mayHavePassed) return false;
  // An import is found unlisted because of the JavaScript in its own place on the stack.
  if (family == kUnlisted && !sameCycle) return false;
  return (effectsOf(familyOf(cause)) & family) != 0;
}

}  // namespace asyncscope::analyzer
