// The pages of this folder, for the scripts beside them; analyzer/explain/page.h has the form.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const findingsDir = fileURLToPath(new URL('.', import.meta.url));

const kFields = ['code', 'rank', 'title', 'group', 'phase', 'invariant', 'case', 'apart', 'mends'];
const kLists = ['messages', 'symptoms'];

const scalar = (text) => /^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;

function readPage(code) {
  const path = join(findingsDir, `${code}.md`);
  const text = readFileSync(path, 'utf8');
  const matter = /^---\n(.*?)\n---\n/s.exec(text);
  if (!matter) throw new Error(`${path}: no front matter`);
  const page = { path, text, messages: [], symptoms: [] };
  let list;
  for (const line of matter[1].split('\n')) {
    const [, item, key, value] = /^\s+- (.*)$|^(\w+):\s*(.*)$/.exec(line) ?? [];
    if (item !== undefined) list.push(scalar(item));
    else if (kLists.includes(key)) list = page[key];
    else if (kFields.includes(key)) page[key] = scalar(value);
    else throw new Error(`${path}: what is "${line}"?`);
  }
  for (const field of kFields) {
    if (!page[field]) throw new Error(`${path}: no ${field}`);
  }
  if (page.code !== code) throw new Error(`${path}: its code is ${page.code}`);
  if (page.messages.length + page.symptoms.length === 0) {
    throw new Error(`${path}: neither message nor symptom`);
  }
  return page;
}

// All of them, by rank.
export function readPages() {
  return readdirSync(findingsDir).filter((name) => name.endsWith('.md'))
    .map((name) => readPage(name.slice(0, -3)))
    .sort((a, b) => a.rank - b.rank || (a.code < b.code ? -1 : 1));
}

// The text with what stands between the two marks replaced; undefined: the marks are not there.
export function between(text, mark, content) {
  const begin = text.indexOf(`<!-- ${mark} -->\n`);
  const end = text.indexOf(`<!-- end of ${mark} -->\n`);
  if (begin < 0 || end < begin) return undefined;
  return text.slice(0, begin) + `<!-- ${mark} -->\n` + content + text.slice(end);
}

// Writes the file, or in a check only says whether it would change.
export function put(path, text, isCheck) {
  const isSame = readFileSync(path, 'utf8') === text;
  if (!isSame && !isCheck) writeFileSync(path, text);
  return isSame;
}
