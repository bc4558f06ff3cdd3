;; The buffer is a variable of the program, with its header already filled in, between other data.
(module
  (import "env" "sleep" (func $sleep))
  (memory (export "memory") 1)
  (data (i32.const 1000) "what comes before...")
  (data (i32.const 1024) "\08\04\00\00\00\08\00\00")
  (data (i32.const 2048) "what comes behind...")
  (func $step (param $n i32) (result i32)
    (call $sleep)
    (i32.add (local.get $n) (i32.load8_u (i32.const 1000))))
  (func $run (export "run") (param $n i32) (result i32)
    (i32.sub (call $step (local.get $n)) (i32.const 119))))
