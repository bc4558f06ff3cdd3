#include "analyzer/advice/words.h"

#include <algorithm>
#include <iterator>

namespace asyncscope::analyzer {
namespace {

struct Words {
  std::string_view code, advice;
};

constexpr Words kWords[] = {
    {"buffer-alloc-failed", "allocate the buffer before it is needed and check the result"},
    {"buffer-alloc-grows-memory",
     "keep a buffer that is allocated once, or take views of the memory anew after each await"},
    {"buffer-freed-or-reused", "keep the buffer allocated and untouched until stop_rewind"},
    {"buffer-header-clobbered",
     "write the header as two integers of the pointer's width: position, then end"},
    {"buffer-overlaps-program-data",
     "allocate the buffer (malloc, or an array of the program), and give that address"},
    {"double-wakeup", "use each wake-up once, and only for the stack that it belongs to"},
    {"dylink-globals-unshared",
     "build both modules so that they import one pair of __asyncify_state and __asyncify_data "
     "(MAIN_MODULE and SIDE_MODULE do; wasm-opt: --pass-arg=asyncify-relocatable)"},
    {"engine-stack-exhaustion",
     "optimise (-O1 or more at the link too), nest less deeply, or give the engine more stack "
     "(node --stack-size, a worker's stackSizeMb)"},
    {"fiber-swap-native-recursion",
     "return to a loop of the host before each switch (a trampoline), instead of starting it where "
     "the last stack has unwound"},
    {"gc-roots-in-asyncify-buffer",
     "let the collector look through the records of suspended stacks too, or do not collect while "
     "one is suspended"},
    {"host-frees-while-suspended",
     "free what a call was given when its promise has resolved, not when it has returned"},
    {"import-blame-displaced",
     "do not list the import that the message names: call into wasm from wasm, and not through "
     "JavaScript"},
    {"invoke-longjmp-sp-leak",
     "save the C stack pointer where the setjmp is and restore it where it catches (stackSave, "
     "stackRestore), or report errors by return values"},
    {"js-frame-mid-stack",
     "call the function from C instead of from JavaScript; where that cannot be, list the import "
     "and make its JavaScript such that it may run twice (test the state first)"},
    {"js-stackrestore-while-suspended",
     "restore the C stack pointer when the call has completed: after its promise has resolved"},
    {"overlapping-suspend",
     "let one suspended call end before the next begins (a queue or a mutex), or give each its own "
     "buffer and C stack"},
    {"rewind-path-divergence",
     "do not change what the way to the suspended call depends on (table entries, function "
     "pointers, globals) before it has completed"},
    {"runtime-function-inlined",
     "keep the functions that start and stop unwinds out of line (noinline), and run the Asyncify "
     "pass before any that inlines"},
    {"shadow-stack-interleave",
     "give each coroutine a C stack of its own, and set __stack_pointer at every switch"},
    {"sjlj-on-asyncify-leak",
     "keep the C stack pointer with the copy of the records, and set it when the copy is rewound"},
    {"static-ctor-suspend", "suspend in main or later, not in the constructor of a global"},
    {"unwind-refired-on-rewind",
     "in the suspending import, ask for the state first: when it is rewinding call stop_rewind and "
     "return the result, and only else call start_unwind"},
    {"vm-reentrancy-while-suspended",
     "queue events until the suspended call has completed, or give each entry its own state"},
    {"wasm-eh-unwind-from-catch",
     "leave the catch body before what can suspend is called: keep the exception, and call behind "
     "the try"},
};

}  // namespace

std::string adviceInWords(std::string_view code) {
  const auto* const entry = std::find_if(std::begin(kWords), std::end(kWords),
                                         [&](const Words& words) { return words.code == code; });
  return entry == std::end(kWords) ? std::string() : std::string(entry->advice);
}

}  // namespace asyncscope::analyzer
