;; `run` calls a function of the side module, which naps.
(module
  (import "env" "sideWork" (func $sideWork (param i32) (result i32)))
  (memory (export "memory") 1)
  (func $run (export "run") (param $n i32) (result i32)
    (i32.add (call $sideWork (local.get $n)) (i32.const 20))))
