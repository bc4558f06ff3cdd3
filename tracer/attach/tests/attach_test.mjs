// `asyncscope attach` on pages in headless Chromium: each verdict is the one that Node gives for the same program.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {after, test} from 'node:test';
import {asyncified, folder, kHostSource, kYieldWat, program} from '../../runtime/tests/support.mjs';
import {attach, binary, essence, openIn, processesBelow, reportOf, runInNode, serve, source, start} from
    './support.mjs';

const servers = [];
after(() => servers.forEach((server) => server.close()));

async function served(pages, roots = {}) {
  const server = await serve({'/favicon.ico': ['image/x-icon', ''], ...pages}, roots);
  servers.push(server);
  return server;
}

// --- a small module, on every way into the engine ------------------------------------------------------

// $middle is on the stack and pushes nothing.
const broken = asyncified('broken', kYieldWat, ['-O1', '--pass-arg=asyncify-removelist@middle']);
const bytes = fs.readFileSync(broken);
const kRun = `
  let text = '';
  for (let i = 1; i < 4; ++i) {
    try { text += drive(e, 'run', i) + ' '; } catch (error) { text += error.message + ' '; break; }
  }`;
const inNode = runInNode([program('broken.mjs', `
  import fs from 'node:fs';
  ${kHostSource}
  const e = (await WebAssembly.instantiate(fs.readFileSync(${JSON.stringify(broken)}), imports)).instance.exports;
  ${kRun}
  console.log(text);`)]);

const kSay = `await fetch('/said/done', {method: 'POST', body: text});`;
const base64 = bytes.toString('base64');
const ways = {
  'a page whose module arrives by streaming': {'/': `<!doctype html><script type="module">
    ${kHostSource}
    const {instance} = await WebAssembly.instantiateStreaming(fetch('/broken.wasm'), imports);
    const e = instance.exports; ${kRun} ${kSay}</script>`},
  'a page with the module inside the script': {'/': `<!doctype html><script type="module">
    ${kHostSource}
    const bytes = Uint8Array.from(atob('${base64}'), (c) => c.charCodeAt(0));
    const e = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports; ${kRun} ${kSay}</script>`},
  'a module in a worker, which its page ends at once': {
    '/': `<!doctype html><script>
      const worker = new Worker('/worker.js');
      worker.onmessage = async ({data: text}) => {
        worker.terminate();
        await fetch('/said/done', {method: 'POST', body: text});
      };</script>`,
    '/worker.js': `(async () => {
      ${kHostSource}
      const response = await fetch('/broken.wasm');
      const {instance} = await WebAssembly.instantiate(await response.arrayBuffer(), imports);
      const e = instance.exports; ${kRun} postMessage(text); })();`},
  'a module that its page compiles and a worker instantiates': {
    '/': `<!doctype html><script type="module">
      const module = await WebAssembly.compileStreaming(fetch('/broken.wasm'));
      const worker = new Worker('/worker.js');
      worker.onmessage = ({data: text}) => fetch('/said/done', {method: 'POST', body: text});
      worker.postMessage(module);</script>`,
    '/worker.js': `
      ${kHostSource}
      onmessage = async ({data: module}) => {
        const e = (await WebAssembly.instantiate(module, imports)).exports; ${kRun} postMessage(text);
      };`},
  'a frame of another site': {
    '/': `<!doctype html><script>
      const frame = document.createElement('iframe');
      frame.src = location.href.replace('127.0.0.1', 'localhost') + 'frame';
      document.documentElement.append(frame);</script>`,
    '/frame': `<!doctype html><script type="module">
      ${kHostSource}
      const {instance} = await WebAssembly.instantiateStreaming(fetch('/broken.wasm'), imports);
      const e = instance.exports; ${kRun} ${kSay}</script>`},
  'a module that a service worker hands out': {
    '/': `<!doctype html><script type="module">
      ${kHostSource}
      await navigator.serviceWorker.register('/service.js');
      await navigator.serviceWorker.ready;
      if (navigator.serviceWorker.controller === null) {
        await new Promise((done) => navigator.serviceWorker.oncontrollerchange = done);
      }
      const {instance} = await WebAssembly.instantiateStreaming(fetch('/not-there.wasm'), imports);
      const e = instance.exports; ${kRun} ${kSay}</script>`,
    '/service.js': `
      oninstall = () => skipWaiting();
      onactivate = (event) => event.waitUntil(clients.claim());
      onfetch = (event) => {
        if (event.request.url.endsWith('/not-there.wasm')) event.respondWith(fetch('/broken.wasm'));
      };`},
};

