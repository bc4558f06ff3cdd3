// The exports, read by readers that are not ours: the JSON schemas of SARIF and speedscope, the
// speedscope application itself in a browser, and the trace engine of Chromium's Performance panel.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import {createRequire} from 'node:module';
import os from 'node:os';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';

import Ajv from 'ajv';
import AjvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import {chromium} from 'playwright-core';

const require = createRequire(import.meta.url);
const kSamples = ['broken', 'healthy', 'latent', 'overflow', 'buffers', 'hostile', 'never'];

let folder;
before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asyncscope-export-'));
  execFileSync(process.env.ASYNCSCOPE_SAMPLES, [folder]);
});
after(() => fs.rmSync(folder, {recursive: true, force: true}));

const text = (sample, extension) =>
  fs.readFileSync(path.join(folder, `${sample}.${extension}`), 'utf8');

function assertValid(validate, value, name) {
  assert.ok(validate(value), `${name}: ${JSON.stringify(validate.errors?.slice(0, 5), null, 1)}`);
}

test('SARIF: every sample is valid against the schema of 2.1.0', () => {
  const schema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  const ajv = new AjvDraft04({strict: false, allErrors: true, unicodeRegExp: false});
  addFormats(ajv);
  const validate = ajv.compile(schema);
  for (const sample of kSamples) assertValid(validate, JSON.parse(text(sample, 'sarif')), sample);
  // The schema is not a schema of everything.
  const wrong = JSON.parse(text('broken', 'sarif'));
  wrong.runs[0].results[0].level = 'fatal';
  assert.equal(validate(wrong), false);
});

test('speedscope: every sample is valid against its schema', () => {
  const ajv = new Ajv({strict: false, allErrors: true});
  const validate = ajv.compile(require('speedscope/dist/release/file-format-schema.json'));
  for (const sample of kSamples) {
    assertValid(validate, JSON.parse(text(sample, 'speedscope.json')), sample);
  }
  const wrong = JSON.parse(text('broken', 'speedscope.json'));
  delete wrong.profiles[0].weights;
  assert.equal(validate(wrong), false);
});

test('speedscope: the application opens it', async () => {
  const page = require.resolve('speedscope/dist/release/index.html');
  const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
  try {
    const tab = await browser.newPage();
    const errors = [];
    tab.on('pageerror', (error) => errors.push(String(error)));
    await tab.goto(pathToFileURL(page).href);
    const input = tab.locator('input[type=file]');
    await input.setInputFiles(path.join(folder, 'healthy.speedscope.json'));
    await tab.waitForFunction(() => document.title.includes('mended.atrace'), null, {timeout: 20000});
    assert.deepEqual(errors, []);
  } finally {
    await browser.close();
  }
});

async function readByChromium(events) {
  globalThis.DOMRect ??= class {
    constructor(x, y, width, height) { Object.assign(this, {x, y, width, height}); }
  };
  const trace = await import('@paulirish/trace_engine/models/trace/trace.js');
  const model = trace.TraceModel.Model.createWithAllHandlers();
  await model.parse(events, {metadata: {}});
  return model.parsedTrace(0).data;
}

test('Chrome trace: the trace engine of Chromium finds tracks, slices and flows', async () => {
  const {traceEvents} = JSON.parse(text('buffers', 'perfetto.json'));
  const data = await readByChromium(traceEvents);
  const threads = data.Renderer.processes.get(1).threads;
  const names = [...threads.values()].map((thread) => thread.name).filter((name) => name);
  assert.deepEqual(names.sort(), ['buffer 0x1f4', 'buffer 0x2328']);
  assert.equal(data.Flows.flows.length, 6);
  for (const [from, to] of data.Flows.flows) {
    assert.match(from.name, /^unwind \d+$/);
    assert.equal(to.name, from.name.replace('unwind', 'rewind'));
  }
  for (const thread of threads.values()) {
    const cycles = thread.entries.filter((entry) => entry.cat === 'cycle' && entry.ph === 'X');
    assert.equal(cycles.length, 9, 'three cycles of three parts');
  }
});

test('Chrome trace: each sample has the keys that the format asks for, slices nest', async () => {
  for (const sample of kSamples) {
    const {traceEvents} = JSON.parse(text(sample, 'perfetto.json'));
    const open = new Map();
    for (const event of traceEvents) {
      assert.ok('MXCisf'.includes(event.ph), event.ph);
      assert.equal(typeof event.name, 'string');
      for (const key of ['pid', 'tid', 'ts']) assert.equal(typeof event[key], 'number', key);
      if (event.ph === 'X') assert.ok(event.dur >= 0);
      if (event.ph === 's' || event.ph === 'f') assert.equal(typeof event.id, 'number');
      if (event.ph === 'C') {
        for (const value of Object.values(event.args)) assert.equal(typeof value, 'number');
      }
    }
    // Perfetto drops slices of a track that overlap without nesting.
    const slices = traceEvents.filter((event) => event.ph === 'X');
    slices.sort((a, b) => a.ts - b.ts || b.dur - a.dur);
    for (const slice of slices) {
      const stack = open.get(slice.tid) ?? [];
      while (stack.length && stack.at(-1) <= slice.ts + 0.002) stack.pop();
      if (stack.length) assert.ok(slice.ts + slice.dur <= stack.at(-1) + 0.002, sample);
      if (slice.dur > 0.002) stack.push(slice.ts + slice.dur);
      open.set(slice.tid, stack);
    }
    if (traceEvents.length > 1) await readByChromium(traceEvents);
  }
});

test('JSON Lines: each line is an object with a type, and the counts agree', () => {
  for (const sample of kSamples) {
    const lines = text(sample, 'jsonl').trimEnd().split('\n').map((line) => JSON.parse(line));
    const [run] = lines;
    assert.equal(run.type, 'run');
    assert.equal(run.schema, 1);
    const cycles = lines.filter((line) => line.type === 'cycle');
    assert.equal(cycles.length, run.cycles);
    assert.equal(cycles.filter((cycle) => cycle.completed).length, run.cycles_completed);
    const {written, explained, unexplained} = lines.at(-1);
    assert.equal(written, explained + unexplained);
    for (const cycle of cycles) {
      const bytes = cycle.frames.reduce((sum, frame) => sum + (frame.bytes ?? 0), 0);
      assert.equal(bytes, cycle.buffer.used, `${sample}: the records fill what is used`);
    }
  }
});
