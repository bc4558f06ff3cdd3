;; `run` ends in a tail call.
(module
  (import "env" "nap" (func $nap))
  (memory (export "memory") 1)
  (func $finish (param $n i32) (result i32)
    (call $nap)
    (i32.add (local.get $n) (i32.const 22)))
  (func $run (export "run") (param $n i32) (result i32)
    (return_call $finish (local.get $n)) ;; failing
    (call $finish (local.get $n)) ;; mended
  ))
