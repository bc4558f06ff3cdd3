// One line on a terminal, written anew some times a second while a recording goes on.

import {CycleRate, describeFigures} from './live_figures.mjs';

const kMilliseconds = 250;

export class LiveLine {
  constructor(stream, recording) {
    this.stream = stream;
    this.timer = null;
    if (!stream.isTTY) return;
    const rate = new CycleRate();
    this.timer = setInterval(() => {
      const {modules, figures} = recording;
      const what = modules === 0 ? 'no module built with ASYNCIFY has been loaded yet' :
          describeFigures(figures, rate.next(figures));
      const text = `recording: ${what}`.slice(0, (stream.columns ?? 80) - 1);
      stream.write(`\r\x1b[K${text}`);
    }, kMilliseconds);
  }

  end() {
    if (this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
    this.stream.write('\r\x1b[K');
  }
}
