;; Sleeps once.
(module
  (import "env" "sleep" (func $sleep))
  (memory (export "memory") 1)
  (func $run (export "run") (result i32)
    (call $sleep)
    (i32.const 42)))
