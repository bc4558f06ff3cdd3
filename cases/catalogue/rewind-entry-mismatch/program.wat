;; Two exports that nap.
(module
  (import "env" "nap" (func $nap))
  (memory (export "memory") 1)
  (func $run (export "run") (param $n i32) (result i32)
    (call $nap)
    (i32.add (local.get $n) (i32.const 22)))
  (func $quick (export "quick") (param $n i32) (result i32)
    (call $nap)
    (i32.mul (local.get $n) (i32.const 2))))
