;; Immediates at their limits: signed LEBs of every length, floats that are not numbers, vectors.
(module
  (func $integers
    (drop (i32.const 0)) (drop (i32.const -1)) (drop (i32.const 63)) (drop (i32.const 64))
    (drop (i32.const -64)) (drop (i32.const -65)) (drop (i32.const 0x7fffffff))
    (drop (i32.const 0x80000000)) (drop (i64.const 0x7fffffffffffffff))
    (drop (i64.const -0x8000000000000000)) (drop (i64.const 0x123456789)))
  (func $floats
    (drop (f32.const nan:0x200000)) (drop (f32.const -inf)) (drop (f64.const nan:0x4000000000000))
    (drop (f64.const -0)) (drop (f64.const 0x1p-1074))
    (drop (i32.trunc_sat_f64_u (f64.const 1e300))))
  (func $vectors (param v128) (result v128)
    (i8x16.shuffle 0 31 1 30 2 29 3 28 4 27 5 26 6 25 7 24
      (local.get 0)
      (v128.const i32x4 0 1 -1 0x7fffffff))
    (drop (i16x8.extract_lane_s 7 (local.get 0)))
    (f64x2.replace_lane 1 (f64.const 2))
    (i32x4.dot_i16x8_s (local.get 0))))
