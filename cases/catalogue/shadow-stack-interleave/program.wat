;; A task keeps its number in a frame on the C stack, yields, and reads it back.
(module
  (import "env" "yield" (func $yield))
  (memory (export "memory") 1)
  (global $__stack_pointer (export "__stack_pointer") (mut i32) (i32.const 32768))
  (func $task (export "task") (param $number i32) (param $yields i32) (result i32)
    (local $frame i32)
    (local.set $frame (i32.sub (global.get $__stack_pointer) (i32.const 64)))
    (global.set $__stack_pointer (local.get $frame))
    (i32.store (local.get $frame) (local.get $number))
    (loop $again
      (if (local.get $yields)
        (then
          (call $yield)
          (local.set $yields (i32.sub (local.get $yields) (i32.const 1)))
          (br $again))))
    (local.set $number (i32.load (local.get $frame)))
    (global.set $__stack_pointer (i32.add (local.get $frame) (i32.const 64)))
    (local.get $number)))
