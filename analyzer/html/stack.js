// The suspended stack as one would draw it: innermost frame on top, beside each frame the bytes that
// it pushed, and where the C stack pointer stood when it was left.

const kLinesAtOnce = 4;  // lines of bytes drawn before a button offers the rest

function hueOf(index) {
  return `var(--hue-${index % 6})`;
}

function byteLines(bytes, begin, end, size, narrow) {
  const width = narrow ? 8 : 16;
  const lines = [];
  for (let at = begin; at < end; at += width) {
    const line = element('div', {class: 'line'}, element('span', {class: 'at'}, `+${at}`));
    for (let i = at; i < Math.min(end, at + width); ++i) {
      const kind = i - begin < 4 ? 'call' : size > 0 && i >= size ? 'over' : bytes[i] === 0 ? 'zero' : null;
      line.append(element('i', {class: kind}, bytes[i].toString(16).padStart(2, '0')));
    }
    lines.push(line);
  }
  return lines;
}

function lostText(fn, latent) {
  if (latent) return 'nothing pushed; the cycle completed all the same';
  return fn.instrumented === false ? 'nothing pushed: the rewind runs it again from its top'
    : 'nothing pushed: on the rewind it pops the record of another frame';
}

function bytesCell(frame, fn, cycle, bytes, latent) {
  const cell = element('div', {class: 'bytes'});
  if (frame.fate === 'js') return cell;
  if (frame.fate === 'lost') {
    cell.append(element('p', {class: 'empty'}, lostText(fn, latent)));
    return cell;
  }
  if (frame.fate === 'unreached') {
    cell.append(element('p', {class: 'empty'}, 'not reached'));
    return cell;
  }
  const end = frame.at + frame.bytes;
  if (bytes === null || bytes.length < end) {
    const block = element('div', {class: 'block'}, element('span'),
      `+${count(frame.at)} … +${count(end)}, bytes not in this report`);
    block.firstChild.style.width = `${Math.min(12, frame.bytes / 16)}rem`;
    cell.append(block);
    return cell;
  }
  const narrow = matchMedia('(max-width: 34rem)').matches;
  const lines = byteLines(bytes, frame.at, end, cycle.size, narrow);
  const described = `call index ${new DataView(bytes.buffer).getUint32(frame.at, true)}, ` +
    `then ${plural(Math.max(0, frame.bytes - 4), 'byte')} of locals`;
  cell.append(element('span', {class: 'visually-hidden'}, described));
  const drawn = element('div', {'aria-hidden': 'true'}, ...lines.slice(0, kLinesAtOnce));
  cell.append(drawn);
  if (lines.length > kLinesAtOnce) {
    const more = element('button', {type: 'button'}, `${plural(lines.length - kLinesAtOnce, 'more line')}`);
    more.addEventListener('click', () => {
      drawn.append(...lines.slice(kLinesAtOnce));
      more.remove();
    });
    cell.append(more);
  }
  return cell;
}

function stackPointerCell(frame, cycle, before, range) {
  const cell = element('div', {class: 'sp'});
  if (frame.sp === undefined) return cell;
  const value = cycle.sp + frame.sp;
  cell.append(element('span', {}, String(value)));
  if (before !== null && before !== value) {
    const change = value - before;
    cell.append(element('div', {class: 'jump'}, `${change > 0 ? '▲ +' : '▼ −'}${count(Math.abs(change))}`,
      element('span', {class: 'visually-hidden'}, ' bytes against the frame above')));
  }
  const dot = element('b');
  dot.style.left = `${range.most === range.least ? 50 : 4 + 92 * (value - range.least) / (range.most - range.least)}%`;
  cell.append(element('div', {class: 'ruler', 'aria-hidden': 'true'}, dot));
  return cell;
}

function fateText(frame, latent) {
  if (frame.fate === 'saved') return `saved ${plural(frame.bytes, 'byte')} at +${count(frame.at)}`;
  if (frame.fate === 'lost') return latent ? 'not saved · latent' : 'not saved';
  return frame.fate === 'unreached' ? 'not reached by the unwind' : '';
}

function placeText(frame, fn) {
  const parts = [];
  if (frame.site !== undefined) {
    parts.push(`${frame.kind ?? 'call'} at ${hex(frame.site)}`);
    if (frame.guarded === false) parts.push('unguarded');
  }
  if (fn.instrumented === false) parts.push('plain function');
  if (fn.file) parts.push(`${shown(fn.file)}${fn.line ? `:${fn.line}` : ''}`);
  return parts.join(' · ');
}

