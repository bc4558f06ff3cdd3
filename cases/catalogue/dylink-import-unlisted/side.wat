;; The side module.
(module
  (import "env" "nap" (func $nap))
  (import "env" "memory" (memory 1))
  (func $sideWork (export "sideWork") (param $n i32) (result i32)
    (call $nap)
    (i32.add (local.get $n) (i32.const 2))))
