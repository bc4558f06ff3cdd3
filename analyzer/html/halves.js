// Unwind and rewind side by side: a row a frame, the unwind read downward and the rewind upward.

function unwindCell(cycle, shape, row) {
  if (row.extra) return `ran at position ${cycle.start + row.extra.at}`;
  if (row.frame === undefined) return null;
  const frame = shape.frames[row.frame];
  switch (frame.fate) {
    case 'saved': return `pushed ${count(frame.bytes)}, position ${cycle.start + frame.at + frame.bytes}`;
    case 'lost': return 'pushed nothing';
    case 'unreached': return 'not reached';
    default: return 'replayed by the host';
  }
}

function rewindCell(cycle, shape, row) {
  if (row.entered) return `entered at position ${cycle.start + row.entered.at}`;
  if (row.frame !== undefined && shape.frames[row.frame].fate === 'js') return 'called again';
  return null;
}

function rowName(report, shape, row) {
  const frame = row.frame === undefined ? null : shape.frames[row.frame];
  if (frame?.fate === 'js') return shown(frame.text);
  return functionName(report.functions[frame ? frame.fn : row.fn]);
}

function halvesRow(report, cycle, shape, row, index) {
  const first = shape.first?.row === index ? shape.first : null;
  const cell = (text, side) => {
    const td = element('td', {class: text === null ? 'none' : null}, text ?? '–');
    if (first?.side === side) {
      td.prepend(element('strong', {}, 'first difference'));
      td.append(element('div', {}, shown(first.text)));
      td.classList.remove('none');
    }
    return td;
  };
  return element('tr', {class: first ? 'first' : null}, cell(unwindCell(cycle, shape, row), 'unwind'),
    element('th', {scope: 'row'}, rowName(report, shape, row)),
    cell(shape.rewound ? rewindCell(cycle, shape, row) : null, 'rewind'));
}

function drawHalves(report, cycle) {
  const shape = cycle.shape;
  if (shape === null || shape.rows.length === 0) {
    fill('halves');
    return;
  }
  const ended = !shape.rewound ? 'It was never rewound.'
    : !shape.completed ? 'The rewind did not come to its end.'
      : shape.first ? 'The rewind came to its end.' : 'The rewind came to its end, and they mirror each other.';
  fill('halves',
    element('h2', {id: 'halves-title'}, 'Unwind and rewind, side by side'),
    element('p', {class: 'note'}, 'The unwind goes from the innermost frame outward, so down this table; ' +
      `the rewind comes back up. ${ended}`),
    element('table', {class: 'halves', 'aria-labelledby': 'halves-title'},
      element('thead', {}, element('tr', {}, element('th', {scope: 'col'}, 'unwind ↓'),
        element('th', {scope: 'col'}, 'function'), element('th', {scope: 'col'}, '↑ rewind'))),
      element('tbody', {}, ...shape.rows.map((row, index) =>
        // The frames beyond those drawn have no name here.
        row.frame !== undefined && row.frame >= shape.frames.length
          ? null : halvesRow(report, cycle, shape, row, index)).filter((row) => row !== null))));
}
