// Keeps the manual true to the tool: node update.mjs [--check] [--build DIR --tool ASYNCSCOPE]
// [--only CODE]...
//
// Writes the index, docs/findings.md, from the front matter of the pages; with --build and --tool
// it also runs the case of every page, plainly and under `record` and `diagnose`, and writes what
// was printed between the marks of the page. Programs are built into DIR, as cases/catalogue does.
// --check changes nothing, builds nothing, and exits with 1 if something would change.

import { readFileSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { join, resolve } from 'node:path';
import { inParallel } from '../../cases/catalogue/build.mjs';
import { catalogueDir, readCatalogue } from '../../cases/catalogue/catalogue.mjs';
import { between, findingsDir, put, readPages } from './pages.mjs';
import { sampleOf } from './sample.mjs';

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    build: { type: 'string' },
    tool: { type: 'string' },
    only: { type: 'string', multiple: true },
  },
});
const root = join(findingsDir, '..', '..');
const pages = readPages();
const cases = new Map(readCatalogue().map((item) => [item.id, item]));
const problems = [];

const cell = (text) => text.replaceAll('|', '\\|');

function indexText() {
  let text = '';
  let group = '';
  for (const page of pages) {
    if (page.group !== group) {
      group = page.group;
      text += `\n## ${group}\n\n| code | what it is | phase | invariant | what mends it |\n` +
        '|---|---|---|---|---|\n';
    }
    const link = `[\`${page.code}\`](findings/${page.code}.md)`;
    text += `| ${link} | ${cell(page.title)} | ${page.phase} | ${page.invariant} | ` +
      `${cell(page.mends)} |\n`;
  }
  return `${text}\n`;
}

function updateIndex() {
  const path = join(root, 'docs', 'findings.md');
  const text = between(readFileSync(path, 'utf8'), 'index', indexText());
  if (text === undefined) problems.push('docs/findings.md: its marks are not there');
  else if (!put(path, text, options.check) && options.check) {
    problems.push('docs/findings.md is stale: run node docs/findings/update.mjs');
  }
}

// Codes are literals in small letters with hyphens; nothing else in these files is.
function codesOfAnalyzer() {
  const folder = join(root, 'analyzer', 'invariants');
  const files = readdirSync(folder).filter((name) => name.endsWith('.cpp'))
    .map((name) => join(folder, name));
  const text = [...files, join(root, 'analyzer', 'diagnosis.cpp')]
    .map((file) => readFileSync(file, 'utf8')).join('\n');
  return new Set([...text.matchAll(/"([a-z0-9]+(?:-[a-z0-9]+)+)"/g)].map(([, code]) => code));
}

function checkPages() {
  const known = new Set(pages.map(({ code }) => code));
  for (const code of codesOfAnalyzer()) {
    if (!known.has(code)) problems.push(`the analyzer prints ${code}, and there is no page for it`);
  }
  for (const [id, { hasPage }] of cases) {
    if (hasPage !== false && !known.has(id)) problems.push(`cases/catalogue/${id} has no page`);
  }
  const groups = pages.map(({ group }) => group).filter((group, at, all) => group !== all[at - 1]);
  if (new Set(groups).size !== groups.length) problems.push('ranks do not keep the groups together');
  const checkLinks = (from, text, pattern) => {
    for (const [, target] of text.matchAll(pattern)) {
      if (!known.has(target)) problems.push(`${from}: links to ${target}, which is no page`);
    }
  };
  for (const page of pages) checkLinks(page.code, page.text, /\]\(([a-z0-9-]+)\.md\)/g);
  const guide = readFileSync(join(root, 'docs', 'diagnosing.md'), 'utf8');
  checkLinks('docs/diagnosing.md', guide, /\]\(findings\/([a-z0-9-]+)\.md/g);
}

function programOf(page) {
  const [id, name] = page.case.split('/');
  const item = cases.get(id);
  const row = item?.rows.find((candidate) => candidate.name === name);
  if (!row) problems.push(`${page.code}: no case ${page.case}`);
  return row && { item, row, twin: 'failing', name: `${id}/${name}/failing` };
}

async function updateSample(page) {
  const program = programOf(page);
  if (!program) return;
  const sample = await sampleOf(program, { ...options, catalogueDir });
  if (sample === undefined) return 'not built';
  if (!sample.isRight) console.log(`${page.code}: the verdict on ${page.case} is not as expected`);
  const text = between(page.text, 'sample', `\`\`\`\n${sample.text}\`\`\`\n`);
  if (text === undefined) problems.push(`${page.code}: no marks for the sample`);
  else if (!put(page.path, text, options.check) && options.check) {
    problems.push(`${page.code}.md is stale: run update.mjs with --build and --tool`);
  }
}

checkPages();
updateIndex();
const chosen = pages.filter((page) => page.case !== 'none' &&
  (!options.only || options.only.includes(page.code)));
if (options.build) {
  options.build = resolve(options.build);
  options.tool = resolve(options.tool);
  const done = await inParallel(chosen, updateSample);
  const missing = done.filter((result) => result === 'not built').length;
  console.log(`${chosen.length - missing} samples; ${missing} programs are not built`);
} else {
  chosen.forEach(programOf);
}
for (const problem of problems) console.log(problem);
console.log(`${pages.length} pages, ${problems.length} problems`);
process.exitCode = problems.length ? 1 : 0;
