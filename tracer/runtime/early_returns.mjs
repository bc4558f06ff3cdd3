// What the callers of exports got when their calls suspended, and whether that was all they will get.
//
// An export whose stack is unwound returns a made-up value; its result comes out of the last rewind,
// to whoever resumed it. Where nobody had a promise of it, the two are compared.

import {captureStack} from './stacks.mjs';

const kKept = 256;  // suspended calls
const kCallerFrames = 16;
// What calls main in Emscripten's glue: nobody waits for main.
const kMainCaller = /\bcallMain\b/;

export class EarlyReturns {
  constructor() {
    // The call that was suspended last, or is being resumed:
    // {index of the export, result, isValue, stack of its caller, isMain, hasPromise, isTold}
    this.current = null;
    this.suspended = new Map();  // data pointer → the same
  }

  // The outermost export returned with its stack unwound; `isSameCall`: it had been entered to rewind.
  suspend(dataPointer, index, result, isSameCall) {
    if (!isSameCall || this.current === null) {
      const isValue = typeof result === 'number' || typeof result === 'bigint';
      const stack = captureStack(undefined, 0, 0, kCallerFrames);
      const isMain = kMainCaller.test(stack);
      this.current = {index, result, isValue, stack, isMain, hasPromise: false, isTold: false};
    }
    if (this.suspended.size >= kKept) this.suspended.clear();
    this.suspended.set(dataPointer, this.current);
  }

  resume(dataPointer) {
    this.current = this.suspended.get(dataPointer) ?? null;
    this.suspended.delete(dataPointer);
  }

  // Whether the call that was suspended last may have been made by this function {name, script}; so it
  // is too where a name is not known.
  mayBeCalledBy({name, script}) {
    if (name === '' || this.current.stack === '') return true;
    return this.current.stack.split('\n').some(
        (line) => line.includes(`${name} (`) && line.includes(script));
  }

  isOrphan() {
    const {current} = this;
    return current !== null && !current.hasPromise && !current.isMain;
  }

  // The call that is being resumed has completed: JSON of what its caller got instead of the result;
  // null where that is as it should be.
  difference(result) {
    const {current} = this;
    const isOrphan = this.isOrphan();
    this.current = null;
    if (!isOrphan || !current.isValue || Object.is(current.result, result)) return null;
    return JSON.stringify(
        {early: String(current.result), final: String(result), stack: current.stack});
  }
}
