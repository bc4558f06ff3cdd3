;; A small VM: `run` dispatches its operation through the table, and the operation calls the hook.
(module
  (type $operation (func))
  (import "env" "hook" (func $hook))
  (memory (export "memory") 1)
  (table 1 funcref)
  (elem (i32.const 0) $operation)
  (func $operation (call $hook))
  (func $dispatch (call_indirect (type $operation) (i32.const 0)))
  (func $run (export "run") (param $rounds i32) (result i32)
    (local $done i32)
    (loop $again
      (call $dispatch)
      (local.set $done (i32.add (local.get $done) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $done) (local.get $rounds))))
    (local.get $done)))
