// The list of cases, as their case.json files describe them (README.md has the form).

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const catalogueDir = fileURLToPath(new URL('.', import.meta.url));
export const kTwins = ['failing', 'mended'];

const kOutcomes = new Set(['pass', 'fail', 'trap', 'killed', 'build-error']);

function checkCase(item) {
  const problem = (text) => new Error(`${item.id}/case.json: ${text}`);
  if (!item.title || !Array.isArray(item.rows) || item.rows.length === 0) {
    throw problem('needs id, title and rows');
  }
  for (const row of item.rows) {
    for (const twin of kTwins) {
      if (!kOutcomes.has(row[twin]?.outcome)) throw problem(`row ${row.name}: outcome of ${twin}`);
    }
  }
}

function readCase(id) {
  const dir = join(catalogueDir, id);
  const item = JSON.parse(readFileSync(join(dir, 'case.json'), 'utf8'));
  if (item.id !== id) throw new Error(`${id}/case.json: its id is ${item.id}`);
  checkCase(item);
  return { ...item, dir };
}

// All cases, in the order of their ids; `only`, if given, is a list of ids.
export function readCatalogue(only) {
  const ids = readdirSync(catalogueDir).filter((name) =>
    existsSync(join(catalogueDir, name, 'case.json')));
  for (const id of only ?? []) {
    if (!ids.includes(id)) throw new Error(`no case ${id}`);
  }
  return ids.filter((id) => !only || only.includes(id)).sort().map(readCase);
}

// One entry per program to build and run: case × row × twin.
export function programsOf(cases) {
  return cases.flatMap((item) => item.rows.flatMap((row) =>
    kTwins.map((twin) => ({ item, row, twin, name: `${item.id}/${row.name}/${twin}` }))));
}

// The words after `node` that run a built program.
export function commandOf({ item, row, twin }, built) {
  const host = join(item.host ? item.dir : catalogueDir, item.host ?? 'run_main.mjs');
  return [...(row.node?.[twin] ?? []), host, built.main, twin, ...(row.arguments ?? [])];
}
