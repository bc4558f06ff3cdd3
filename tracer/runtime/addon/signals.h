// Signals that would end the program: the trace is completed first, then the program meets the same
// fate, by the same signal.
//
// No JS listener could do it: it would not run while JavaScript is busy, and the program would not
// die. Here the handler only wakes the recorder's thread, which drains the rings, writes EXIT, puts
// the former action back and sends the signal again. A program that listens for a signal itself
// replaces our action (libuv installs its own) and keeps its behaviour; when it stops listening,
// rearmSignals takes the signal back.
#pragma once

namespace asyncscope::runtime {

class Recorder;

// Takes SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGABRT, except those that are ignored.
void armSignals(Recorder& recorder);
// Takes those again whose action has become the default one.
void rearmSignals();
// On the recorder's thread: completes the trace for a signal that has come, and sends it again.
// False when none has.
bool handlePendingSignal(Recorder& recorder);

}  // namespace asyncscope::runtime
