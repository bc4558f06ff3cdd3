;; One memory for all threads, but each has its instance, and with it its own state of Asyncify.
(module
  (import "env" "nap" (func $nap))
  (import "env" "memory" (memory 1 1 shared))
  (export "memory" (memory 0))
  (func $run (export "run") (param $n i32) (result i32)
    (call $nap)
    (i32.add (local.get $n) (i32.const 22))))