for (const [name, pages] of Object.entries(ways)) {
  test(name, async () => {
    const server = await served({...pages, '/broken.wasm': ['application/wasm', bytes]});
    const result = await attach(`${server.url}/`, () => server.said('done'));
    assert.equal(result.code, 1);
    assert.deepEqual(essence(result), essence(await inNode));
    assert.equal(result.report.verdict.function.name, 'middle');
  });
}

// --- whole interpreters ----------------------------------------------------------------------------------

const kProgram = 'i = 0\nwhile True:\n    i += 1\n    if i > 300: break\nprint(i)\n';
const roots = {'/interp/': path.join(source, 'interp'), '/wasm/': path.join(binary, 'interp/wasm'),
               '/seed/': path.join(source, 'cases/seed'), '/built/': path.join(binary, 'cases/seed'),
               '/node_modules/': path.join(source, 'node_modules')};

const interpPage = (variant) => ({'/': `<!doctype html><script type="module">
  import {runInterp} from '/interp/host.mjs';
  const {output, status, error} = await runInterp({variantDir: '/wasm/${variant}', policy: 'hooks:20',
    source: ${JSON.stringify(kProgram)}, filename: '<string>'});
  const text = JSON.stringify({output, status, error: error && String(error)});
  ${kSay}</script>`});

for (const variant of ['approach4-noasserts', 'mended4']) {
  test(`our interpreter's page, ${variant}`, async () => {
    const server = await served(interpPage(variant), roots);
    const page = await attach(`${server.url}/`, () => server.said('done'));
    const node = await runInNode([path.join(source, 'interp/run.mjs'), '--variant',
      path.join(binary, 'interp/wasm', variant), '--policy', 'hooks:20', '-c', kProgram]);
    const [here, there] = [essence(page), essence(node)];
    assert.deepEqual(here, there);
    const said = JSON.parse(page.said);
    if (variant === 'mended4') {
      assert.equal(page.code, 0);
      assert.deepEqual(said, {output: '301\n', status: 0, error: null});
      assert.ok(here.completed > 10 && here.completed === here.cycles);
    } else {
      assert.equal(here.verdict.code, 'uninstrumented-callsite-in-instrumented-frame');
      assert.equal(said.error, 'RuntimeError: unreachable');
    }
  });
}

test('stock MicroPython in a page', async () => {
  const server = await served({
    '/': `<!doctype html><script type="importmap">{"imports": {
        "@micropython/micropython-webassembly-pyscript":
            "/node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs",
        "node:fs/promises": "/files.mjs"}}</script>
      <script type="module">
        globalThis.setImmediate = (next) => setTimeout(next, 0);
        const {MicroPython} = await import('/seed/micropython/host.mjs');
        const {parsePolicy} = await import('/seed/policy.mjs');
        const vm = await MicroPython.load({wasm: '/built/micropython/broken.wasm', bufferSize: 4096,
                                           policy: parsePolicy('hooks:1'), write() {}});
        const source = await (await fetch('/seed/programs/1-while-true.py')).text();
        const text = await vm.run(source).then(() => 'passed', String);
        ${kSay}</script>`,
    '/files.mjs': `export const readFile = async (url) =>
                     new Uint8Array(await (await fetch(url)).arrayBuffer());`,
  }, roots);
  const page = await attach(`${server.url}/`, () => server.said('done'));
  const node = await runInNode([path.join(source, 'cases/seed/run.mjs'), '--vm', 'micropython', '--wasm',
    path.join(binary, 'cases/seed/micropython/broken.wasm'), '--program', '1', '--policy', 'hooks:1']);
  assert.deepEqual(essence(page).verdict, essence(node).verdict);
  assert.equal(page.report.verdict.function.index, 376);
  assert.match(String(page.said), /unreachable/);
});

// --- what the program sees -------------------------------------------------------------------------------

