// Figures: what the benchmarks found, as ratios with their spread, and how they are shown.
//
// A figure is {group, name, unit, ratio, min, max, aim, detail}. `ratio` is the median of ratios that
// were measured side by side, min and max are the least and greatest of them. `aim` is null for what is
// shown only for comparison, else {limit, atLeast}.

// The middle one, or the mean of the two in the middle.
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// How long something takes that took so long in some runs: by the tenth of them that was disturbed
// least. A neighbour on the same core can double what a run takes, and comes and goes between them.
export function leastDisturbed(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 10)];
}

// How long the second of two took beside the first, of [[first, second], ...] in which they took turns.
export function ratioOfTurns(pairs) {
  const [first, second] = [0, 1].map((which) => leastDisturbed(pairs.map((pair) => pair[which])));
  return second / first;
}

export const atMost = (limit) => ({ limit, atLeast: false });
export const atLeast = (limit) => ({ limit, atLeast: true });

export function figure({ group, name, ratios, aim = null, detail = '', values = {} }) {
  const ratio = median(ratios);
  const meets = aim === null ? null : aim.atLeast ? ratio >= aim.limit : ratio <= aim.limit;
  return { group, name, ratio, min: Math.min(...ratios), max: Math.max(...ratios),
           measured: ratios.length, aim, meets, detail, values };
}

const number = (value) => (value >= 10 ? value.toFixed(1) : value.toFixed(3));

// `judge`: say which figures meet their aim; else only what the aim is.
export function formatFigures(figures, judge) {
  const lines = [];
  const width = Math.max(...figures.map(({ name }) => name.length));
  let group = null;
  for (const { name, ratio, min, max, measured, aim, meets, detail, ...figure } of figures) {
    if (figure.group !== group) {
      group = figure.group;
      lines.push('', group);
    }
    const spread = measured > 1 ? `${number(min)}..${number(max)}` : '';
    const verdict = aim === null ? '' :
        `${judge ? meets ? 'meets the ' : 'MISSES the ' : ''}aim: at ` +
        `${aim.atLeast ? 'least' : 'most'} ${aim.limit}`;
    lines.push(`  ${name.padEnd(width)}  ${number(ratio).padStart(7)} x  ${spread.padEnd(14)}  ` +
               [verdict, detail].filter((text) => text !== '').join('; '));
  }
  return `${lines.map((line) => line.trimEnd()).join('\n').trimStart()}\n`;
}
