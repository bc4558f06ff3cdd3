// Every page, frame and worker of a browser, each with the runtime in it before its own scripts.
//
// The protocol stops each new target until it is told to go on (waitForDebuggerOnStart). Until then it gets a
// binding, through which the runtime sends its chunks, and the script itself: pages for every document that
// they will ever load, workers once. Sub-targets (frames of other sites, workers of workers) are reached
// through the session of their owner. A service worker is attached twice, by the browser and by its page: the second
// session only lets it go on.

import {Locals} from './locals.mjs';

const kDocuments = new Set(['page', 'iframe', 'webview', 'background_page']);
const kWorkers = new Set(['worker', 'shared_worker', 'service_worker', 'worklet', 'audio_worklet']);
const kAutoAttach = {autoAttach: true, waitForDebuggerOnStart: true, flatten: true};
const kDrainMilliseconds = 1000;

export class Pages {
  // `client`: of chrome-remote-interface, connected to the browser. `script`: the runtime, sending by `binding`.
  // `locals`: whether stacks with locals are taken.
  constructor(client, {script, binding, recording, locals}) {
    this.client = client;
    this.script = script;
    this.binding = binding;
    this.recording = recording;
    this.debug = locals ? new Locals((...call) => this.send(...call), recording) : null;
    this.targets = new Map();    // target id → {type, url, session, ready}
    this.sessions = new Map();   // session id → target id
    this.onPage = () => {};      // (session) a page is ready to be sent somewhere
    this.onCrash = () => {};     // (target)
    this.onGone = () => {};      // (target) a page was closed
    client.on('event', (message) => this.handle(message));
  }

  async start() {
    await this.send('Target.setDiscoverTargets', {discover: true});
    await this.send('Target.setAutoAttach', kAutoAttach);
  }

  send(method, params = {}, session = undefined) {
    return this.client.send(method, params, session);
  }

  handle({method, params, sessionId}) {
    switch (method) {
      case 'Target.attachedToTarget':
        this.attached(params, sessionId).catch(() => {});  // it was gone before we were done
        break;
      case 'Target.detachedFromTarget':
        this.sessions.delete(params.sessionId);
        break;
      case 'Target.targetInfoChanged':
        if (this.targets.has(params.targetInfo.targetId)) {
          this.targets.get(params.targetInfo.targetId).url = params.targetInfo.url;
        }
        break;
      case 'Target.targetCrashed':
        if (this.targets.has(params.targetId)) this.onCrash(this.targets.get(params.targetId));
        break;
      case 'Target.targetDestroyed':
        this.gone(params.targetId);
        break;
      case 'Runtime.bindingCalled':
        if (params.name === this.binding && this.sessions.has(sessionId)) {
          this.recording.receive(`${sessionId} ${params.executionContextId}`, params.payload);
        }
        break;
      default:
        this.debug?.handle(method, params, sessionId);
    }
  }

  async attached({sessionId, targetInfo, waitingForDebugger}, parent) {
    const {targetId, type, url} = targetInfo;
    const known = this.targets.get(targetId);
    if (known !== undefined) {
      // At once: it does not run, and answers the first session nothing, before both have let it go.
      if (waitingForDebugger) await this.send('Runtime.runIfWaitingForDebugger', {}, sessionId);
      await this.send('Target.detachFromTarget', {sessionId}, parent);
      return;
    }
    if (!kDocuments.has(type) && !kWorkers.has(type)) {
      // The browser's own: none of our business.
      if (waitingForDebugger) await this.send('Runtime.runIfWaitingForDebugger', {}, sessionId);
      await this.send('Target.detachFromTarget', {sessionId}, parent);
      return;
    }
    const target = {type, url, session: sessionId, ready: null};
    this.targets.set(targetId, target);
    this.sessions.set(sessionId, targetId);
    // Sent at once, in this order; the browser works through them in the same.
    const steps = [
      this.send('Runtime.enable', {}, sessionId),  // bindings reach new documents only then
      this.send('Runtime.addBinding', {name: this.binding}, sessionId),
      this.send('Target.setAutoAttach', kAutoAttach, sessionId),
      ...(kDocuments.has(type) ? this.documentSteps(sessionId) : this.workerSteps(sessionId)),
    ];
    if (this.debug !== null) steps.push(this.debug.attach(sessionId));
    // A worklet, say, knows some of these only: it goes on without the others.
    target.ready = Promise.allSettled(steps);
    if (waitingForDebugger) await this.send('Runtime.runIfWaitingForDebugger', {}, sessionId);
    await target.ready;
    if (type === 'page') this.onPage(sessionId);
  }

  documentSteps(session) {
    return [
      this.send('Page.enable', {}, session),
      // In the documents that are there already too: modules that they make from now on are traced.
      this.send('Page.addScriptToEvaluateOnNewDocument',
                {source: this.script, runImmediately: true}, session),
    ];
  }

  workerSteps(session) {
    return [this.send('Runtime.evaluate', {expression: this.script}, session)];
  }

  gone(targetId) {
    const target = this.targets.get(targetId);
    if (target === undefined) return;
    this.targets.delete(targetId);
    if (target.type === 'page') this.onGone(target);
  }

  pageCount() {
    return [...this.targets.values()].filter(({type}) => type === 'page').length;
  }

  // Asks every thread that has ever sent something for the rest. `terminate`: scripts that are too busy to
  // answer are stopped.
  async drain(terminate) {
    const keys = [...this.recording.threads.keys()];
    await Promise.all(keys.map(async (key) => {
      const [session, context] = key.split(' ');
      if (!this.sessions.has(session)) return;
      const ask = () => this.send('Runtime.evaluate', {
        expression: 'globalThis.asyncscope?.drain?.()', contextId: Number(context)}, session);
      if (await inTime(ask()) || !terminate) return;
      await inTime(this.send('Runtime.terminateExecution', {}, session));
      await inTime(ask());
    }));
  }
}

// Whether it was done, or refused, before the time was over.
function inTime(promise) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(false), kDrainMilliseconds);
  });
  return Promise.race([promise.then(() => true, () => true), late]).finally(() => clearTimeout(timer));
}
