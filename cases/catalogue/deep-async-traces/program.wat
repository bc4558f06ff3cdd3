;; `job` descends 40 frames, naps there, and then traps.
(module
  (import "env" "nap" (func $nap))
  (memory (export "memory") 1)
  (func $descend (param $n i32) (result i32)
    (if (i32.eqz (local.get $n))
      (then
        (call $nap)
        (unreachable)))
    (i32.add (local.get $n) (call $descend (i32.sub (local.get $n) (i32.const 1)))))
  (func $job (export "job") (result i32)
    (i32.add (call $descend (i32.const 40)) (i32.const 1))))
