;; A coroutine that yields for ever.
(module
  (import "env" "yield" (func $yield))
  (memory (export "memory") 1)
  (func $coroutine (export "coroutine")
    (loop $again
      (call $yield)
      (br $again))))
