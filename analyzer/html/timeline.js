// The timeline: depth, buffer use and C stack over the cycles, from all of them down to one.
//
// Each pixel column shows the least and the most of the cycles under it (Pyramid), so that drawing
// costs the same for a hundred cycles and for a million. The element is a slider over the cycles for
// the keyboard and for screen readers; the same numbers are to be had as a table.

const kLeft = 62, kRight = 12, kTop = 12, kLane = 72, kGap = 12, kHeight = 288;
const kTableRows = 20;

class Timeline {
  constructor(report, onSelect) {
    this.report = report;
    this.onSelect = onSelect;
    this.count = report.cycles.count;
    const {depth, used, sp, state} = report.cycles.columns;
    this.lanes = [
      {name: 'depth', unit: 'frames', pyramid: new Pyramid(depth), fromZero: true, colour: '--hue-0'},
      {name: 'buffer', unit: 'bytes', pyramid: new Pyramid(used), fromZero: true, colour: '--hue-2', limit: report.cycles.columns.size[0]},
      {name: 'C stack', unit: 'pointer', pyramid: new Pyramid(sp), fromZero: false, colour: '--hue-3'},
    ];
    for (const lane of this.lanes) {
      const all = lane.pyramid.range(0, this.count);
      lane.least = lane.fromZero ? 0 : all.least;
      lane.most = lane.fromZero ? Math.max(all.most, 1) : all.most;
      if (lane.limit > 0 && lane.limit < lane.most * 4) lane.most = Math.max(lane.most, lane.limit);
    }
    this.state = new Pyramid(state);
    this.marked = report.markedCycles;
    this.selected = 0;
    this.begin = 0;
    this.end = this.count;
    this.build();
  }

  build() {
    this.canvas = element('canvas', {'aria-hidden': 'true'});
    this.plot = element('div', {class: 'plot', tabindex: '0', role: 'slider', 'aria-label': 'Cycle', id: 'plot',
      'aria-valuemin': '1', 'aria-valuemax': String(this.count), 'aria-describedby': 'timeline-keys'}, this.canvas);
    this.readout = element('p', {class: 'readout', 'aria-live': 'polite'});
    this.table = element('div', {class: 'scroller', tabindex: '0', role: 'region', 'aria-label': 'The range as a table'});
    this.details = element('details', {}, element('summary', {}, 'This range as a table'), this.table);
    const button = (label, name, action) => {
      const node = element('button', {type: 'button', 'aria-label': name, title: name}, label);
      node.addEventListener('click', action);
      return node;
    };
    this.buttons = {
      in: button('+', 'Zoom in', () => this.zoom(0.25, this.selected + 0.5)),
      out: button('−', 'Zoom out', () => this.zoom(4, this.selected + 0.5)),
      all: button('All', 'Show all cycles', () => this.show(0, this.count)),
      before: button('‹ finding', 'Previous cycle with a finding', () => this.jump(-1)),
      after: button('finding ›', 'Next cycle with a finding', () => this.jump(1)),
    };
    const {columns} = this.report.cycles;
    let unfinished = 0;
    for (const state of columns.state) if (state !== 0) ++unfinished;
    const last = this.count - 1;
    const length = columns.begin[last] + columns.unwind[last] + columns.suspended[last] + columns.rewind[last] - columns.begin[0];
    const finds = this.marked.length > 0;
    fill('timeline',
      element('h2', {id: 'timeline-title'}, 'Timeline'),
      element('p', {class: 'note'}, `${plural(this.count, 'cycle')}, ` +
        `${unfinished === 0 ? 'all completed' : `${count(unfinished)} not completed`}` +
        `${this.report.cycles.ticks ? `, over ${duration(length)}` : ''}.`),
      element('div', {class: 'tools'}, this.buttons.in, this.buttons.out, this.buttons.all,
        element('span', {class: 'gap'}), finds ? this.buttons.before : null, finds ? this.buttons.after : null),
      this.plot, this.readout,
      element('p', {class: 'note', id: 'timeline-keys'}, element('kbd', {}, '←'), ' ', element('kbd', {}, '→'), ' a cycle, ',
        element('kbd', {}, 'Page Up'), ' ', element('kbd', {}, 'Page Down'), ' a tenth of the view, ', element('kbd', {}, 'Home'), ' ',
        element('kbd', {}, 'End'), ' first and last, ', element('kbd', {}, '+'), ' ', element('kbd', {}, '−'), ' zoom, ',
        element('kbd', {}, '0'), ' all, ', element('kbd', {}, 'n'), ' ', element('kbd', {}, 'p'), ' findings. Drag to move, ',
        element('kbd', {}, 'Ctrl'), ' and the wheel to zoom.'),
      this.details);
    this.listen();
  }

