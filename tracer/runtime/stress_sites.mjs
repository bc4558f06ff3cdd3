// Which sites are on the stack at an opportunity, for schedules that choose by them.
//
// The engine's stack tells: each wasm frame of it stands at a call of the probed module, whose offset leads back
// to the original. Looking costs tens of microseconds, so only such schedules do it.

import {captureStack} from './stacks.mjs';

const kFrame = /wasm-function\[(\d+)\]:0x([0-9a-f]+)/g;
const kSiteListsKept = 4096;

export class SitesOnStack {
  // `offsets`: [{probed, original}], ascending, as the module table has them.
  constructor(offsets) {
    this.offsets = offsets;
    this.known = new Map();  // text of a stack → its sites
  }

  // Whether one of `sites`, a set of "FUNC@OFFSET" in decimal, is above `below`, a function on the stack.
  has(sites, below) {
    const text = captureStack(below, 0);
    let onStack = this.known.get(text);
    if (onStack === undefined) {
      if (this.known.size >= kSiteListsKept) this.known.clear();
      onStack = Array.from(text.matchAll(kFrame), ([, fn, offset]) =>
        `${fn}@${this.original(Number.parseInt(offset, 16))}`);
      this.known.set(text, onStack);
    }
    return onStack.some((site) => sites.has(site));
  }

  original(probed) {
    const {offsets} = this;
    let low = 0;
    let high = offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (offsets[middle].probed <= probed) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return probed;
    const run = offsets[low - 1];
    return probed - (run.probed - run.original);
  }
}
