;; `descend` keeps four values alive in each frame. The host has a buffer of 1024 bytes at 2048, and
;; behind it, at 3072, the program has a table: ten numbers whose sum is 55.
(module
  (import "env" "sleep" (func $sleep))
  (memory (export "memory") 1)
  (data (i32.const 3072) "\01\02\03\04\05\06\07\08\09\0a")

  (func $descend (export "descend") (param $n i32) (result i32)
    (local $a i32) (local $b i32)
    (local.set $a (i32.load8_u (local.get $n)))
    (local.set $b (i32.mul (local.get $n) (i32.const 2)))
    (if (i32.eqz (local.get $n))
      (then
        (call $sleep)
        (return (i32.const 0))))
    (i32.add
      (call $descend (i32.sub (local.get $n) (i32.const 1)))
      (i32.add (local.get $a) (local.get $b))))

  (func $tableSum (export "tableSum") (result i32)
    (local $i i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u offset=3072 (local.get $i))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 10))))
    (local.get $sum)))
