#include "analyzer/advice/host_advice.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

// {}: the function of the finding.
constexpr std::pair<std::string_view, std::string_view> kAdvice[] = {
    {"nested-suspend-in-starter",
     "in the import that {} calls, start nothing in wasm that suspends: call it before, from wasm, "
     "or later, from a timer"},
    {"suspend-while-unwinding",
     "call nothing of the module between start_unwind and the return to wasm; what has to run goes "
     "into the starter's promise, or after the resume"},
    {"suspend-after-shutdown",
     "finish what suspends before main returns; handlers at exit are synchronous"},
    {"abort-disables-suspend",
     "after abort() the instance is dead: make a new one, and report the first error"},
    {"resume-with-wasm-on-stack",
     "call the waker from the event loop: setTimeout(wakeUp), or queueMicrotask where no wasm is "
     "on "
     "the stack then"},
    {"double-wakeup",
     "use each wake-up once, and only for the stack that it belongs to: let the first of the "
     "events "
     "win, or wrap the promise with handleAsync"},
    {"lost-wakeup",
     "call the waker on every way out of the operation, on errors too; handleAsync does it for a "
     "promise"},
    {"sync-wakeup",
     "call the waker from a later turn (setTimeout or setImmediate), where the program is to "
     "yield"},
    {"wakeup-on-wrong-thread",
     "send a message to the thread that sleeps, and call start_rewind there"},
    {"pthread-proxied-suspend",
     "do not suspend in a function that is proxied to the main thread: suspend on the thread that "
     "wants the result (no __proxy), or return a promise where the version of Emscripten can wait "
     "for "
     "it there"},
    {"export-stack-empty",
     "enter {} through an export: dynCall_* with its pointer, not the function from the table"},
    {"rewind-args-bigint",
     "export {} with 32-bit parameters (two for an i64), or enter it again with its arguments"},
    {"async-return-bigint",
     "let the import that {} calls return 32 bits, or a BigInt on both of its returns (0n while "
     "the "
     "stack unwinds)"},
    {"unwind-not-stopped",
     "when the outermost export returns and the state is unwinding, call stop_unwind before "
     "anything "
     "else"},
    {"stuck-in-rewinding",
     "in the suspending import, when the state is rewinding, call stop_rewind first of all: before "
     "it "
     "returns and before it throws"},
    {"promise-not-adapted",
     "wrap the import with Asyncify.handleAsync (or __async in a JS library), so that wasm waits "
     "for "
     "the promise"},
    {"js-exception-through-unwind",
     "do not throw between start_unwind and the return to wasm: until the rewind the import has no "
     "result that could be checked"},
    {"zombie-rewind",
     "do not throw between start_unwind and the return to wasm; where that can happen, cancel the "
     "timer or promise that would wake the stack up, and discard the instance"},
    {"missing-async-ccall",
     "call {} with ccall(…, {{async: true}}) or cwrap(…, {{async: true}}), and await it"},
    {"gc-scan-suspends",
     "call every export that may allocate with {{async: true}} and await it, or collect only where "
     "no such call is under way"},
    {"raw-export-early-return",
     "call {} with ccall(…, {{async: true}}) and await the result, instead of the export itself"},
    {"rewind-error-escapes-caller",
     "call {} with ccall(…, {{async: true}}) and catch the rejection of its promise"},
    {"embind-currdata-misattribution",
     "call nothing through embind or ccall while a call is suspended: await the one before the "
     "other"},
    {"import-body-runs-twice",
     "put the whole body of the import into the starter that handleSleep or handleAsync gets: only "
     "that runs once"},
    {"postrun-or-exit-early",
     "let main tell when it is done (a call of an import at its end), or do what is to come after "
     "it "
     "in main"},
    {"keepalive-imbalance",
     "pair each runtimeKeepalivePush with a runtimeKeepalivePop, on every way out of the "
     "operation"},
};

}  // namespace

std::string hostAdvice(const Finding& finding) {
  for (const auto& [code, text] : kAdvice) {
    if (code != finding.code) continue;
    const std::string who = finding.function ? functionText(*finding.function) : "the export";
    return fmt::format(fmt::runtime(text), who);
  }
  return "";
}

}  // namespace asyncscope::analyzer
