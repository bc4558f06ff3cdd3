;; A shared memory, imported, and the instructions that wait and notify.
(module
  (import "env" "memory" (memory 1 4 shared))
  (func (param i32 i64) (result i32)
    (atomic.fence)
    (drop (memory.atomic.wait32 offset=8 (local.get 0) (i32.const 1) (local.get 1)))
    (i64.atomic.store (local.get 0) (local.get 1))
    (drop (i32.atomic.rmw16.cmpxchg_u offset=2 (local.get 0) (i32.const 1) (i32.const 2)))
    (memory.atomic.notify (local.get 0) (i32.const 1))))
