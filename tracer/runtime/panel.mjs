// A small panel in the page: what is being recorded, and the trace to take away.
//
// It lives in a shadow tree beside the body, so that neither the page's styles nor its scripts meet it. Every
// text is set as text.

import {CycleRate, describeFigures} from './live_figures.mjs';

const kMilliseconds = 500;

const kStyle = `
:host { all: initial; position: fixed; right: 12px; bottom: 12px; z-index: 2147483647; max-width: calc(100vw - 24px);
  color-scheme: light dark; }
section { font: 13px/1.4 system-ui, sans-serif; padding: 10px 12px; border-radius: 8px; max-width: 340px; box-sizing: border-box;
  color: light-dark(#1c2024, #e8eaed); background: light-dark(#ffffff, #22262b);
  border: 1px solid light-dark(#c9ced6, #454b54); box-shadow: 0 2px 12px rgb(0 0 0 / 25%); }
h2 { font: inherit; font-weight: 600; margin: 0; }
p { margin: 2px 0 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.error { color: light-dark(#a4161a, #ff8f8f); }
.error:empty { display: none; }
div { display: flex; gap: 8px; margin-top: 8px; }
button { font: inherit; padding: 3px 10px; border-radius: 6px; cursor: pointer;
  color: inherit; background: light-dark(#eef1f5, #31373f); border: 1px solid light-dark(#c9ced6, #59616c); }
button:focus-visible { outline: 2px solid light-dark(#1259c3, #8ab4ff); outline-offset: 2px; }
`;

function element(name, text = '', properties = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  return Object.assign(made, properties);
}

export class Panel {
  constructor(recording, download) {
    this.recording = recording;
    this.rate = new CycleRate();
    this.host = document.createElement('asyncscope-panel');
    const root = this.host.attachShadow({mode: 'closed'});
    // Not a <style>: a page's policy may forbid those.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(kStyle);
    root.adoptedStyleSheets = [sheet];
    this.state = element('p');
    this.error = element('p', '', {className: 'error'});
    const buttons = element('div');
    buttons.append(element('button', 'Download trace', {type: 'button', onclick: download}),
                   element('button', 'Hide', {type: 'button', onclick: () => this.hide()}));
    const section = element('section');
    section.setAttribute('aria-label', 'asyncscope');
    section.append(element('h2', 'asyncscope records'), this.state, this.error, buttons);
    root.append(section);
    document.documentElement.append(this.host);
    this.timer = setInterval(() => this.show(), kMilliseconds);
    this.show();
  }

  show() {
    const {modules, figures, error, full} = this.recording;
    const state = modules === 0 ? 'No module built with ASYNCIFY has been loaded yet.' :
        `${describeFigures(figures, this.rate.next(figures))}${full ? '; memory is full, recording has stopped' : ''}`;
    const failure = error === null ? '' : `${error.name}: ${error.message}`;
    // Only what has changed: a screen reader or a selection is left alone.
    if (this.state.textContent !== state) this.state.textContent = state;
    if (this.error.textContent !== failure) this.error.textContent = failure;
  }

  hide() {
    clearInterval(this.timer);
    this.host.remove();
  }
}
