#include "instrument/asyncify/shapes.h"

#include <initializer_list>
#include <string_view>
#include <utility>

namespace asyncscope::asyncify::testing {
namespace {

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// P: the pointer type, M: the index of the buffer's memory, W: the bytes of a pointer.
constexpr std::string_view kBoundsTest =
    "(if (P.gt_u (P.load M (global.get $data)) (P.load M offset=W (global.get $data)))\n"
    "      (then (unreachable)))";

constexpr std::string_view kControls = R"(
  (func $start_unwind (export "a") (param P)
    (global.set $state (i32.const 1)) (global.set $data (local.get 0)) BOUNDS)
  (func $stop_unwind (export "b") EXPORT_D (global.set $state (i32.const 0)) BOUNDS)
  (func $start_rewind (export "c") (param P)
    (global.set $state (i32.const 2)) (global.set $data (local.get 0)) BOUNDS)
  STOP_REWIND)";

constexpr std::string_view kInside = R"(
  (global $asleep (mut i32) (i32.const 0))
  (func $innermost
    (if (global.get $asleep)
      (then DO_STOP_REWIND (global.set $asleep (i32.const 0)))
      (else (global.set $asleep (i32.const 1)) DO_START_UNWIND)))
  (func $outermost (export "drive") (param i32) (result i32) (local $r i32)
    (P.store M (P.const 64) (P.const 96))
    (P.store M offset=W (P.const 64) (P.const 256))
    (local.set $r (call $run (local.get 0)))
    (if (global.get $asleep)
      (then DO_STOP_UNWIND DO_START_REWIND (local.set $r (call $run (local.get 0)))))
    (local.get $r))
  (func $calls_outermost (export "main") (result i32) (call $outermost (i32.const 3))))";

constexpr std::string_view kRun = R"(
  (func $run (export "run") (param i32) (result i32) (local $k i32)
    (if (i32.eq (global.get $state) (i32.const 2)) (then
      (P.store M (global.get $data) (P.sub (P.load M (global.get $data)) (P.const 4)))
      (local.set 0 (i32.load M (P.load M (global.get $data))))))
    (local.set $k (block $unwind (result i32)
      (if (i32.eq (global.get $state) (i32.const 2)) (then
        (P.store M (global.get $data) (P.sub (P.load M (global.get $data)) (P.const 4)))
        (local.set $k (i32.load M (P.load M (global.get $data))))))
      (if (i32.eqz (global.get $state)) (then
        (local.set 0 (i32.add (local.get 0) (i32.const 1)))))
      (if (i32.or (i32.eqz (global.get $state)) (i32.eqz (local.get $k))) (then
        (call $suspend)
        (drop (br_if $unwind (i32.const 0) (i32.eq (global.get $state) (i32.const 1))))))
      (return (i32.mul (local.get 0) (i32.const 10)))))
    (i32.store M (P.load M (global.get $data)) (local.get $k))
    (P.store M (global.get $data) (P.add (P.load M (global.get $data)) (P.const 4)))
    (i32.store M (P.load M (global.get $data)) (local.get 0))
    (P.store M (global.get $data) (P.add (P.load M (global.get $data)) (P.const 4)))
    (i32.const 0)))";

}  // namespace

std::string Shape::text() const {
  std::string text = "(module\n";
  if (!controlsInside) {
    text += "  (import \"env\" \"sleep\" (func $suspend))\n";
  }
  for (const std::string_view global : {"state", "data"}) {
    const std::string type = "(mut " + std::string(global == "state" ? "i32" : "P") + ")";
    const std::string name(global);
    text += importedGlobals ? "  (import \"env\" \"__asyncify_" + name + "\" (global $" + name +
                                  " " + type + "))\n"
                            : "  (global $" + name + " " + type + " (" +
                                  std::string(global == "state" ? "i32" : "P") + ".const 0))\n";
  }
  if (secondMemory) {
    text += "  (memory (export \"first\") 1)\n";
  }
  text += pointer64 ? "  (memory $memory (export \"memory\") i64 1)"
                    : "  (memory $memory (export \"memory\") 1)";
  if (controls) {
    text += kControls;
  }
  if (controlsInside) {
    text += kInside;
  }
  text += kRun;
  text += ")\n";

  const std::string write =
      controls ? "(call $NAME VALUE)" : "(global.set $state (i32.const N)) SET BOUNDS";
  const auto control = [&](std::string_view name, std::string_view number, bool starts) {
    std::string result = write;
    replaceAll(result, "NAME", name);
    replaceAll(result, "N)", std::string(number) + ")");
    replaceAll(result, "VALUE", starts ? "(P.const 64)" : "");
    replaceAll(result, "SET", starts ? "(global.set $data (P.const 64))" : "");
    return result;
  };
  for (const auto& [from, to] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"DO_START_UNWIND", control("start_unwind", "1", true)},
           {"DO_STOP_UNWIND", control("stop_unwind", "0", false)},
           {"DO_START_REWIND", control("start_rewind", "2", true)},
           {"DO_STOP_REWIND", control(mergedStops ? "stop_unwind" : "stop_rewind", "0", false)},
           {"STOP_REWIND", mergedStops ? ""
                                       : "(func $stop_rewind (export \"d\")"
                                         " (global.set $state (i32.const 0)) BOUNDS)"},
           {"EXPORT_D", mergedStops ? "(export \"d\")" : ""},
           {"call $suspend", controlsInside ? "call $innermost" : "call $suspend"},
           {"BOUNDS", std::string(kBoundsTest)},
           {" M", secondMemory ? " $memory" : ""},
           {"=W", pointer64 ? "=8" : "=4"},
           {"P.", pointer64 ? "i64." : "i32."},
           {"(param P)", pointer64 ? "(param i64)" : "(param i32)"},
           {"(mut P)", pointer64 ? "(mut i64)" : "(mut i32)"}}) {
    replaceAll(text, from, to);
  }
  return text;
}

}  // namespace asyncscope::asyncify::testing
