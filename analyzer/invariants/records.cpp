// Invariant 1: every wasm frame between the entry export and the suspending import pushes exactly
// one record, innermost first.
//
// What is decided per frame: did it push? What is decided per call site: why not? A frame without a
// record is a fault whether or not the run survived it; the code says which kind of fault, from
// the binary's own facts (is the function instrumented, is the site guarded, what does it call).
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "analyzer/invariants/imports.h"
#include "analyzer/invariants/invariants.h"
#include "analyzer/invariants/left_out.h"

namespace asyncscope::analyzer {
namespace {

using record::FunctionEntry;
using record::ImportEntry;
using record::ModuleTable;
using record::SiteEntry;
using record::SiteKind;

// Hand-written lists name some of the `invoke_*` signatures and miss others.
const char* unlistedCode(const ModuleTable& module, const ImportEntry& import) {
  // What a thread has asked the main one to do runs under this import of Emscripten's runtime.
  if (import.name.ends_with("emscripten_receive_on_main_thread_js")) {
    return "pthread-proxied-suspend";
  }
  const bool otherInvokeListed =
      isInvoke(import.name) &&
      std::any_of(module.imports.begin(), module.imports.end(), [](const ImportEntry& other) {
        return other.suspending && isInvoke(other.name);
      });
  return otherInvokeListed ? "invoke-signature-missing" : "import-not-listed";
}

struct Context {
  const Run& run;
  const Cycle& cycle;
  std::size_t index;  // of the frame in cycle.frames

