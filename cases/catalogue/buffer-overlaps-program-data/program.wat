;; Sleeps once in each of three frames; has its strings at 16, as small programs do.
(module
  (import "env" "sleep" (func $sleep))
  (memory (export "memory") 1)
  (data (i32.const 16) "first line of three;")
  (data (i32.const 36) "second line of them;")
  (data (i32.const 56) "the last of the lot;")
  (func $descend (export "descend") (param $n i32) (result i32)
    (local $a i32) (local $b i32)
    (local.set $a (i32.load8_u (local.get $n)))
    (local.set $b (i32.mul (local.get $n) (i32.const 3)))
    (call $sleep)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    (i32.add
      (call $descend (i32.sub (local.get $n) (i32.const 1)))
      (i32.add (local.get $a) (local.get $b)))))
