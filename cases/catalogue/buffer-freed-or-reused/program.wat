;; Adds up 1, 2, 3 ... n and takes a nap after each; the sum so far is in a local, which Asyncify
;; saves.
(module
  (import "env" "sleep" (func $sleep))
  (memory (export "memory") 1)
  (func $add (export "add") (param $n i32) (result i32)
    (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (local.get $n)))
      (call $sleep)
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next (local.get $n)))
    (local.get $sum)))
