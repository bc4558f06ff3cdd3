// Finds a browser of the Chromium family, starts it with a profile and a debugging port of its own, and
// ends it again.
//
// The port is one that the system chooses, on loopback; the address of the protocol has a secret part that
// the browser writes into its profile, a folder that only this user can read.

import {spawn} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {Failure} from './failure.mjs';

const kNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome',
                'microsoft-edge', 'brave-browser'];
const kElsewhere = ['/Applications/Chromium.app/Contents/MacOS/Chromium',
                    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
const kStartMilliseconds = 30_000;
const kCloseMilliseconds = 3_000;

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function findBrowser() {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  for (const name of kNames) {
    const found = folders.map((folder) => path.join(folder, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  const found = kElsewhere.find(isExecutable);
  if (found !== undefined) return found;
  throw new Failure(`no browser was found (${kNames.slice(0, 3).join(', ')}, …)`,
                    'install Chromium, or name a browser with --browser');
}

function argumentsOf(profile, headless) {
  return [
    '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--no-first-run',
    '--no-default-browser-check', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--password-store=basic', '--use-mock-keychain',
    ...(headless ? ['--headless', '--disable-gpu'] : []),
    // Chromium does not start as root with its sandbox.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    'about:blank',
  ];
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Browser {
  // Resolves when the browser takes connections at `this.address`.
  static async start({browser, headless}) {
    const program = browser ?? findBrowser();
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'asyncscope-browser-'));
    const started = new Browser(program, profile, headless);
    try {
      started.address = await started.readAddress();
    } catch (error) {
      await started.end();
      throw error;
    }
    return started;
  }

  constructor(program, profile, headless) {
    this.program = program;
    this.profile = profile;
    this.fate = null;  // {code, signal}, or {error} when it could not be started
    // A group of its own: Ctrl-C is for us, and the browser must live until the last events are here.
    this.child = spawn(program, argumentsOf(profile, headless), {stdio: 'ignore', detached: true});
    this.ended = new Promise((resolve) => {
      const end = (fate) => {
        this.fate ??= fate;
        resolve();
      };
      this.child.on('exit', (code, signal) => end({code, signal}));
      this.child.on('error', (error) => end({error}));
    });
  }

  async readAddress() {
    const file = path.join(this.profile, 'DevToolsActivePort');
    for (const until = Date.now() + kStartMilliseconds; Date.now() < until; await pause(25)) {
      if (this.fate !== null) {
        throw new Failure(`${this.program} ended at once (${this.fateText()})`,
                          'start it by hand to see why');
      }
      let lines = [];
      try {
        lines = fs.readFileSync(file, 'utf8').split('\n');
      } catch {
        // Not written yet.
      }
      if (lines.length >= 2 && lines[1] !== '') return `ws://127.0.0.1:${lines[0]}${lines[1]}`;
    }
    throw new Failure(`${this.program} did not open its debugging port within ` +
                      `${kStartMilliseconds / 1000} seconds`, 'is it a browser of the Chromium family?');
  }

  fateText() {
    const {error, signal, code} = this.fate;
    return error !== undefined ? error.message : signal !== null ? signal : `exit code ${code}`;
  }

  // `close` asks the browser to end; whatever is left of it after a while is killed.
  async end(close = async () => {}) {
    if (this.fate === null) {
      await Promise.race([close().catch(() => {}).then(() => this.ended), pause(kCloseMilliseconds)]);
    }
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // All of it has gone.
    }
    // Its helpers may still be writing.
    fs.rmSync(this.profile, {recursive: true, force: true, maxRetries: 10, retryDelay: 100});
  }
}
