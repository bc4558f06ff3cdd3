// The table as aligned text.

import { basename } from 'node:path';

const kColumns = {
  program: ({ program, title }) => `${program === 0 ? '' : `${program} `}${title}`,
  outcome: ({ outcome, error }) => (error === null ? outcome : `${outcome}: ${error}`),
  ms: ({ ms }) => (ms === null ? '–' : ms.toFixed(1)),
  'virtual ms': ({ virtualMs }) => (virtualMs === null ? '–' : virtualMs.toFixed(1)),
  counter: ({ counter }) => String(counter ?? '–'),
  'yields in this run': ({ yields }) => String(yields ?? '–'),
  'cycles completed': ({ cyclesCompleted }) => String(cyclesCompleted ?? '–'),
};
const kNumeric = new Set(['ms', 'virtual ms', 'counter', 'yields in this run', 'cycles completed']);
const kModes = {
  fresh: 'each program in a process of its own',
  'in-sequence': 'one after another, one counter of yields',
};

export function formatTable({ vm, build, policy, mode, rows }) {
  const leftOut = { counter: mode === 'fresh', 'virtual ms': !policy.startsWith('virtual:') };
  const columns = Object.entries(kColumns).filter(([name]) => !leftOut[name]);
  const head = columns.map(([name]) => name);
  const cells = rows.map((row) => columns.map(([, text]) => text(row)));
  const widths = head.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at].length)));
  const isNumeric = head.map((name) => kNumeric.has(name));
  const pad = (text, at) => (isNumeric[at] ? text.padStart(widths[at]) : text.padEnd(widths[at]));
  const align = (row) => row.map(pad).join('  ').trimEnd();
  const passed = rows.filter(({ outcome }) => outcome === 'pass').length;
  const yields = rows.reduce((sum, row) => sum + (row.yields ?? 0), 0);
  const cycles = rows.reduce((sum, row) => sum + (row.cyclesCompleted ?? 0), 0);
  return [
    `${vm} ${basename(build)}, yield policy ${policy}, ${kModes[mode]}`,
    align(head),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...cells.map(align),
    `${passed}/${rows.length} pass, yields ${yields}, cycles completed ${cycles}`,
    '',
  ].join('\n');
}
