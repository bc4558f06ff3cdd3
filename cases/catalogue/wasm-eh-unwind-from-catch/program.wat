;; `run` catches an exception and, still in the handler, naps. Asyncify does not transform the
;; bodies of catch.
(module
  (import "env" "nap" (func $nap))
  (memory (export "memory") 1)
  (tag $error (param i32))
  (func $parse (param $n i32) (result i32)
    (throw $error (local.get $n)))
  (func $run (export "run") (param $n i32) (result i32)
    (local $caught i32)
    (try
      (do (local.set $caught (call $parse (local.get $n))))
      (catch $error
        (local.set $caught)
        (call $nap) ;; failing
      ))
    (call $nap) ;; mended
    (i32.add (local.get $caught) (i32.const 22))))
