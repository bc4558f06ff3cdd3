;; `run` calls a function of the side module, which naps. For the pass that is an import like
;; others: if it may suspend, it has to be listed.
(module
  (import "env" "sideWork" (func $sideWork (param i32) (result i32)))
  (memory (export "memory") 1)
  (func $run (export "run") (param $n i32) (result i32)
    (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1)))  ;; runs begun
    (i32.add
      (call $sideWork (local.get $n))
      (i32.add (i32.load (i32.const 16)) (i32.const 19)))))
