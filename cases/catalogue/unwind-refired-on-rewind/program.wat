;; Takes one nap.
(module
  (import "env" "nap" (func $nap (result i32)))
  (memory (export "memory") 1)
  (func $run (export "run") (result i32)
    (call $nap)))
