// Magnitudes of integers of any size, base 2^32, least digit first. The building blocks of int.cpp:
// none of these functions makes the final object small again; int_normalize does.
#pragma once
#include "vm/objects.h"

struct Mag {  // a view of an integer; `small` is the storage when it is a small one
  const uint32_t* d;
  uint32_t n;
  bool negative;
  uint32_t small[2];
};

extern "C" void int_view(Value v, Mag* m);
extern "C" IntObj* int_alloc(uint64_t n_digits);
extern "C" Value int_normalize(IntObj* x);  // strips leading zeros; a small integer where it fits
extern "C" int mag_compare(const Mag& a, const Mag& b);
extern "C" uint64_t mag_bits(const Mag& a);
// Floor division; either result may be null. Raises ZeroDivisionError.
extern "C" void int_divmod(Value a, Value b, Value* quotient, Value* remainder,
                           const char* zero_message);
extern "C" Value int_shift_left(Value v, uint64_t bits);
extern "C" Value int_shift_right(Value v, uint64_t bits);  // floors
