// Coverage, merging and correlation on real runs: the six programs of the table on MicroPython, and
// a program of the catalogue. What scripts read is read by python3.

import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';

import {buildProgram} from './catalogue/build.mjs';
import {commandOf, programsOf, readCatalogue} from './catalogue/catalogue.mjs';

const build = process.env.ASYNCSCOPE_BINARY_DIR;
const tool = join(build, 'bin', 'asyncscope');
const kTable = fileURLToPath(new URL('seed/table.mjs', import.meta.url));
const kFound = 1;

function run(command, words, {status = 0, input} = {}) {
  const child = spawnSync(command, words, {encoding: 'utf8', maxBuffer: 1 << 28, input});
  if (child.error !== undefined) throw child.error;
  assert.equal(child.status, status, `${words.join(' ')}\n${child.stdout}${child.stderr}`);
  return child.stdout;
}

const json = (words, options) => JSON.parse(run(tool, [...words, '--json'], options));

let folder;
let broken;  // the traces of the six on the build that ignores indirect calls, as published
let full;    // and on the one that is instrumented throughout, with suspends all over
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'asyncscope-coverage-'));
  broken = record('broken', 'virtual:100');
  full = record('full', 'hooks:40');
});
after(() => rmSync(folder, {recursive: true, force: true}));

function record(name, policy) {
  const traces = join(folder, name);
  run(process.execPath, [kTable, '--vm', 'micropython',
    '--wasm', join(build, 'cases/seed/micropython', `${name}.wasm`), '--policy', policy,
    '--record', `${tool} record -o {out} --`, '--traces', traces]);
  return [1, 2, 3, 4, 5, 6].map((number) => join(traces, `program-${number}.atrace`));
}

const merge = (files, name) => {
  const path = join(folder, name);
  run(tool, ['merge', ...files, '-o', path]);
  return path;
};

test('a run that breaks in its first cycle exercises nothing, and the others never suspended', () => {
  const coverage = json(['coverage', ...broken]);
  assert.deepEqual(coverage.runs, {failing: 1, passing: 5, other: 0});
  assert.equal(coverage.exercised, 0);
  assert.equal(coverage.interrupted, 5, 'the five calls on the stack of the broken cycle');
  assert.equal(coverage.sites, coverage.interrupted + coverage.never);
  const [module] = coverage.modules;
  const sites = module.functions.flatMap(({list}) => list);
  assert.equal(sites.length, coverage.sites);
  const unsaved = module.functions.filter(({list}) => list.some((site) => site.unsaved_cycles > 0));
  assert.deepEqual(unsaved.map(({index}) => index), [376]);
});

test('every cycle of the healthy runs is counted, and nothing is interrupted', () => {
  const coverage = json(['coverage', ...full]);
  assert.equal(coverage.interrupted, 0);
  assert.ok(coverage.exercised > 5, `${coverage.exercised} sites`);
  assert.ok(coverage.percent > 0 && coverage.percent < 100);
  const [module] = coverage.modules;
  assert.equal(module.cycles, module.cycles_completed);
  // The VM's hook is on every stack; no site is in more cycles than there are.
  const cycles = module.functions.flatMap(({list}) => list).map((site) => site.completed_cycles);
  assert.equal(Math.max(...cycles), module.cycles);
  const alone = full.map((trace) => json(['diagnose', trace]).runs[0].cycles);
  assert.equal(module.cycles, alone.reduce((sum, count) => sum + count, 0));
});

test('the threshold decides the exit code', () => {
  run(tool, ['coverage', ...full, '--fail-under', '0']);
  run(tool, ['coverage', ...full, '--fail-under', '100'], {status: kFound});
});

