;; `run` keeps a reference of the host in a local while it naps; linear memory cannot hold it. The
;; mended twin keeps a number, which the host looks up.
(module
  (import "env" "nap" (func $nap))
  (import "env" "use" (func $use (param externref) (result i32))) ;; failing
  (import "env" "use" (func $use (param i32) (result i32))) ;; mended
  (memory (export "memory") 1)
  (func $run (export "run")
    (param $object externref) ;; failing
    (param $object i32) ;; mended
    (result i32)
    (call $nap)
    (call $use (local.get $object))))
