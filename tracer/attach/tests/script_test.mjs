// The runtime without DevTools: a script of the page, or a part of an Emscripten program, in Chromium and in Firefox.
// The trace that the page gives away is judged as that of Node.

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {after, test} from 'node:test';
import {asyncified, folder, kHostSource, kYieldWat, program} from '../../runtime/tests/support.mjs';
import {binary, essence, openIn, reportOf, runInNode, serve, source, start} from './support.mjs';

const runtime = path.join(binary, 'runtime');
const script = {'/asyncscope.mjs': fs.readFileSync(path.join(runtime, 'asyncscope.mjs'))};
const roots = {'/interp/': path.join(source, 'interp'), '/wasm/': path.join(binary, 'interp/wasm')};
const servers = [];
after(() => servers.forEach((server) => server.close()));

const kBrowsers = ['chromium', 'firefox'];

// Opens `pages` in a browser; what they POST to /said/trace is diagnosed.
async function traceOf(browser, pages) {
  const server = await serve({'/favicon.ico': ['image/x-icon', ''], ...script, ...pages}, roots);
  servers.push(server);
  const [trace, said] = await openIn(browser, `${server.url}/`, () =>
    Promise.all([server.said('trace'), server.said('done')]));
  const file = path.join(folder, `${browser}${servers.length}.atrace`);
  fs.writeFileSync(file, trace);
  return {...await reportOf(start(['diagnose', '--json', file]).done), said: String(said), file};
}

const kSay = `await fetch('/said/done', {method: 'POST', body: text});
  await fetch('/said/trace', {method: 'POST', body: await asyncscope.trace()});`;
const kProgram = 'i = 0\nwhile True:\n    i += 1\n    if i > 300: break\nprint(i)\n';
const interpPage = (variant) => `<!doctype html><title>interp</title>
  <script type="module" src="/asyncscope.mjs"></script>
  <script type="module">
    import {runInterp} from '/interp/host.mjs';
    const {output, status, error} = await runInterp({variantDir: '/wasm/${variant}', policy: 'hooks:20',
      source: ${JSON.stringify(kProgram)}, filename: '<string>'});
    const text = JSON.stringify({output, status, error: error && error.name});
    ${kSay}</script>`;

for (const browser of kBrowsers) {
  for (const variant of ['approach4-noasserts', 'mended4']) {
    test(`our interpreter in ${browser}, ${variant}`, async () => {
      const page = await traceOf(browser, {'/': interpPage(variant)});
      const node = await runInNode([path.join(source, 'interp/run.mjs'), '--variant',
        path.join(binary, 'interp/wasm', variant), '--policy', 'hooks:20', '-c', kProgram]);
      assert.deepEqual(essence(page), essence(node));
      const said = JSON.parse(page.said);
      assert.deepEqual(said, variant === 'mended4' ? {output: '301\n', status: 0, error: null} :
          {output: '', status: null, error: 'RuntimeError'});
    });
  }
}

// --- as a part of an Emscripten program --------------------------------------------------------------------

const kSource = `
  #include <emscripten.h>
  #include <stdio.h>
  typedef int (*step)(int);
  __attribute__((noinline)) int nap(int n) { emscripten_sleep(1); return n + 1; }
  step steps[] = {nap, nap};
  __attribute__((noinline)) int walk(int n) { emscripten_sleep(0); return steps[n & 1](n) + 1; }
  int main(int argc, char **argv) { printf("%d\\n", walk(argc)); return 0; }`;

for (const browser of kBrowsers) {
  test(`emcc --pre-js in ${browser}`, async () => {
    const file = program('pre.c', kSource);
    const output = path.join(folder, `pre-${browser}.js`);
    execFileSync('emcc', [file, '-O2', '-o', output, '--pre-js', path.join(runtime, 'asyncscope-pre.js'),
      '-sASYNCIFY=1', '-sASYNCIFY_IGNORE_INDIRECT=1', '--profiling-funcs'],
    // Debian's emcc finds its JavaScript optimiser's parser only there.
    {stdio: 'pipe', env: {...process.env, NODE_PATH: process.env.NODE_PATH ?? '/usr/share/nodejs'}});
    const page = await traceOf(browser, {
      '/': `<!doctype html><title>pre</title><script>
        var text = '';
        var done = () => setTimeout(async () => { ${kSay} }, 300);
        var Module = {print: (line) => text += line};
        onerror = () => { text += 'error'; done(); };
        setTimeout(done, 3000);
        </script><script src="/pre.js"></script>`,
      '/pre.js': fs.readFileSync(output),
      '/pre-chromium.wasm': fs.readFileSync(output.replace('.js', '.wasm')),
      '/pre-firefox.wasm': fs.readFileSync(output.replace('.js', '.wasm')),
    });
    assert.equal(page.report.verdict.code, 'uninstrumented-callsite-in-instrumented-frame');
    assert.equal(page.report.verdict.site.kind, 'call_indirect');
  });
}

// --- workers, and the panel --------------------------------------------------------------------------------

test('a worker that loads the script tells its page', async () => {
  const broken = asyncified('broken', kYieldWat, ['-O1', '--pass-arg=asyncify-removelist@middle']);
  const run = `let text = '';
    for (let i = 1; i < 4; ++i) {
      try { text += drive(e, 'run', i) + ' '; } catch (error) { text += error.message + ' '; break; }
    }`;
  const page = await traceOf('chromium', {
    '/': `<!doctype html><title>worker</title><script type="module" src="/asyncscope.mjs"></script>
      <script type="module">
        const worker = new Worker('/worker.mjs', {type: 'module'});
        const text = await new Promise((done) => worker.onmessage = ({data}) => done(data));
        await new Promise((done) => setTimeout(done, 300));
        ${kSay}</script>`,
    '/worker.mjs': `
      import '/asyncscope.mjs';
      ${kHostSource}
      const bytes = await (await fetch('/broken.wasm')).arrayBuffer();
      const e = (await WebAssembly.instantiate(bytes, imports)).instance.exports;
      ${run} postMessage(text);`,
    '/broken.wasm': ['application/wasm', fs.readFileSync(broken)],
  });
  assert.equal(page.report.verdict.function.name, 'middle');
});
