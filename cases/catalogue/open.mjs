// The programs whose verdict is known to be wrong as yet: one `case/row/twin` a line, then why.
//
// Such a file can only shrink: a program that is in it and is judged right is a failure, and so is
// a name that no program has.

import { readFileSync } from 'node:fs';

// name → reason.
export function readOpen(file, programs) {
  const names = new Set(programs.map(({ name }) => name));
  const open = new Map();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [name, reason] = line.split(/\s+#\s*/);
    if (name === '' || name.startsWith('#')) continue;
    if (!names.has(name.trim())) throw new Error(`${file}: there is no program ${name}`);
    if (!reason) throw new Error(`${file}: ${name} needs its reason, after a #`);
    open.set(name.trim(), reason.trim());
  }
  return open;
}

// The result, judged with regard to what is known to be wrong.
export function withOpen(open, result) {
  const openReason = open.get(result.program.name);
  if (openReason === undefined) return result;
  if (result.problems.length > 0) return { ...result, problems: [], openReason };
  return { ...result, problems: [`is judged right: take it out of the list of open programs`] };
}
