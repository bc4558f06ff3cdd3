// Non-local return: Python exceptions by setjmp and longjmp.
//
//   NlrBuf buf;
//   if (nlr_push(buf) == 0) { ...; nlr_pop(); } else { /* buf.value is the exception */ }
//
// A jump restores the frame chain, the frame arena, the temporaries pool and the depth counter to
// their state at nlr_push, adds a traceback entry for each frame that it leaves, and finishes the
// generators among them. Locals changed between push and jump must be volatile or in memory, and no
// C++ object with a destructor may be live across code that can raise.
#pragma once
#include <csetjmp>

#include "vm/objects.h"

struct NlrBuf {
  jmp_buf jump;
  NlrBuf* prev;
  Value value;
  Frame* frame;
  size_t arena_top, pool_top;
  int depth;
  struct PrintScope* printing;
};

extern "C" void nlr_enter(NlrBuf* buf);
extern "C" void nlr_pop();
extern "C" [[noreturn]] void nlr_jump(Value exception);
#define nlr_push(buf) (nlr_enter(&(buf)), setjmp((buf).jump))

// Runs fn(context); returns null, or the exception that it raised.
extern "C" Value py_try(void (*fn)(void*), void* context);
