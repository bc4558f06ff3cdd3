;; The side module. Without asyncify-relocatable it has a state and a data pointer of its own, of
;; which the host, that calls the control functions of the main module, knows nothing: it runs on,
;; and twice.
(module
  (import "env" "nap" (func $nap))
  (import "env" "memory" (memory 1))
  (func $sideWork (export "sideWork") (param $n i32) (result i32)
    (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1)))  ;; works done
    (call $nap)
    (i32.add (local.get $n) (i32.add (i32.load (i32.const 16)) (i32.const 1)))))
