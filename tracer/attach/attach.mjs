// The client of the DevTools protocol that `asyncscope attach` runs:   node attach.mjs OPTIONS
//
// OPTIONS is one JSON object, from analyzer/cli/attach.cpp:
//   trace     path of the trace file, which does not exist yet
//   url       page to open; a new browser is started for it unless `port` is given
//   port, host   debugging port of a browser or of `node --inspect`, on loopback
//   browser, headless   which browser to start, and whether without a window
//   seconds   end after so long; 0: when the user or the program ends it
//   locals    take stacks with locals where exceptions are thrown (the debugger slows wasm down)
//   asyncscope   version
//
// Exit code 0: the trace is complete, however the program ended; 4: it could not be recorded, and why is on
// standard error.

import {randomBytes} from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import CDP from 'chrome-remote-interface';
import {Browser} from './browser.mjs';
import {Failure, printable} from './failure.mjs';
import {LiveLine} from './live_line.mjs';
import {NodeProcess} from './node_process.mjs';
import {Pages} from './pages.mjs';
import {Recording} from './recording.mjs';

const kNotRun = 4;
const kCrashed = 'page crashed';

const options = JSON.parse(process.argv[2]);
const folder = path.dirname(fileURLToPath(import.meta.url));

function say(text) {
  process.stderr.write(`asyncscope: ${printable(text)}\n`);
}

// The script with the name of its channel written in: a name that no page can know before.
function runtimeScript(binding) {
  const script = fs.readFileSync(path.join(folder, '..', 'page-hook.js'), 'utf8');
  return `${script.replace('@ASYNCSCOPE_BINDING@', binding)}\n//# sourceURL=asyncscope`;
}

function runOf(version, pid, argv) {
  const [runtime, runtimeVersion] = version.Browser.replace('HeadlessChrome', 'Chrome').split('/');
  return {
    argv,
    cwd: process.cwd(),
    runtime: runtime.toLowerCase(),
    runtimeVersion: runtimeVersion ?? '',
    platform: `${process.platform} ${process.arch}`,
    pid,
    start: new Date().toISOString(),
    asyncscope: options.asyncscope,
    environment: {v8: version['V8-Version'] ?? '', attached: 'DevTools protocol'},
  };
}

// What ends the recording: {exit, why}. Whoever comes first decides.
class Ending {
  constructor() {
    this.promise = new Promise((resolve) => { this.end = (why, exit = {}) => resolve({why, exit}); });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        if (this.signalled) process.exit(kNotRun);  // a second time: it must end now
        this.signalled = true;
        this.end('ended by the user');
      });
    }
    if (options.seconds > 0) {
      setTimeout(() => this.end(`ended after ${options.seconds} seconds`), options.seconds * 1000);
    }
  }
}

async function connect(address) {
  try {
    return await CDP({target: address, local: true});
  } catch (error) {
    throw new Failure(`no connection to ${address}: ${error.message}`,
                      'check that the browser or `node --inspect` still runs');
  }
}

async function askVersion() {
  const {host, port} = options;
  try {
    return await CDP.Version({host, port});
  } catch (error) {
    throw new Failure(`nothing answers at ${host}:${port}: ${error.message}`,
                      'start the browser with --remote-debugging-port, or Node with --inspect-brk');
  }
}

function watch(client, ending) {
  client.on('disconnect', () => ending.end('the connection ended', {signal: 'connection closed'}));
}

async function recordBrowser(browser, version, address) {
  const client = await connect(address);
  version ??= await client.send('Browser.getVersion').then(({product, jsVersion}) =>
      ({Browser: product, 'V8-Version': jsVersion}));
  const ending = new Ending();
  const binding = `asyncscope_${randomBytes(12).toString('hex')}`;
  const recording = new Recording(options.trace, runOf(
      version, browser?.child.pid ?? 0, options.url === undefined ? ['(attached)'] : [options.url]));
  const pages = new Pages(client, {script: runtimeScript(binding), binding, recording, locals: options.locals});
  watch(client, ending);
  pages.onCrash = ({type}) => {
    if (type === 'page') ending.end('the page crashed', {signal: kCrashed});
  };
  pages.onGone = () => {
    if (pages.pageCount() === 0) ending.end('the page was closed');
  };
  const firstPage = new Promise((resolve) => { pages.onPage = resolve; });
  await pages.start();
  if (options.url !== undefined) await openPage(pages, browser === null ? null : firstPage);

  const live = new LiveLine(process.stderr, recording);
  const {why, exit} = await ending.promise;
  live.end();
  const alive = exit.signal === undefined;
  if (alive) await pages.drain(browser !== null);
  finish(recording, why, exit);
  if (browser !== null) await browser.end(() => client.send('Browser.close'));
  else if (alive) await client.close();
}

// In the page that a browser of ours starts with, or in a new one.
async function openPage(pages, page) {
  if (page === null) {
    await pages.send('Target.createTarget', {url: options.url});
    return;
  }
  const {errorText} = await pages.send('Page.navigate', {url: options.url}, await page);
  if (errorText) throw new Failure(`${options.url} cannot be opened: ${errorText}`, 'check the address');
}

async function recordNode(version) {
  const {host, port} = options;
  const [target] = await CDP.List({host, port});
  const client = await connect(target.webSocketDebuggerUrl);
  const ending = new Ending();
  const binding = `asyncscope_${randomBytes(12).toString('hex')}`;
  const recording = new Recording(options.trace, runOf(version, 0, ['node', target.title]));
  const node = new NodeProcess(client, {script: runtimeScript(binding), binding, recording, locals: options.locals});
  watch(client, ending);
  node.onEnd = () => ending.end('the program ended');
  await node.start();
  const live = new LiveLine(process.stderr, recording);
  const {why, exit} = await ending.promise;
  live.end();
  if (exit.signal === undefined && !node.ended) await node.drain();
  finish(recording, why, exit);
  await client.close().catch(() => {});
}

function finish(recording, why, exit) {
  recording.finish(exit);
  if (process.stderr.isTTY) say(why);
}

async function record() {
  if (options.port === undefined) {
    const browser = await Browser.start(options);
    try {
      await recordBrowser(browser, null, browser.address);
    } finally {
      await browser.end();
    }
    return;
  }
  const version = await askVersion();
  if (/^node/i.test(version.Browser)) return recordNode(version);
  return recordBrowser(null, version, version.webSocketDebuggerUrl);
}

record().then(() => process.exit(0), (error) => {
  if (!(error instanceof Failure)) throw error;
  say(`${error.message}; ${error.hint}`);
  process.exit(kNotRun);
});
