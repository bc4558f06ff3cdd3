;; Two tasks on one stack each, switched by a runtime inside the module: the shape of TinyGo, and of
;; Ruby and Perl on WASI. The host sees one ordinary call that returns when all tasks have ended; it
;; never calls a control function, and no import suspends.
;;
;; $yield, the innermost function of the runtime, starts every unwind and stops every rewind;
;; $schedule, the outermost one, does the rest. Neither is instrumented, and neither leaves a record.
(module
  (import "asyncify" "start_unwind" (func $startUnwind (param i32)))
  (import "asyncify" "stop_unwind" (func $stopUnwind))
  (import "asyncify" "start_rewind" (func $startRewind (param i32)))
  (import "asyncify" "stop_rewind" (func $stopRewind))
  (import "env" "print" (func $print (param i32 i32)))

  ;; 1024 + 1024 * task: {position, end}, then the records of that task
  (memory (export "memory") 1)
  (global $current (mut i32) (i32.const 0))     ;; the running task
  (global $yielded (mut i32) (i32.const 0))     ;; it gave up its turn
  (global $rewinding (mut i32) (i32.const 0))   ;; it is on its way back to where it did

  (func $buffer (result i32)
    (i32.add (i32.const 1024) (i32.mul (global.get $current) (i32.const 1024))))

  (func $yield
    (if (global.get $rewinding)
      (then
        (global.set $rewinding (i32.const 0))
        (call $stopRewind))
      (else
        (global.set $yielded (i32.const 1))
        (i32.store (call $buffer) (i32.add (call $buffer) (i32.const 8)))
        (i32.store offset=4 (call $buffer) (i32.add (call $buffer) (i32.const 1024)))
        (call $startUnwind (call $buffer)))))

  ;; Counts down, a frame deeper every time, and gives up its turn at each depth.
  (func $descend (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    (call $print (global.get $current) (local.get $n))
    (call $yield)
    (i32.add (local.get $n) (call $descend (i32.sub (local.get $n) (i32.const 1)))))

  (func $task (param $id i32)
    (call $print
      (local.get $id)
      (call $descend (i32.add (i32.const 5) (local.get $id)))))

  ;; Gives task $id a turn; 1 when it has ended.
  (func $turn (param $id i32) (param $started i32) (result i32)
    (global.set $current (local.get $id))
    (global.set $yielded (i32.const 0))
    (if (local.get $started)
      (then
        (global.set $rewinding (i32.const 1))
        (call $startRewind (call $buffer))))
    (call $task (local.get $id))
    (if (global.get $yielded) (then (call $stopUnwind)))
    (i32.eqz (global.get $yielded)))

  (func (export "run") (result i32)
    (local $round i32) (local $done0 i32) (local $done1 i32)
    (loop $again
      (if (i32.eqz (local.get $done0))
        (then (local.set $done0 (call $turn (i32.const 0) (local.get $round)))))
      (if (i32.eqz (local.get $done1))
        (then (local.set $done1 (call $turn (i32.const 1) (local.get $round)))))
      (local.set $round (i32.add (local.get $round) (i32.const 1)))
      (br_if $again (i32.eqz (i32.and (local.get $done0) (local.get $done1)))))
    (local.get $round)))
