;; Legacy exception handling, in which else-like catches and delegate end or split blocks.
(module
  (import "env" "thrown" (tag $imported (param i64)))
  (tag $e (param i32))
  (tag $void)
  (export "e" (tag $e))
  (func $thrower (throw $e (i32.const 7)))
  (func (result i32)
    (try $outer (result i32)
      (do
        (try
          (do (call $thrower))
          (delegate $outer))
        (i32.const 1))
      (catch $e)
      (catch $void (i32.const 2))
      (catch_all
        (try (do (nop)) (catch_all (rethrow $outer)))
        (i32.const 3)))))