// All that a page can ask of the API that the runtime stands before.
const kQuestions = `<!doctype html><script type="module">
  ${kHostSource}
  const errorOf = async (ask) => {
    try {
      await ask();
      return 'none';
    } catch (error) {
      return String(error);
    }
  };
  const bytes = new Uint8Array(await (await fetch('/module.wasm')).arrayBuffer());
  const module = await WebAssembly.compileStreaming(fetch('/module.wasm'));
  const e = (await WebAssembly.instantiate(module, imports)).exports;
  const functions = [WebAssembly.instantiate, WebAssembly.instantiateStreaming, WebAssembly.compile,
    WebAssembly.Module, WebAssembly.Instance, WebAssembly.Module.exports, postMessage, setTimeout];
  const text = JSON.stringify({
    globals: Object.getOwnPropertyNames(globalThis).filter((name) => name !== 'asyncscope').sort(),
    listed: Object.keys(globalThis).sort(),
    functions: functions.map((f) => [f.name, f.length, String(f).includes('[native code]')]),
    exports: WebAssembly.Module.exports(module),
    imports: WebAssembly.Module.imports(module),
    sections: WebAssembly.Module.customSections(module, 'asyncscope.module').length,
    instance: Object.entries(e).map(([name, value]) => [name, typeof value, value.name, value.length]),
    frozen: Object.isFrozen(e) && Object.getPrototypeOf(e) === null,
    results: [1, 2, 3].map((i) => drive(e, 'run', i)),
    mime: await errorOf(() => WebAssembly.instantiateStreaming(fetch('/text'), imports)),
    missing: await errorOf(() => WebAssembly.compileStreaming(fetch('/missing'))),
    noResponse: await errorOf(() => WebAssembly.compileStreaming(7)),
    cut: await errorOf(() => WebAssembly.compile(bytes.subarray(0, 100))),
    cutModule: await errorOf(() => new WebAssembly.Module(bytes.subarray(0, 100))),
    noImports: await errorOf(() => WebAssembly.instantiate(bytes)),
    trap: await errorOf(() => e.trap(1)) === 'none' && await errorOf(() => drive(e, 'trap', 1)),
    used: await errorOf(async () => {
      const response = await fetch('/module.wasm');
      await response.arrayBuffer();
      await WebAssembly.compileStreaming(response);
    }),
  });
  ${kSay}</script>`;

test('a page finds everything as it is without the tool', async () => {
  const pages = {'/': kQuestions, '/text': ['text/plain', 'no module'],
    '/module.wasm': ['application/wasm', fs.readFileSync(asyncified('mended', kYieldWat))]};
  const [bare, attached] = [await served(pages), await served(pages)];
  const without = JSON.parse(await openIn('chromium', bare.url, () => bare.said('done')));
  const {said} = await attach(attached.url, () => attached.said('done'));
  assert.deepEqual(JSON.parse(said), without);
  assert.deepEqual(without.results, [1105, 1109, 1113]);
});

// --- Node ------------------------------------------------------------------------------------------------

const kPort = /Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)\//;

// Starts node --inspect-brk on a port that the system chooses, and attaches to it.
async function attachToNode(file, words = []) {
  const program_ = spawn(process.execPath, ['--inspect-brk=127.0.0.1:0', file]);
  let out = '';
  program_.stdout.on('data', (data) => { out += data; });
  const port = await new Promise((resolve) => {
    let err = '';
    program_.stderr.on('data', (data) => {
      err += data;
      const match = kPort.exec(err);
      if (match !== null) resolve(match[1]);
    });
  });
  const ended = new Promise((resolve) => program_.on('close', resolve));
  const result = await reportOf(start(['attach', '--port', port, '--json', ...words]).done);
  return {...result, programCode: await ended, out};
}

const nodeProgram = (file, rest) => `
  import fs from 'node:fs';
  import {Worker, isMainThread} from 'node:worker_threads';
  ${kHostSource}
  const e = (await WebAssembly.instantiate(fs.readFileSync(${JSON.stringify(file)}), imports)).instance.exports;
  ${rest}`;

test('a Node process: verdict, exit code and output', async () => {
  const file = program('inspected.mjs', nodeProgram(broken, `${kRun} console.log(text); process.exitCode = 5;`));
  const result = await attachToNode(file);
  assert.deepEqual(essence(result), essence(await runInNode([file])));
  assert.equal(result.programCode, 5);
  assert.equal(result.out, await runText(file));
});