  listen() {
    this.plot.addEventListener('keydown', (event) => this.key(event));
    this.plot.addEventListener('wheel', (event) => this.wheel(event), {passive: false});
    this.plot.addEventListener('pointerdown', (event) => this.down(event));
    this.plot.addEventListener('pointermove', (event) => this.move(event));
    for (const name of ['pointerup', 'pointercancel']) {
      this.plot.addEventListener(name, (event) => this.up(event));
    }
    this.plot.addEventListener('dblclick', (event) => this.zoom(0.25, this.cycleAt(event)));
    this.details.addEventListener('toggle', () => this.fillTable());
    new ResizeObserver(() => this.requestDraw()).observe(this.plot);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.requestDraw());
    this.pointers = new Map();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const tenth = Math.max(1, Math.round((this.end - this.begin) / 10));
    const middle = this.selected + 0.5;
    const actions = {
      ArrowRight: () => this.select(this.selected + 1), ArrowUp: () => this.select(this.selected + 1),
      ArrowLeft: () => this.select(this.selected - 1), ArrowDown: () => this.select(this.selected - 1),
      PageUp: () => this.select(this.selected + tenth), PageDown: () => this.select(this.selected - tenth),
      Home: () => this.select(0), End: () => this.select(this.count - 1),
      '+': () => this.zoom(0.5, middle), '=': () => this.zoom(0.5, middle), '-': () => this.zoom(2, middle),
      '0': () => this.show(0, this.count), n: () => this.jump(1), p: () => this.jump(-1),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  // A plain wheel scrolls the page, as elsewhere.
  wheel(event) {
    const width = this.end - this.begin;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 100)) * 0.5), this.cycleAt(event));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      const by = (event.deltaX || event.deltaY) / this.plotWidth() * width;
      this.show(this.begin + by, this.end + by);
    }
  }

  down(event) {
    this.pointers.set(event.pointerId, event.clientX);
    this.plot.setPointerCapture(event.pointerId);
    this.dragged = 0;
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (before === undefined) return;
    const by = event.clientX - before;
    this.dragged += Math.abs(by);
    if (this.pointers.size === 2) {
      const other = [...this.pointers].find(([id]) => id !== event.pointerId)[1];
      const apart = Math.abs(before - other), now = Math.abs(event.clientX - other);
      if (apart > 8 && now > 8) this.zoom(apart / now, this.cycleAt({clientX: (event.clientX + other) / 2}));
    } else if (this.dragged > 4) {
      const cycles = by / this.plotWidth() * (this.end - this.begin);
      this.show(this.begin - cycles, this.end - cycles);
    }
    this.pointers.set(event.pointerId, event.clientX);
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    if (event.type === 'pointerup' && this.dragged <= 4) this.select(Math.floor(this.cycleAt(event)));
  }

  plotWidth() {
    return Math.max(1, this.plot.clientWidth - kLeft - kRight);
  }

  cycleAt(event) {
    const x = event.clientX - this.plot.getBoundingClientRect().left - kLeft;
    return this.begin + x / this.plotWidth() * (this.end - this.begin);
  }

  // Makes that part of the run the view, moved and limited so that it lies in the run.
  show(begin, end) {
    const width = Math.min(this.count, Math.max(Math.min(8, this.count), end - begin));
    this.begin = Math.max(0, Math.min(this.count - width, begin));
    this.end = this.begin + width;
    this.requestDraw();
  }

  zoom(factor, around) {
    const width = Math.max(8, (this.end - this.begin) * factor);
    const share = (around - this.begin) / (this.end - this.begin);
    this.show(around - share * width, around + (1 - share) * width);
  }

  jump(direction) {
    const number = this.selected + 1;
    const found = direction > 0 ? this.marked.find((cycle) => cycle > number)
      : this.marked.findLast((cycle) => cycle < number);
    if (found !== undefined) this.select(found - 1);
  }

  select(index) {
    this.selected = Math.max(0, Math.min(this.count - 1, index));
    if (this.selected < this.begin || this.selected >= this.end) {
      const half = (this.end - this.begin) / 2;
      this.show(this.selected - half, this.selected + half);
    }
    const cycle = this.report.cycle(this.selected + 1);
    const states = ['completed', 'its unwind never ended', 'never resumed', 'its rewind never ended'];
    const buffer = cycle.size > 0 ? `${count(cycle.used)} of ${count(cycle.size)} bytes` : `${count(cycle.used)} bytes`;
    const text = `depth ${cycle.depth}, buffer ${buffer}, C stack ${cycle.sp}` +
      `${this.report.cycles.ticks ? `, suspended ${duration(cycle.suspended)}` : ''}, ${states[cycle.state]}`;
    this.readout.replaceChildren(element('strong', {}, `Cycle ${count(cycle.number)}`), ` of ${count(this.count)}: ${text}.`,
      cycle.mark ? ` At ${markText(cycle.mark)}.` : '');
    this.plot.setAttribute('aria-valuenow', String(cycle.number));
    this.plot.setAttribute('aria-valuetext', `cycle ${cycle.number}: ${text}`);
    this.requestDraw();
    this.onSelect(cycle);
  }

  // Cycles from begin up to, not including, end; at least one.
  slice(lane, begin, end) {
    const from = Math.max(0, Math.floor(begin));
    return lane.range(from, Math.min(this.count, Math.max(from + 1, Math.ceil(end))));
  }

  requestDraw() {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.draw();
      this.fillTable();
      this.buttons.in.disabled = this.end - this.begin <= 8;
      this.buttons.out.disabled = this.buttons.all.disabled = this.end - this.begin >= this.count;
    });
  }

  draw() {
    const width = this.plot.clientWidth;
    if (width === 0) return;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(kHeight * ratio);
    const pen = this.canvas.getContext('2d');
    pen.scale(ratio, ratio);
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    pen.font = `11px ${colour('--mono')}`;
    this.lanes.forEach((lane, index) => this.drawLane(pen, lane, kTop + index * (kLane + kGap), colour));
    this.drawStates(pen, colour);
    this.drawAxis(pen, colour);
    this.drawSelected(pen, colour);
  }

  drawLane(pen, lane, top, colour) {
    const bottom = top + kLane, width = this.plotWidth();
    const flat = lane.most === lane.least;
    const y = (value) => bottom - (flat ? 0.5 : (value - lane.least) / (lane.most - lane.least)) * (kLane - 14);
    pen.fillStyle = colour('--soft');
    pen.textAlign = 'right';
    pen.fillText(this.short(lane.most), kLeft - 8, y(lane.most) + 4);
    if (!flat) pen.fillText(this.short(lane.least), kLeft - 8, bottom);
    pen.textAlign = 'left';
    pen.fillStyle = colour('--rule');
    pen.fillRect(kLeft, bottom, width, 1);
    if (lane.limit > 0 && lane.limit <= lane.most) pen.fillRect(kLeft, y(lane.limit), width, 1);
    pen.fillStyle = colour(lane.colour);
    const perCycle = width / (this.end - this.begin);
    if (perCycle >= 1) {
      const gap = perCycle > 4 ? 1 : 0;
      for (let i = Math.floor(this.begin); i < Math.min(this.count, this.end); ++i) {
        const value = lane.pyramid.levels[0].most[i];
        const x = Math.max(kLeft, kLeft + (i - this.begin) * perCycle);
        const right = Math.min(kLeft + width, kLeft + (i + 1 - this.begin) * perCycle);
        this.bar(pen, lane, x, right - x - gap, y(value), bottom);
      }
    } else {
      for (let x = 0; x < width; ++x) {
        const {least, most} = this.slice(lane.pyramid, this.begin + x / perCycle, this.begin + (x + 1) / perCycle);
        this.bar(pen, lane, kLeft + x, 1, y(most), bottom);
        pen.fillRect(kLeft + x, y(most), 1, Math.max(1.5, y(least) - y(most)));
      }
    }
    pen.fillStyle = colour('--soft');
    pen.fillText(`${lane.name}, ${lane.unit}`, kLeft + 2, top + 8);
  }

  // A firm edge, and where the lane begins at nothing a pale column under it.
  bar(pen, lane, x, width, top, bottom) {
    if (width <= 0) return;
    if (lane.fromZero) {
      pen.globalAlpha = 0.28;
      pen.fillRect(x, top, width, bottom - top);
      pen.globalAlpha = 1;
    }
    pen.fillRect(x, top, width, 1.5);
  }

  // Under the lanes: red where a cycle was not completed, a triangle where a finding is.
  drawStates(pen, colour) {
    const y = kTop + 3 * (kLane + kGap) - 6, width = this.plotWidth();
    const perPixel = (this.end - this.begin) / width;
    pen.fillStyle = colour('--red');
    for (let x = 0; x < width; ++x) {
      if (this.slice(this.state, this.begin + x * perPixel, this.begin + (x + 1) * perPixel).most > 0) {
        pen.fillRect(kLeft + x, y, 1, 4);
      }
    }
    for (const number of this.marked) {
      if (number <= this.begin || number > this.end) continue;
      const x = kLeft + (number - 0.5 - this.begin) / perPixel;
      pen.beginPath();
      pen.moveTo(x, y - 1);
      pen.lineTo(x - 5, y + 8);
      pen.lineTo(x + 5, y + 8);
      pen.fill();
    }
  }

  drawAxis(pen, colour) {
    const width = this.plotWidth(), cycles = this.end - this.begin;
    const most = Math.max(2, Math.floor(width / 110));
    let step = 10 ** Math.floor(Math.log10(cycles / most));
    for (const factor of [1, 2, 5, 10]) {
      if (cycles / (step * factor) <= most) {
        step *= factor;
        break;
      }
    }
    step = Math.max(1, step);
    pen.textAlign = 'center';
    for (let number = Math.ceil((this.begin + 1) / step) * step; number <= this.end; number += step) {
      const x = kLeft + (number - 0.5 - this.begin) / cycles * width;
      pen.fillStyle = colour('--soft');
      if (x > kLeft + 12 && x < kLeft + width - 16) pen.fillText(count(number), x, kHeight - 8);
    }
    pen.textAlign = 'left';
  }

  drawSelected(pen, colour) {
    if (this.selected < this.begin || this.selected >= this.end) return;
    const perCycle = this.plotWidth() / (this.end - this.begin);
    const x = kLeft + (this.selected + 0.5 - this.begin) * perCycle;
    pen.fillStyle = colour('--ink');
    pen.fillRect(Math.round(x), kTop - 4, 1, 3 * (kLane + kGap) - 2);
    pen.beginPath();
    pen.arc(Math.round(x) + 0.5, kTop - 4, 3, 0, 7);
    pen.fill();
  }

  short(value) {
    if (value < 1e5) return String(value);
    if (value < 1e8) return `${Math.round(value / 1e3)}k`;
    return `${Math.round(value / 1e6)}M`;
  }

  fillTable() {
    if (!this.details.open) return;
    const cycles = this.end - this.begin, rows = Math.min(kTableRows, Math.ceil(cycles));
    const between = ({least, most}) => least === most ? count(least) : `${count(least)} – ${count(most)}`;
    const body = element('tbody');
    for (let i = 0; i < rows; ++i) {
      const from = Math.round(this.begin + i * cycles / rows), to = Math.max(from + 1, Math.round(this.begin + (i + 1) * cycles / rows));
      body.append(element('tr', {},
        element('th', {scope: 'row'}, to - from === 1 ? count(from + 1) : `${count(from + 1)} – ${count(to)}`),
        ...this.lanes.map((lane) => element('td', {class: 'number'}, between(lane.pyramid.range(from, to)))),
        element('td', {}, this.state.range(from, to).most > 0 ? 'not all completed' : 'completed')));
    }
    this.table.replaceChildren(element('table', {}, element('caption', {class: 'visually-hidden'}, 'Least and most of each range of cycles'),
      element('thead', {}, element('tr', {}, element('th', {scope: 'col'}, 'Cycles'), element('th', {scope: 'col', class: 'number'}, 'Depth'),
        element('th', {scope: 'col', class: 'number'}, 'Buffer bytes'), element('th', {scope: 'col', class: 'number'}, 'C stack'),
        element('th', {scope: 'col'}, 'State'))), body));
  }
}
