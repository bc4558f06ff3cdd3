// The failures that nobody notices: the program ends as if nothing had happened. `stress` catches each in the
// first cycle in which it happens, and says nothing of the mended twin.

import assert from 'node:assert/strict';
import test from 'node:test';
import { join } from 'node:path';
import { buildProgram, execute } from './build.mjs';
import { commandOf, programsOf, readCatalogue } from './catalogue.mjs';

const binaryDir = process.env.ASYNCSCOPE_BINARY_DIR;
const tool = join(binaryDir, 'bin', 'asyncscope');
const kSilent = ['accidental-transparency', 'buffer-freed-or-reused', 'invoke-longjmp-sp-leak',
  'js-stackrestore-while-suspended', 'overflow-heap-damage', 'uninstrumented-frame-sp-skew'];
const kTimeout = 300_000;

for (const program of programsOf(readCatalogue(kSilent))) {
  const { item, row, twin } = program;
  // One row of each; the others are other builds of the same program.
  if (row !== item.rows[0]) continue;
  test(`${item.id}, ${twin}`, async () => {
    const built = await buildProgram(program, join(binaryDir, 'cases/catalogue/programs'));
    assert.equal(built.status, 0, built.output);
    const words = commandOf(program, built);
    const alone = await execute(process.execPath, words, { timeout: kTimeout });
    assert.equal(alone.status, 0, 'it ends as if nothing had happened');
    const { output } = await execute(
      tool, ['stress', '--json', '--runs', '0', '--', process.execPath, ...words], { timeout: kTimeout });
    const { failing } = JSON.parse(output);
    if (twin === 'mended') {
      assert.equal(failing, null, output);
      return;
    }
    const { verdict } = failing.diagnosis;
    assert.equal(verdict.code, item.id, output);
    assert.equal(verdict.cycle, 1);
  });
}
