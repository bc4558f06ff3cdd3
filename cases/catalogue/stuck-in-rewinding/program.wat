;; `run` naps and then calculates; `twice` may nap. Both leave their result at 16.
(module
  (import "env" "nap" (func $nap))
  (memory (export "memory") 1)
  (func $run (export "run") (param $n i32)
    (call $nap)
    (i32.store (i32.const 16) (i32.add (local.get $n) (i32.const 22))))
  (func $twice (export "twice") (param $n i32)
    (if (i32.eqz (local.get $n)) (then (call $nap)))
    (i32.store (i32.const 16) (i32.mul (local.get $n) (i32.const 2)))))
