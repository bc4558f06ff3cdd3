import assert from 'node:assert/strict';
import test from 'node:test';
import { parsePolicy } from './policy.mjs';

// The numbers of the hooks, counted from 1, at which the policy yields.
function yieldingHooks(policy, hooks) {
  return Array.from({ length: hooks }, (_, at) => at + 1).filter(() => policy.shouldYield());
}

test('hooks:1 yields at every hook', () => {
  assert.deepEqual(yieldingHooks(parsePolicy('hooks:1'), 4), [1, 2, 3, 4]);
});

test('hooks:3 yields at every third hook', () => {
  assert.deepEqual(yieldingHooks(parsePolicy('hooks:3'), 10), [3, 6, 9]);
});

test('virtual:1:250 yields at every fourth hook', () => {
  assert.deepEqual(yieldingHooks(parsePolicy('virtual:1:250'), 9), [4, 8]);
});

test('the virtual clock is that of the published table: 4000 hooks in 100 ms', () => {
  assert.deepEqual(yieldingHooks(parsePolicy('virtual:100'), 8001), [4000, 8000]);
});

test('real time counts from the first hook, not from the making of the policy', (t) => {
  let now = 500;
  t.mock.method(performance, 'now', () => now);
  const policy = parsePolicy('ms:100');
  now = 1000;
  assert.equal(policy.shouldYield(), false);
  now = 1099;
  assert.equal(policy.shouldYield(), false);
  now = 1100;
  assert.equal(policy.shouldYield(), true);
  assert.equal(policy.shouldYield(), false);
});

test('yields and hooks are counted', () => {
  const policy = parsePolicy('hooks:2');
  yieldingHooks(policy, 5);
  assert.equal(policy.hooks, 5);
  assert.equal(policy.yields, 2);
});

for (const bad of ['', 'hooks', 'hooks:0', 'hooks:1.5', 'hooks:1:2', 'ms:-1', 'virtual:100:0',
                   'virtual:100:25:1', 'often:1', 'ms:many']) {
  test(`'${bad}' is refused`, () => {
    assert.throws(() => parsePolicy(bad), /bad yield policy/);
  });
}
