// When a VM yields: the policy that its hook asks at every call.
//
//   hooks:N           at every Nth hook
//   ms:T              when T milliseconds of real time have passed since the last yield
//   virtual:T[:STEP]  the same on a virtual clock that every hook advances by STEP microseconds
//                     (default 25), so that the table comes out the same on every machine
//
// A policy may outlive one program: its clock runs on and its yields add up, as they did in the
// published table. Whoever wants numbers per run takes the difference.

const kDefaultStepUs = 25;

export function parsePolicy(text) {
  const [kind, amountText, stepText, ...rest] = text.split(':');
  const amount = Number(amountText);
  const step = stepText === undefined ? kDefaultStepUs : Number(stepText);
  const known = ['hooks', 'ms', 'virtual'].includes(kind);
  const stepAllowed = stepText === undefined || kind === 'virtual';
  if (!known || !(amount > 0) || !(step > 0) || !stepAllowed || rest.length > 0) {
    throw new Error(`bad yield policy '${text}': want hooks:N, ms:T or virtual:T[:STEP_US]`);
  }
  if (kind === 'hooks' && !Number.isInteger(amount)) {
    throw new Error(`bad yield policy '${text}': the number of hooks is an integer`);
  }
  return new YieldPolicy(kind, amount, step);
}

class YieldPolicy {
  hooks = 0;   // hooks seen so far
  yields = 0;  // how often shouldYield() said yes

  constructor(kind, amount, stepUs) {
    this.kind = kind;
    this.amount = amount;
    this.stepUs = stepUs;
    this.last = kind === 'ms' ? null : 0;  // real time starts to count at the first hook
  }

  // Milliseconds on the virtual clock; it runs under the other policies too.
  get virtualMs() {
    return (this.hooks * this.stepUs) / 1000;
  }

  // Hooks for hooks:N, milliseconds otherwise.
  #clock() {
    if (this.kind === 'hooks') return this.hooks;
    return this.kind === 'virtual' ? this.virtualMs : performance.now();
  }

  // Asked once per hook.
  shouldYield() {
    this.hooks += 1;
    const now = this.#clock();
    this.last ??= now;
    if (now - this.last < this.amount) return false;
    this.last = now;
    this.yields += 1;
    return true;
  }
}
