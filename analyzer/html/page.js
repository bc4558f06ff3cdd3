// From the data in the page to the page: the parts around the drawings, and what ties them together.

class Report {
  constructor(data) {
    Object.assign(this, data);
    const {timeline} = data;
    this.cycles = {count: timeline.count, ticks: timeline.ticks, columns: {}};
    for (const [name, text] of Object.entries(timeline.columns)) {
      this.cycles.columns[name] = decodeColumn(text, timeline.count);
    }
    const numbers = data.diagnosis.findings.map((finding) => finding.cycle).filter((cycle) => cycle > 0);
    this.markedCycles = [...new Set(numbers)].sort((a, b) => a - b);
    this.bytes = new Map(data.snapshots.map(({cycle, bytes}) => [cycle, bytesOf(bytes)]));
  }

  cycle(number) {
    const cycle = {number};
    for (const [name, values] of Object.entries(this.cycles.columns)) cycle[name] = values[number - 1];
    cycle.shape = cycle.shape === 0 ? null : this.shapes[cycle.shape - 1];
    cycle.mark = cycle.mark === 0 ? null : this.marks[cycle.mark - 1];
    return cycle;
  }

  snapshot(number) {
    return this.bytes.get(number) ?? null;
  }
}

function harmClass(harm) {
  return {breaks: 'is-breaks', latent: 'is-latent'}[harm] ?? 'is-open';
}

function findingTags(finding) {
  const tags = [
    element('li', {class: `harm ${harmClass(finding.harm)}`}, finding.harm),
    element('li', {}, element('code', {}, finding.code)),
    element('li', {}, finding.certainty),
    element('li', {}, finding.cycle === 0 ? finding.phase : `${finding.phase} of cycle ${count(finding.cycle)}`),
  ];
  if (finding.cycles_affected > 1) tags.push(element('li', {}, `${plural(finding.cycles_affected, 'cycle')} in all`));
  const {file, line} = finding.function ?? {};
  if (file) tags.push(element('li', {}, element('code', {}, `${shown(file)}${line ? `:${line}` : ''}`)));
  return element('ul', {class: 'tags', 'aria-label': 'In short'}, ...tags);
}

// What the manual says of the code, folded away: who knows it wants the evidence.
function explainedDetails(code, explained) {
  if (!explained) return null;
  return element('details', {class: 'explained'}, element('summary', {}, 'What this code means'),
    element('p', {class: 'lead'}, explained.lead), element('p', {class: 'note'}, `What mends it: ${explained.mends}.`),
    element('p', {class: 'note'}, 'The whole page: ', element('code', {}, `asyncscope explain ${code}`)));
}

function drawVerdict({diagnosis, explained}) {
  const {verdict, sentence} = diagnosis;
  const title = element('h1', {}, shown(sentence));
  if (verdict === null) {
    const [run] = diagnosis.runs;
    const good = run.outcome === 'pass' && run.cycles > 0 && run.cycles_completed === run.cycles;
    fill('verdict', element('ul', {class: 'tags'}, element('li', {class: `harm ${good ? 'is-healthy' : 'is-open'}`},
      good ? 'healthy' : 'nothing found'), element('li', {}, `outcome: ${run.outcome}`)), title);
    return;
  }
  fill('verdict', findingTags(verdict), title,
    element('p', {class: 'lead'}, shown(verdict.explanation)),
    verdict.symptom ? element('div', {class: 'followed'}, element('h3', {}, 'What followed'), element('p', {}, shown(verdict.symptom))) : null,
    explainedDetails(verdict.code, explained));
}

function flagLine(tool, flag) {
  const line = element('div', {class: 'flag'}, element('span', {class: 'tool'}, tool), element('code', {}, shown(flag)));
  line.append(...copyButton(flag));
  return line;
}

function drawAdvice({diagnosis}) {
  const advice = diagnosis.verdict?.advice;
  if (!advice) return;
  const lines = [...advice.flags.map((flag) => flagLine('emcc', flag)), ...advice.wasm_opt.map((flag) => flagLine('wasm-opt', flag))];
  if (lines.length === 0 && !advice.text) return;
  const proof = advice.verified === true ? 'Verified: the program rebuilt with it completed the same run.'
    : 'Unverified: add it to what the lists hold already, rebuild, and record again.';
  fill('advice', element('h2', {id: 'advice-title'}, 'What mends it'),
    lines.length > 0 ? element('p', {class: 'note'}, proof) : null, ...lines,
    advice.text ? element('p', {class: 'lead'}, shown(advice.text)) : null);
}

function bufferMeter(run) {
  if (run.buffer_size === 0) return element('td', {class: 'number'}, '–');
  const bar = element('b', {class: run.buffer_high_water > run.buffer_size ? 'full' : null});
  bar.style.width = `${Math.min(100, 100 * run.buffer_high_water / run.buffer_size)}%`;
  return element('td', {class: 'number'}, element('span', {class: 'meter', 'aria-hidden': 'true'}, bar),
    `${count(run.buffer_high_water)} of ${count(run.buffer_size)}`);
}

