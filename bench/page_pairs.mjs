// The same in a page: one workload in two frames, in turn, in headless Chromium. Prints how long each run took:
// {"pairs": [[untouched ms, other ms], ...]}.
//
//   node page_pairs.mjs --micropython FILE --pairs N --warm-up N [--script FILE] [--other-first] [--browser NAME]
//
// The other frame loads the runtime for pages (--script), or is a second untouched one: the control. Both
// frames live in one process and on one thread; each has a global scope, glue code and an instance of its own.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    micropython: { type: 'string' },
    script: { type: 'string' },
    pairs: { type: 'string' },
    'warm-up': { type: 'string' },
    'other-first': { type: 'boolean', default: false },
    browser: { type: 'string', default: 'chromium' },
  },
});
const source = fileURLToPath(new URL('..', import.meta.url));
const package_ = 'node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs';

const framePage = (traced) => `<!doctype html>
  <script type="importmap">{"imports": {"@micropython/micropython-webassembly-pyscript": "/${package_}",
                                        "node:fs/promises": "/files.mjs"}}</script>
  ${traced ? '<script type="module" src="/runtime.mjs"></script>' : ''}
  <script type="module">
    const {MicroPython} = await import('/cases/seed/micropython/host.mjs');
    const {parsePolicy} = await import('/cases/seed/policy.mjs');
    const program = await (await fetch('/bench/programs/cpu.py')).text();
    const vm = await MicroPython.load({wasm: '/module.wasm', policy: parsePolicy('hooks:1000000000'), write() {}});
    parent.ready({async run() {
      const start = performance.now();
      await vm.run(program);
      return performance.now() - start;
    }});
  </script>`;

const page = `<!doctype html><title>pairs</title><script type="module">
  const frames = [];
  for (const which of ${options['other-first'] ? '[1, 0]' : '[0, 1]'}) {
    const frame = document.createElement('iframe');
    frame.src = which === 1 ? '/other.html' : '/untouched.html';
    frames[which] = await new Promise((done) => {
      globalThis.ready = done;
      document.documentElement.append(frame);
    });
    for (let i = 0; i < ${Number(options['warm-up'])}; i++) await frames[which].run();
  }
  const pairs = [];
  for (let i = 0; i < ${Number(options.pairs)}; i++) {
    const pair = [0, 0];
    for (const which of i % 2 === 0 ? [0, 1] : [1, 0]) pair[which] = await frames[which].run();
    pairs.push(pair);
  }
  await fetch('/done', {method: 'POST', body: JSON.stringify({pairs})});
</script>`;

const files = {
  '/': ['text/html', () => page],
  '/untouched.html': ['text/html', () => framePage(false)],
  '/other.html': ['text/html', () => framePage(options.script !== undefined)],
  '/runtime.mjs': ['text/javascript', () => readFileSync(options.script)],
  '/module.wasm': ['application/wasm', () => readFileSync(options.micropython)],
  '/files.mjs': ['text/javascript', () =>
    'export const readFile = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());'],
  [`/${package_}`]: ['text/javascript', () => readFileSync(join(source, package_))],
  '/cases/seed/micropython/host.mjs': ['text/javascript', () => readFileSync(join(source, 'cases/seed/micropython/host.mjs'))],
  '/cases/seed/asyncify_host.mjs': ['text/javascript', () => readFileSync(join(source, 'cases/seed/asyncify_host.mjs'))],
  '/cases/seed/policy.mjs': ['text/javascript', () => readFileSync(join(source, 'cases/seed/policy.mjs'))],
  '/bench/programs/cpu.py': ['text/plain', () => readFileSync(join(source, 'bench/programs/cpu.py'))],
};

const profile = mkdtempSync(join(tmpdir(), 'asyncscope-bench-'));
const server = createServer((request, response) => {
  if (request.method === 'POST') {
    let text = '';
    request.on('data', (data) => { text += data; });
    request.on('end', () => {
      process.stdout.write(`${text}\n`);
      end(0);
    });
    return;
  }
  const [type, content] = files[new URL(request.url, 'http://localhost').pathname] ?? ['text/plain', null];
  response.writeHead(content === null ? 404 : 200, { 'Content-Type': type });
  response.end(content === null ? '' : content());
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = spawn(options.browser, ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  `--user-data-dir=${profile}`, `http://127.0.0.1:${server.address().port}/`], { stdio: 'ignore', detached: true });
browser.on('error', ({ message }) => {
  process.stderr.write(`${message}\n`);
  end(1);
});

function end(code) {
  try {
    process.kill(-browser.pid, 'SIGKILL');
  } catch {
    // It was never there.
  }
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  process.exit(code);
}
