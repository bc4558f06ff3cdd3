// What the tests of attaching share: a server on loopback, and the command on a page and on a Node program,
// for which it must come to the same verdict.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import {folder} from '../../runtime/tests/support.mjs';

export const source = process.env.ASYNCSCOPE_SOURCE_DIR;
export const binary = process.env.ASYNCSCOPE_BINARY_DIR;
export const tool = path.join(binary, 'bin/asyncscope');

const kTypes = {'.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript',
                '.wasm': 'application/wasm', '.py': 'text/plain'};
const kTimeLimit = 120_000;

// Serves `pages` (path → text, or [type, body]) and the files below `roots` (prefix → folder). Where a page says
// POST /said/WHAT, `said` gets the body, a Buffer: await served.said('WHAT').
export async function serve(pages, roots = {}) {
  const heard = new Map();
  const entry = (what) => {
    if (!heard.has(what)) {
      let resolve;
      const promise = new Promise((done) => { resolve = done; });
      heard.set(what, {promise, resolve});
    }
    return heard.get(what);
  };
  const server = http.createServer((request, response) => {
    const {pathname} = new URL(request.url, 'http://localhost');
    if (request.method === 'POST') {
      const pieces = [];
      request.on('data', (data) => pieces.push(data));
      request.on('end', () => {
        response.end();
        entry(pathname.replace('/said/', '')).resolve(Buffer.concat(pieces));
      });
      return;
    }
    const [type, body] = contentOf(pages, roots, pathname);
    response.writeHead(body === null ? 404 : 200, {'Content-Type': type});
    response.end(body ?? '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    said: (what) => entry(what).promise,
    close: () => {
      server.closeAllConnections?.();
      server.close();
    },
  };
}

function contentOf(pages, roots, pathname) {
  const page = pages[pathname];
  if (page !== undefined) return Array.isArray(page) ? page : [kTypes[path.extname(pathname)] ?? 'text/html', page];
  for (const [prefix, folder] of Object.entries(roots)) {
    if (!pathname.startsWith(prefix)) continue;
    const file = path.join(folder, pathname.slice(prefix.length));
    if (fs.existsSync(file)) return [kTypes[path.extname(file)] ?? 'text/plain', fs.readFileSync(file)];
  }
  return ['text/plain', null];
}

// Starts the command; {child, done} with done → {code, out, err}.
export function start(words, options = {}) {
  const child = spawn(tool, words, options);
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => { out += data; });
  child.stderr.on('data', (data) => { err += data; });
  const timer = setTimeout(() => child.kill('SIGTERM'), kTimeLimit);
  const done = new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({code, out, err});
    });
  });
  return {child, done};
}

const kBrowsers = {
  chromium: (url, profile) => spawn('chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    `--user-data-dir=${profile}`, url], {stdio: 'ignore', detached: true}),
  firefox: (url, profile) => spawn('firefox-esr', ['--headless', '--no-remote', '--profile', profile, url],
    {stdio: 'ignore', detached: true, env: {...process.env, HOME: profile}}),
};

// Opens a page in a browser as it is, without the tool, and gives what over() gives.
export async function openIn(browser, url, over) {
  const profile = fs.mkdtempSync(path.join(folder, `${browser}-`));
  const child = kBrowsers[browser](url, profile);
  let late;
  try {
    const limit = new Promise((_, reject) => {
      late = setTimeout(() => reject(new Error(`${browser}: nothing came within ${kTimeLimit} ms`)), kTimeLimit);
    });
    return await Promise.race([over(), limit]);
  } finally {
    clearTimeout(late);
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}

// `asyncscope attach` on a page until `over()` resolves, then as Ctrl-C ends it: the report as JSON, with `said`
// what over() gave.
export async function attach(url, over, words = []) {
  const {child, done} = start(['attach', '--url', url, '--headless', '--json', ...words]);
  const said = await Promise.race([over(child), done.then(({code, err}) => {
    throw new Error(`it ended early, with exit code ${code}: ${err}`);
  })]);
  child.kill('SIGINT');
  return {...await reportOf(done), said};
}

export async function runInNode(words) {
  return reportOf(start(['run', '--json', '--', process.execPath, ...words]).done);
}

export async function reportOf(done) {
  const {code, out, err} = await done;
  assert.ok(code === 0 || code === 1, `exit code ${code}: ${err}`);
  const report = JSON.parse(out);
  assert.equal(report.events.lost, 0);
  return {code, report, err};
}

// What must not depend on where the program ran.
export function essence({report: {verdict, runs: [run]}}) {
  const place = verdict && {code: verdict.code, cycle: verdict.cycle, phase: verdict.phase, harm: verdict.harm,
    certainty: verdict.certainty, function: verdict.function?.index, site: verdict.site?.offset,
    flags: verdict.advice.flags};
  return {verdict: place, outcome: run.outcome, cycles: run.cycles, completed: run.cycles_completed,
          highWater: run.buffer_high_water, deepest: run.deepest_frames};
}

// Processes below `pid`, from /proc.
export function processesBelow(pid) {
  const parents = new Map();
  for (const name of fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      parents.set(Number(name), {parent, command: fs.readFileSync(`/proc/${name}/cmdline`, 'utf8')});
    } catch {
      // It has ended meanwhile.
    }
  }
  const below = (child) => {
    for (let at = parents.get(child)?.parent; at; at = parents.get(at)?.parent) if (at === pid) return true;
    return false;
  };
  return [...parents].filter(([child]) => below(child)).map(([child, {command}]) => ({pid: child, command}));
}