// A pass proves something only where it completed cycles through the place in question.
function proofText(run) {
  if (run.vacuous) return 'vacuous: proves nothing';
  return run.outcome === 'pass' && run.cycles_completed > 0 ? 'completed cycles here' : '';
}

// How many characters the paths of all runs begin with in common, up to a folder's end.
function commonFolder(paths) {
  const [first] = paths;
  let length = 0;
  for (let i = 0; paths.length > 1 && i < first.length && paths.every((path) => path[i] === first[i]); ++i) {
    if (first[i] === '/') length = i + 1;
  }
  return length;
}

function runRow(run, folder, many) {
  const failed = run.outcome === 'trap' || run.outcome === 'fail';
  return element('tr', {}, element('th', {scope: 'row'}, element('code', {title: shown(run.file)}, shown(run.file.slice(folder)))),
    element('td', {class: failed ? 'is-breaks' : null}, run.outcome, run.outcome_text ? `: ${shown(run.outcome_text)}` : ''),
    element('td', {class: 'number'}, count(run.cycles)), element('td', {class: 'number'}, count(run.cycles_completed)),
    element('td', {class: 'number'}, run.cycles === 0 ? '–' : count(run.deepest_frames)), bufferMeter(run),
    many ? element('td', {class: run.vacuous ? 'is-latent' : null}, proofText(run)) : null);
}

function drawRuns({diagnosis}) {
  const {runs, edge} = diagnosis;
  const many = runs.length > 1;
  const folder = commonFolder(runs.map((run) => run.file));
  const heads = [['Run'], ['Outcome'], ['Cycles', 'number'], ['Completed', 'number'], ['Deepest', 'number'], ['Buffer, bytes', 'number']];
  if (many) heads.push(['What it proves']);
  fill('runs', element('h2', {id: 'runs-title'}, many ? 'Failing against passing' : 'The run'),
    edge ? element('p', {class: 'edge'}, 'What tells them apart: ', element('em', {}, shown(edge.predicate)),
      `. Failing ${edge.failing}, passing ${edge.passing}.`,
      edge.determined ? '' : ` Not determined: ${edge.tied_count} other conditions hold alike.`) : null,
    many && !edge ? element('p', {class: 'note'}, 'Nothing that was recorded tells them apart.') : null,
    element('div', {class: 'scroller', tabindex: '0', role: 'region', 'aria-labelledby': 'runs-title'},
      element('table', {}, element('thead', {}, element('tr', {}, ...heads.map(([text, name]) => element('th', {scope: 'col', class: name}, text)))),
        element('tbody', {}, ...runs.map((run) => runRow(run, folder, many))))));
}

function drawFindings({diagnosis}) {
  const {verdict, findings} = diagnosis;
  const isVerdict = (finding) => verdict !== null && finding.code === verdict.code && finding.event === verdict.event &&
    finding.thread === verdict.thread && finding.explanation === verdict.explanation;
  const others = findings.filter((finding) => !isVerdict(finding));
  if (others.length === 0) return;
  fill('findings', element('h2', {id: 'findings-title'}, 'Other findings'),
    element('ul', {class: 'others'}, ...others.map((finding) => element('li', {}, findingTags(finding),
      element('p', {}, shown(finding.explanation))))));
}

function drawColophon({diagnosis, recording, version}) {
  const {events, notes} = diagnosis;
  const modules = recording.modules.map((module) =>
    `${module.name ? shown(module.name) : 'a module without a name'} (${count(module.size)} bytes, ${plural(module.functions, 'function')})`);
  document.getElementById('colophon').replaceChildren(...[
    modules.length > 0 ? element('p', {}, `Module: ${modules.join('; ')}.`) : null,
    recording.argv.length > 0 ? element('p', {}, 'Recorded: ', element('code', {}, shown(recording.argv.join(' ')))) : null,
    element('p', {}, `Events: ${count(events.written)} written = ${count(events.explained)} explained + ` +
      `${count(events.unexplained)} unexplained; ${count(events.lost)} lost.`),
    ...notes.map((note) => element('p', {}, `Note: ${shown(note)}`)),
    element('p', {}, `Made by asyncscope ${version}. This page needs no network and sends nothing.`),
  ].filter((part) => part !== null));
  const about = [diagnosis.runs[0].file, recording.start, recording.runtime.trim()].filter((part) => part);
  document.getElementById('recorded').textContent = about.map(shown).join('  ·  ');
}

const report = new Report(JSON.parse(document.getElementById('data').textContent));
drawVerdict(report);
drawAdvice(report);
drawRuns(report);
drawFindings(report);
drawColophon(report);
if (report.cycles.count > 0) {
  const timeline = new Timeline(report, (cycle) => {
    drawStack(report, cycle);
    drawHalves(report, cycle);
  });
  const first = report.diagnosis.verdict?.cycle ?? 0;
  timeline.select(first > 0 ? first - 1 : 0);
  // The bytes are drawn in lines of 16, or of 8 where the page is narrow.
  matchMedia('(max-width: 34rem)').addEventListener('change', () => timeline.select(timeline.selected));
}