  const Frame& frame() const { return cycle.frames[index]; }
  const ModuleTable* module() const { return run.moduleOf(cycle.thread, frame().instance); }
  const FunctionEntry* function() const {
    return module() == nullptr ? nullptr : module()->function(frame().function);
  }
  const SiteEntry* site() const {
    if (module() == nullptr || !frame().site) return nullptr;
    return module()->site(frame().function, *frame().site);
  }
  const Frame* callee() const { return index > 0 ? &cycle.frames[index - 1] : nullptr; }
};

// The `invoke_*` among the JavaScript frames that called this one (the glue puts wrappers between);
// nullptr: there is none.
const Frame* invokeAround(const Context& context) {
  for (std::size_t i = context.index + 1; i < context.cycle.frames.size(); ++i) {
    const Frame& frame = context.cycle.frames[i];
    if (frame.fate != Frame::Fate::JavaScript) return nullptr;
    if (isInvoke(frame.text.substr(0, frame.text.find(' ')))) return &frame;
  }
  return nullptr;
}

// Whether the JavaScript that this frame called only links two modules.
bool leadsToAnotherModule(const Context& context) {
  for (std::size_t i = context.index; i-- > 0;) {
    const Frame& frame = context.cycle.frames[i];
    if (frame.fate != Frame::Fate::JavaScript) return frame.instance != context.frame().instance;
  }
  return false;
}

// Whether a function is instrumented only because a list names it: none of its guarded calls would
// be guarded without.
bool isListed(const ModuleTable& module, const FunctionEntry& function) {
  return function.instrumented &&
         std::none_of(function.sites.begin(), function.sites.end(), [&](const SiteEntry& site) {
           return site.guarded && (site.kind == SiteKind::Call || !module.indirectIgnored);
         });
}

bool isUnlistedImport(const std::string& code) {
  return code == "import-not-listed" || code == "invoke-signature-missing" ||
         code == "dylink-import-unlisted" || code == "pthread-proxied-suspend";
}

// Whether no instrumented function calls this import. In one that does the call would be guarded if
// the import were listed; else a list may as well have left out the functions that call it.
bool mayBeLeftOutByList(const Context& context, const std::string& code) {
  const SiteEntry* called = context.site();
  if (!isUnlistedImport(code) || called == nullptr) return false;
  const auto& functions = context.module()->functions;
  return std::none_of(functions.begin(), functions.end(), [&](const FunctionEntry& function) {
    return function.instrumented &&
           std::any_of(function.sites.begin(), function.sites.end(), [&](const SiteEntry& site) {
             return site.kind == SiteKind::Call && site.target == called->target;
           });
  });
}

// Is this plain frame the thunk by which an `invoke_*` calls the table? Newer glue has none, and
// takes the function from the table itself; where names are minified that can't be seen.
bool isDynCallThunk(const Context& context) {
  const SiteEntry* site = context.site();
  if (site == nullptr || site->kind != SiteKind::CallIndirect || invokeAround(context) == nullptr) {
    return false;
  }
  const ModuleTable& module = *context.module();
  const Frame& frame = context.frame();
  const FunctionRef ref =
      functionRef(context.run, context.cycle.thread, frame.instance, frame.function);
  return isDynCall(ref.name) ||
         std::any_of(module.imports.begin(), module.imports.end(),
                     [](const ImportEntry& import) { return isMinified(import); });
}

// Whether Asyncify gave this frame no way to push a record: then it is a fault from the moment of
// the suspend, also where the unwind never came to it.
bool cannotSave(const Context& context) {
  if (context.module() == nullptr) return false;
  const FunctionEntry* function = context.function();
  if (function == nullptr || !function->instrumented) return true;
  const SiteEntry* site = context.site();
  return site != nullptr && !site->guarded;
}

// Whether the unwind came into this frame: a probe saw it go past, or the frame that it had called
// returned into it, or no probe stands behind its call that could have told.
bool mayHavePassed(const Context& context) {
  if (context.frame().fate == Frame::Fate::NotSaved) return true;
  const Frame* callee = context.callee();
  if (callee != nullptr &&
      (callee->fate == Frame::Fate::Saved || callee->fate == Frame::Fate::NotSaved)) {
    return true;
  }
  const SiteEntry* site = context.site();
  return site == nullptr || !site->maySuspend || site->guarded;
}

bool isViolation(const Context& context) {
  const Frame::Fate fate = context.frame().fate;
  return fate == Frame::Fate::NotSaved || (fate == Frame::Fate::NotReached && cannotSave(context));
}

// A direct call to a function that is plain itself is unguarded for the reason for which its callee
// is plain, so the walk goes inward until a call decides: an import, an indirect call, or a callee
// that is instrumented all the same.
Context decisive(Context context) {
  for (;; --context.index) {
    const SiteEntry* site = context.site();
    if (site == nullptr || site->kind != SiteKind::Call ||
        importOf(*context.module(), site->target) != nullptr) {
      return context;
    }
    const Frame* callee = context.callee();
    if (callee == nullptr || callee->function != site->target) return context;
    const FunctionEntry* entry = context.module()->function(callee->function);
    if (entry != nullptr && entry->instrumented) return context;
  }
}

// Why the active call of this frame is not guarded.
std::string reasonOf(const Context& frame) {
  const Context context = decisive(frame);
  const SiteEntry* site = context.site();
  if (site == nullptr) return "uninstrumented-frame";
  if (site->kind != SiteKind::Call) return "uninstrumented-frame-indirect";
  const ImportEntry* import = importOf(*context.module(), site->target);
  if (import == nullptr || import->suspending || isListedByEmscripten(*import)) {
    return "uninstrumented-frame-list";
  }
  return leadsToAnotherModule(context) ? "dylink-import-unlisted"
                                       : unlistedCode(*context.module(), *import);
}

// Whether a list is only one of two explanations: see leftOutText().
bool mayBeDirectSince(const Context& frame, const std::string& code) {
  if (code != "uninstrumented-frame-list") return false;
  const Context context = decisive(frame);
  const FunctionEntry* callee =
      context.site() == nullptr ? nullptr : context.module()->function(context.site()->target);
  return callee != nullptr && callee->inElements;
}

std::string codeOf(const Context& context) {
  const FunctionEntry* function = context.function();
  const SiteEntry* site = context.site();
  if (site != nullptr && site->inCatch && !site->guarded) return "wasm-eh-unwind-from-catch";
  const std::string reason = reasonOf(context);
  if (isUnlistedImport(reason)) return reason;
  const bool elsewhere = context.frame().instance != context.cycle.instance;
  if (elsewhere && function != nullptr && function->instrumented && site != nullptr &&
      site->guarded) {
    return "dylink-globals-unshared";
  }
  if (function == nullptr || !function->instrumented) {
    return isDynCallThunk(context) ? "dyncall-thunk-uninstrumented" : reason;
  }
  const bool direct = site != nullptr && site->kind == SiteKind::Call;
  return direct ? "addlist-callsite-gap" : "uninstrumented-callsite-in-instrumented-frame";
}

// With indirect calls ignored only a list makes Asyncify guard one, and what a list names does not
// make its callers suspend.
bool callsListedFunction(const Context& context) {
  if (!context.module()->indirectIgnored || context.callee() == nullptr) return false;
  const Context callee{context.run, context.cycle, context.index - 1};
  const SiteEntry* site = callee.module() == nullptr ? nullptr : callee.site();
  return site != nullptr && site->kind != SiteKind::Call && site->guarded;
}

std::string siteText(const Context& context) {
  const SiteEntry* site = context.site();
  if (site == nullptr) return "a call";
  return fmt::format("the {} at {:#x}", siteKindName(site->kind), site->offset);
}

std::string explain(const Context& context, const std::string& code, const FunctionRef& ref) {
  const std::string who = functionText(ref);
  if (code == "uninstrumented-callsite-in-instrumented-frame") {
    return fmt::format(
        "{} is instrumented, but {} in it is not: its frame pushes no record when the stack "
        "unwinds through that call. On the rewind it pops a record that another frame pushed and "
        "skips the call that was active.",
        who, siteText(context));
  }
  if (code == "wasm-eh-unwind-from-catch") {
    return fmt::format(
        "{} suspended while it handled an exception: {} stands in the body of a catch, which "
        "Asyncify does not transform. Its frame pushes no record.",
        who, siteText(context));
  }
  if (code == "dylink-globals-unshared") {
    return fmt::format(
        "{} is of another module than the one whose state was set, and its own state stayed "
        "normal: each module has a state of Asyncify of its own. It ran on where it had to be "
        "saved.",
        who);
  }
  if (code == "addlist-callsite-gap") {
    return fmt::format(
        "{} is instrumented, but {} in it calls a function that Asyncify took for one that never "
        "suspends: its frame pushes no record.",
        who, siteText(context));
  }
  if (isUnlistedImport(code)) {
    const SiteEntry* site = context.site();
    const ImportEntry* import =
        site == nullptr ? nullptr : importOf(*context.module(), site->target);
    if (import == nullptr) {
      return fmt::format(
          "{} leads to an import that suspended without being listed: {} in it is not guarded, so "
          "its "
          "frame pushes no record.",
          who, siteText(context));
    }
    const bool doubt = mayBeLeftOutByList(context, code);
    return fmt::format(
        "The import {}.{}{} suspended, but {}: {} calls it at {:#x} and pushes no record.",
        import->module, import->name,
        code == "dylink-import-unlisted" ? ", a function of another module," : "",
        doubt ? "no call of it is guarded: Asyncify was not told that it may, or a list "
                "(ASYNCIFY_ONLY or ASYNCIFY_REMOVE) left out the functions that call it"
              : "Asyncify was not told that it may",
        who, context.site()->offset);
  }
  if (code == "dyncall-thunk-uninstrumented") {
    return fmt::format(
        "{} is the thunk under {} and is not instrumented: {} in it pushes no record.", who,
        invokeAround(context)->text, siteText(context));
  }
  if (code == "uninstrumented-frame-indirect") {
    return fmt::format(
        "{} is not instrumented, because Asyncify followed no indirect calls and {} leads to the "
        "suspend: its frame pushes no record.",
        who, siteText(context));
  }
  if (code == "uninstrumented-frame") {
    return fmt::format(
        "{} is not instrumented, so its frame pushes no record; why Asyncify left it out is not "
        "determined, as its active call is none that leads to a suspend.",
        who);
  }
  if (callsListedFunction(context)) {
    return fmt::format(
        "{} is not instrumented although {} in it leads to the suspend: a list names the function "
        "that it calls, which does not make Asyncify instrument its callers.",
        who, siteText(context));
  }
  return fmt::format(
      "{} is not instrumented although {} in it leads to the suspend by direct calls: {}.", who,
      siteText(context), leftOutText(mayBeDirectSince(context, code)));
}

// Where a function was put into the add-list, and the one that it calls next was not, the list is
// at fault, which ends one function short: that comes before the plain frame of the other.
void putGapFirst(const Context& context, const std::string& code, std::vector<Finding>& findings) {
  if (code != "addlist-callsite-gap" || findings.size() < 2) return;
  Finding& gap = findings[findings.size() - 1];
  Finding& callee = findings[findings.size() - 2];
  if (callee.cycle != gap.cycle || callee.depth + 1 != gap.depth) return;
  if (callee.code != "uninstrumented-frame-indirect" ||
      !isListed(*context.module(), *context.function())) {
    return;
  }
  std::swap(gap.depth, callee.depth);
  std::swap(gap, callee);
}

}  // namespace

void checkRecords(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    for (std::size_t i = 0; i < cycle.frames.size(); ++i) {
      const Context context{run, cycle, i};
      if (!isViolation(context)) continue;
      const std::string code = codeOf(context);
      Finding finding = findingIn(cycle, 1, code, Phase::Unwind, cycle.startUnwind.place);
      finding.instance = context.frame().instance;
      finding.depth = static_cast<std::uint32_t>(i);
      finding.function =
          functionRef(run, cycle.thread, context.frame().instance, context.frame().function);
      if (const SiteEntry* site = context.site()) finding.site = SiteRef{site->offset, site->kind};
      finding.explanation = explain(context, code, *finding.function);
      finding.mayHavePassed = mayHavePassed(context);
      // An inferred stack is a belief about this cycle, not an observation of it; a step is one.
      const bool seen = !cycle.stackInferred || !cycle.unwind.empty();
      const bool otherwise = mayBeLeftOutByList(context, code) || mayBeDirectSince(context, code);
      finding.certainty = seen && !otherwise ? Certainty::Proven : Certainty::Likely;
      findings.push_back(std::move(finding));
      putGapFirst(context, code, findings);
    }
  }
}

}  // namespace asyncscope::analyzer
