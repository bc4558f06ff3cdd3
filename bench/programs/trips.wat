;; Calls the import `pause` n times, five frames deep; every frame has a local to save.
(module
  (import "env" "pause" (func $pause))
  (memory (export "memory") 32)
  (global $__stack_pointer (mut i32) (i32.const 65536))
  (func $innermost (param $n i32) (result i32)
    (local $i i32)
    (loop $again
      (call $pause)
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $i))
  (func $fourth (param $n i32) (result i32) (i32.add (call $innermost (local.get $n)) (i32.const 1)))
  (func $third (param $n i32) (result i32) (i32.add (call $fourth (local.get $n)) (i32.const 1)))
  (func $second (param $n i32) (result i32) (i32.add (call $third (local.get $n)) (i32.const 1)))
  (func (export "run") (param $n i32) (result i32)
    (i32.add (call $second (local.get $n)) (i32.const 1))))