function frameItem(report, cycle, frame, index, before, range) {
  const latent = frame.fate === 'lost' && cycle.state === 0;
  const box = element('div', {class: 'box'});
  if (frame.fate === 'js') {
    box.append(element('div', {class: 'name'}, shown(frame.text)),
      element('div', {class: 'place'}, 'JavaScript between wasm frames'));
  } else {
    const fn = report.functions[frame.fn];
    box.append(
      element('div', {class: 'name'}, fn.name ? shown(fn.name) : `func[${fn.index}]`,
        fn.name ? element('span', {class: 'index'}, ` func[${fn.index}]`) : null),
      element('div', {class: 'place'}, placeText(frame, fn)),
      element('div', {class: 'fate'}, fateText(frame, latent)));
  }
  const item = element('li', {class: `frame ${frame.fate}${latent ? ' latent' : ''}`}, box,
    bytesCell(frame, report.functions[frame.fn], cycle, report.snapshot(cycle.number), latent),
    stackPointerCell(frame, cycle, before, range));
  if (frame.fate === 'saved') item.style.setProperty('--hue', hueOf(index));
  return item;
}

// How full the buffer is, a stripe for each record.
function bufferGauge(cycle, frames) {
  if (cycle.size === 0 && cycle.used === 0) return null;
  const whole = Math.max(cycle.size, cycle.used);
  const bar = element('div', {class: 'bar', 'aria-hidden': 'true'});
  frames.forEach((frame, index) => {
    if (frame.fate !== 'saved') return;
    const stripe = element('span');
    stripe.style.width = `${100 * frame.bytes / whole}%`;
    if (cycle.size > 0 && frame.at + frame.bytes > cycle.size) stripe.className = 'beyond';
    else stripe.style.setProperty('--hue', hueOf(index));
    bar.append(stripe);
  });
  const where = cycle.data ? ` at ${hex(cycle.data)}` : '';
  const of = cycle.size === 0 ? `; its size is not known` : ` of ${count(cycle.size)}`;
  const over = cycle.size > 0 && cycle.used > cycle.size
    ? `: ${plural(cycle.used - cycle.size, 'byte')} behind its end overwritten` : '';
  return element('div', {class: 'gauge'}, bar,
    element('p', {}, `Buffer${where}: ${count(cycle.used)}${of} bytes used${over}`));
}

function markText(mark) {
  const where = `${shown(mark.file)}${mark.line ? `:${mark.line}` : ''}`;
  return `${where}${mark.code ? ` in ${shown(mark.code)}` : ''}, bytecode offset ${mark.offset}, depth ${mark.depth}`;
}

function drawStack(report, cycle) {
  const title = element('h2', {id: 'stack-title'}, `The stack at the suspend of cycle ${count(cycle.number)}`);
  const shape = cycle.shape;
  if (shape === null) {
    fill('stack', title, element('p', {class: 'note'}, 'This run suspends in more ways than the report draws; ' +
      'this cycle has its numbers on the timeline only.'));
    return;
  }
  const pointers = shape.frames.filter((frame) => frame.sp !== undefined).map((frame) => cycle.sp + frame.sp);
  const range = {least: Math.min(...pointers), most: Math.max(...pointers)};
  const list = element('ol', {class: 'frames', 'aria-label': 'Frames, innermost first'});
  if (shape.import) {
    list.append(element('li', {class: 'frame js'}, element('div', {class: 'box'},
      element('div', {class: 'name'}, shown(shape.import)),
      element('div', {class: 'place'}, 'JavaScript that the innermost frame called, and that suspended it'))));
  }
  let before = null;
  shape.frames.forEach((frame, index) => {
    list.append(frameItem(report, cycle, frame, index, before, range));
    if (frame.sp !== undefined) before = cycle.sp + frame.sp;
  });
  if (shape.more > 0) {
    list.append(element('li', {class: 'frame'}, element('div', {class: 'box'}, `${plural(shape.more, 'outer frame')} not drawn`)));
  }
  fill('stack', title,
    element('p', {class: 'note'}, shape.inferred
      ? 'Innermost frame on top; taken from an earlier cycle that began alike.'
      : 'Innermost frame on top. In a record, the call index is marked; the rest are saved locals.'),
    cycle.mark ? element('p', {class: 'standing'}, 'The program stood at ', element('code', {}, markText(cycle.mark)), '.') : null,
    bufferGauge(cycle, shape.frames),
    element('div', {class: 'heads', 'aria-hidden': 'true'}, element('span', {}, 'frame'),
      element('span', {}, 'record in the buffer, byte by byte'), element('span', {}, 'C stack pointer')),
    list);
}
