;; A VM whose setjmp and longjmp are made of Asyncify, as Ruby's on WASI are: `loop` protects each
;; round with a setjmp, and `work`, which has 64 bytes of C stack, throws.
(module
  (import "env" "setjmp" (func $setjmp (result i32)))
  (import "env" "longjmp" (func $longjmp))
  (memory (export "memory") 1)
  (global $__stack_pointer (export "__stack_pointer") (mut i32) (i32.const 32768))
  (func $work
    (local $frame i32)
    (local.set $frame (i32.sub (global.get $__stack_pointer) (i32.const 64)))
    (global.set $__stack_pointer (local.get $frame))
    (call $longjmp)
    (global.set $__stack_pointer (i32.add (local.get $frame) (i32.const 64))))
  (func $loop (export "loop") (param $rounds i32)
    (loop $again
      (if (i32.eqz (call $setjmp)) (then (call $work)))
      (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
      (br_if $again (local.get $rounds)))))
