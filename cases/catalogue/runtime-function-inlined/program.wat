;; The module makes its control calls itself: `pause` starts the unwind and stops the rewind, and
;; must not be instrumented; `work`, which calls it, must. Inlining before the pass makes one
;; function of both.
(module
  (import "asyncify" "start_unwind" (func $startUnwind (param i32)))
  (import "asyncify" "stop_unwind" (func $stopUnwind))
  (import "asyncify" "start_rewind" (func $startRewind (param i32)))
  (import "asyncify" "stop_rewind" (func $stopRewind))
  (memory (export "memory") 1)
  (global $rewinding (mut i32) (i32.const 0))
  (global $asleep (mut i32) (i32.const 0))
  (func $pause
    (if (global.get $rewinding)
      (then
        (global.set $rewinding (i32.const 0))
        (call $stopRewind))
      (else
        (global.set $asleep (i32.const 1))
        (i32.store (i32.const 1024) (i32.const 1032))
        (i32.store (i32.const 1028) (i32.const 2048))
        (call $startUnwind (i32.const 1024)))))
  (func $work (param $n i32) (result i32)
    (local $sum i32)
    (local.set $sum (i32.add (local.get $n) (i32.load (i32.const 16))))
    (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1)))
    (call $pause)
    (i32.add (local.get $sum) (i32.const 22)))
  (func $job (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then (call $work (local.get $n)))
      (else (call $work (i32.const 1)))))
  (func $run (export "run") (param $n i32) (result i32)
    (local $result i32)
    (local.set $result (call $job (local.get $n)))
    (if (global.get $asleep)
      (then
        (call $stopUnwind)
        (global.set $asleep (i32.const 0))
        (global.set $rewinding (i32.const 1))
        (call $startRewind (i32.const 1024))
        (local.set $result (call $job (local.get $n)))))
    (local.get $result)))