test('a Node process that dies of an error, with its locals', async () => {
  const file = program('dying.mjs', nodeProgram(asyncified('mended', kYieldWat), `drive(e, 'trap', 7);`));
  const {report, programCode} = await attachToNode(file, ['--locals']);
  assert.equal(programCode, 1);
  assert.equal(report.runs[0].outcome, 'trap');
  const [note] = report.notes;
  assert.match(note, /^RuntimeError: unreachable, frame 0: trap: \$var0 = 7\b/);
});

test('worker threads of a Node process', async () => {
  const file = program('threads.mjs', nodeProgram(broken, `
    ${kRun}
    if (isMainThread) await new Promise((done) => new Worker(new URL(import.meta.url)).on('exit', done));`));
  const {report} = await attachToNode(file);
  assert.equal(report.runs[0].cycles, 2 * (await inNode).report.runs[0].cycles);
});

async function runText(file) {
  const child = spawn(process.execPath, [file]);
  let out = '';
  child.stdout.on('data', (data) => { out += data; });
  await new Promise((resolve) => child.on('close', resolve));
  return out;
}

// --- ends ------------------------------------------------------------------------------------------------

// The page cycles on and on in one task, so that no timer of it ever runs.
const busyPage = {'/': `<!doctype html><script type="module">
  ${kHostSource}
  const {instance} = await WebAssembly.instantiateStreaming(fetch('/module.wasm'), imports);
  await fetch('/said/started', {method: 'POST', body: ''});
  for (let i = 0; ; i = (i + 1) % 1000) drive(instance.exports, 'run', i);</script>`};

test('a page that is killed in the middle leaves a whole trace', async () => {
  const mended = fs.readFileSync(asyncified('mended', kYieldWat));
  const server = await served({...busyPage, '/module.wasm': ['application/wasm', mended]});
  const trace = path.join(folder, 'killed.atrace');
  const {child, done} = start(['attach', '--url', server.url, '--headless', '--json', '-o', trace]);
  await server.said('started');
  while (!fs.existsSync(trace) || fs.statSync(trace).size < 1 << 20) await new Promise((next) => setTimeout(next, 50));
  const renderers = processesBelow(child.pid).filter(({command}) => command.includes('--type=renderer'));
  assert.ok(renderers.length > 0);
  for (const {pid} of renderers) process.kill(pid, 'SIGKILL');
  const {report} = await reportOf(done);
  const [run] = report.runs;
  assert.equal(run.outcome, 'killed');
  assert.ok(run.cycles_completed > 1000, `${run.cycles_completed} cycles`);
  assert.equal(report.verdict, null);
  assert.deepEqual((await reportOf(start(['diagnose', '--json', trace]).done)).report.events, report.events);
});

test('a page that is busy for ever ends with Ctrl-C, nothing lost', async () => {
  const mended = fs.readFileSync(asyncified('mended', kYieldWat));
  const server = await served({...busyPage, '/module.wasm': ['application/wasm', mended]});
  const {report} = await attach(server.url, () => server.said('started'));
  assert.equal(report.verdict, null);
  assert.ok(report.runs[0].cycles > 0);
});

test('reload and navigation are survived', async () => {
  const page = (next) => `<!doctype html><script type="module">
    ${kHostSource}
    const {instance} = await WebAssembly.instantiateStreaming(fetch('/broken.wasm'), imports);
    const e = instance.exports; ${kRun} ${next}</script>`;
  const server = await served({
    '/': page(`if (sessionStorage.seen) location = '/second'; else { sessionStorage.seen = 1; location.reload(); }`),
    '/second': page(kSay), '/broken.wasm': ['application/wasm', bytes]});
  const {report} = await attach(`${server.url}/`, () => server.said('done'));
  const once = await inNode;
  assert.equal(report.runs[0].cycles, 3 * once.report.runs[0].cycles);
  assert.equal(report.verdict.code, once.report.verdict.code);
});

test('an address that does not answer is not a run', async () => {
  const {code, err} = await start(['attach', '--url', 'http://127.0.0.1:1/', '--headless']).done;
  assert.equal(code, 4);
  assert.match(err, /^asyncscope: http:\/\/127\.0\.0\.1:1\/ cannot be opened: net::ERR_[A-Z_]+; \S.*\n$/);
});
