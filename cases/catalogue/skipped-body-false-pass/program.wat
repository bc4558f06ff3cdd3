;; `load` fetches something; `squares` calls `square` for each number.
(module
  (import "env" "fetch" (func $fetch (result i32)))
  (import "env" "square" (func $square (param i32)))
  (memory (export "memory") 1)
  (func $load (export "load") (result i32)
    (i32.add (call $fetch) (i32.const 1)))
  (func $squares (export "squares") (param $n i32)
    (loop $again
      (call $square (local.get $n))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))))