test('merging in any order and grouping gives the same bytes, and the same coverage', () => {
  const all = [...broken, ...full];
  const atOnce = merge(all, 'at-once.json');
  const left = merge([merge(all.slice(0, 3), 'a.json'), merge(all.slice(3, 8), 'b.json')], 'ab.json');
  const grouped = merge([...all.slice(8).reverse(), left], 'grouped.json');
  const expected = readFileSync(atOnce, 'utf8');
  assert.equal(readFileSync(grouped, 'utf8'), expected);
  assert.equal(JSON.parse(expected).modules.length, 2, 'two builds of one program are kept apart');
  assert.equal(run(tool, ['coverage', atOnce, '--json']), run(tool, ['coverage', ...all, '--json']));
  assert.equal(run(tool, ['correlate', atOnce, '--json'], {status: kFound}),
    run(tool, ['correlate', ...all, '--json'], {status: kFound}));
});

const kEdge = /func\[376\]\) on the stack, at the unguarded call_indirect at 0x/;

test('the edge: the unguarded call, 1 of 1 failing and 0 of 5 passing runs', () => {
  const [failing, ...passing] = broken;
  const {edge, runs} = json(['diagnose', failing, '--pass', ...passing], {status: kFound});
  assert.match(edge.predicate, kEdge);
  assert.equal(edge.failing, '1/1');
  assert.equal(edge.passing, '0/5');
  assert.equal(edge.determined, true);
  assert.equal(edge.by, 'violation', 'the counts alone would also say: that it suspends at all');
  assert.ok(edge.tied.some(({kind}) => kind === 'suspends'));
  assert.equal(runs.filter(({vacuous}) => vacuous).length, 5);
});

test('a summary of the passing runs says the same as their traces', () => {
  const [failing, ...passing] = broken;
  const fleet = merge(passing, 'passing.json');
  const {edge, summaries} = json(['diagnose', failing, '--pass', fleet], {status: kFound});
  const byTraces = json(['diagnose', failing, '--pass', ...passing], {status: kFound});
  assert.deepEqual(edge, byTraces.edge);
  assert.equal(summaries[0].vacuous, 5);
});

test('healthy passing runs of another build do not make the edge', () => {
  const {edge} = json(['diagnose', broken[0], '--pass', ...full], {status: kFound});
  assert.match(edge.predicate, kEdge);
  assert.equal(edge.passing, '0/6');
});

// The rows are for engines that take every line as one row of one table.
const kCheckRows = `
import json, sys
rows = [json.loads(line) for line in sys.stdin]
assert rows, "no rows"
columns = list(rows[0])
types = {}
for row in rows:
    assert list(row) == columns, row
    for column, value in row.items():
        assert not isinstance(value, (dict, list)), column
        if value is not None:
            types.setdefault(column, set()).add(type(value).__name__)
assert all(len(kinds) == 1 for kinds in types.values()), types
print(json.dumps({"rows": len(rows), "columns": columns}))
`;

test('rows are flat, with the same columns of the same types throughout', () => {
  const rows = (words) =>
    JSON.parse(run('python3', ['-c', kCheckRows], {input: run(tool, words)}));
  const sites = rows(['coverage', ...broken, ...full, '--jsonl']);
  assert.ok(sites.columns.includes('completed_cycles'));
  const {exercised, sites: all} = json(['coverage', ...broken, ...full]);
  assert.ok(sites.rows >= all && exercised > 0);
  const cycles = rows(['export', full[0], '--to', 'cycles']);
  assert.equal(cycles.rows, json(['diagnose', full[0]]).runs[0].cycles);
  assert.ok(cycles.columns.includes('innermost_site'));
});

test('a program of the catalogue: its mended twin exercises what the failing one does not', async () => {
  const exercised = {};
  for (const program of programsOf(readCatalogue(['rewind-path-divergence']))) {
    const built = await buildProgram(program, join(build, 'cases', 'catalogue', 'programs'));
    assert.equal(built.status, 0, built.output);
    const trace = join(folder, `${program.row.name}-${program.twin}.atrace`);
    spawnSync(tool, ['record', '-o', trace, '--', process.execPath, ...commandOf(program, built)]);
    const {exercised: count, interrupted, sites} = json(['coverage', trace]);
    assert.ok(sites > 0);
    assert.ok(count + interrupted > 0, 'it suspended');
    exercised[program.twin] = count;
  }
  assert.ok(exercised.mended > exercised.failing, JSON.stringify(exercised));
});
