;; `run` calls `sleepy` through the table. The emulation of casts puts a thunk,
;; byn$fpcast-emu$sleepy, between them, which no list of the source's functions names.
(module
  (type $task (func (param i32) (result i32)))
  (import "env" "nap" (func $nap))
  (memory (export "memory") 1)
  (table 1 funcref)
  (elem (i32.const 0) $sleepy)
  (func $sleepy (param $n i32) (result i32)
    (call $nap)
    (i32.add (local.get $n) (i32.const 22)))
  (func $run (export "run") (param $n i32) (result i32)
    (call_indirect (type $task) (local.get $n) (i32.const 0))))
