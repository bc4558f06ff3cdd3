// Stable merge sort of lists. The keys are computed first; the list is empty while it sorts, as in
// CPython, so that a key function cannot see it half sorted.
#include <cstring>

#include "vm/runtime.h"

namespace {
// Merges runs of items[lo, mid) and items[mid, hi); each element is a (key, value) pair.
void merge(Value* items, Value* scratch, size_t lo, size_t mid, size_t hi, bool reverse) {
  size_t i = lo, j = mid, k = lo;
  while (i < mid && j < hi) {
    Value a = items[2 * i], b = items[2 * j];
    bool take_right = reverse ? py_less(a, b) : py_less(b, a);
    size_t from = take_right ? j++ : i++;
    scratch[2 * k] = items[2 * from];
    scratch[2 * k + 1] = items[2 * from + 1];
    k++;
  }
  std::memcpy(static_cast<void*>(scratch + 2 * k), items + 2 * i, (mid - i) * 2 * sizeof(Value));
  k += mid - i;
  std::memcpy(static_cast<void*>(scratch + 2 * k), items + 2 * j, (hi - j) * 2 * sizeof(Value));
  std::memcpy(static_cast<void*>(items + 2 * lo), scratch + 2 * lo, (hi - lo) * 2 * sizeof(Value));
}
}  // namespace

void py_sort(ListObj* list, Value key, bool reverse) {
  size_t n = list->n;
  ListObj* pairs = py_new_list(2 * n);
  size_t pool = gc_pool_top();
  for (size_t i = 0; i < n; i++) pairs->items[2 * i + 1] = list->items[i];
  for (size_t i = 0; i < n; i++) {
    Value v = pairs->items[2 * i + 1];
    pairs->items[2 * i] = key == py_none ? v : py_call_1(key, v);
    gc_pool_reset(pool);
  }
  ListObj* scratch = py_new_list(2 * n);
  pool = gc_pool_top();
  for (size_t width = 1; width < n; width *= 2) {
    for (size_t lo = 0; lo + width < n; lo += 2 * width) {
      size_t hi = lo + 2 * width < n ? lo + 2 * width : n;
      merge(pairs->items, scratch->items, lo, lo + width, hi, reverse);
      gc_pool_reset(pool);
    }
  }
  if (list->n != n) py_raise(&exc_ValueError, "list modified during sort");
  for (size_t i = 0; i < n; i++) list->items[i] = pairs->items[2 * i + 1];
}
