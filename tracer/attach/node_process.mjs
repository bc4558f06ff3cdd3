// A Node process that was started with --inspect or --inspect-brk: its main thread, and the worker threads that it
// starts from now on (over the NodeWorker domain, whose messages travel inside those of the main thread).

import {Locals} from './locals.mjs';

const kRestMilliseconds = 1000;

export class NodeProcess {
  // `client`: of chrome-remote-interface, connected to the main thread.
  constructor(client, {script, binding, recording, locals}) {
    this.client = client;
    this.script = script;
    this.binding = binding;
    this.recording = recording;
    this.debug = locals ? new Locals((method, params) => client.send(method, params), recording) : null;
    this.workers = new Map();   // session id → {next id, waiting: Map id → resolve}
    this.ended = false;         // the program; Node waits for us to go
    this.onEnd = () => {};
    client.on('event', (message) => this.handle(message.method, message.params, 'main'));
  }

  async start() {
    const {client} = this;
    await client.send('Runtime.addBinding', {name: this.binding});
    await client.send('Runtime.evaluate', {expression: this.script});
    await client.send('NodeRuntime.notifyWhenWaitingForDisconnect', {enabled: true}).catch(() => {});
    await client.send('NodeWorker.enable', {waitForDebuggerOnStart: true}).catch(() => {});
    if (this.debug !== null) await this.debug.attach(undefined);
    await client.send('Runtime.runIfWaitingForDebugger');
  }

  handle(method, params, thread) {
    switch (method) {
      case 'Runtime.bindingCalled':
        if (params.name === this.binding) this.recording.receive(thread, params.payload);
        break;
      case 'NodeWorker.attachedToWorker':
        this.attached(params).catch(() => {});  // it has ended
        break;
      case 'NodeWorker.receivedMessageFromWorker':
        this.received(params.sessionId, JSON.parse(params.message));
        break;
      case 'NodeWorker.detachedFromWorker':
        this.workers.delete(params.sessionId);
        break;
      case 'NodeRuntime.waitingForDisconnect':
        this.ended = true;
        this.onEnd();
        break;
      default:
        if (thread === 'main') this.debug?.handle(method, params, undefined);
    }
  }

  async attached({sessionId, waitingForDebugger}) {
    this.workers.set(sessionId, {next: 1, waiting: new Map()});
    const steps = [
      this.sendToWorker(sessionId, 'Runtime.addBinding', {name: this.binding}),
      this.sendToWorker(sessionId, 'Runtime.evaluate', {expression: this.script}),
    ];
    if (waitingForDebugger) steps.push(this.sendToWorker(sessionId, 'Runtime.runIfWaitingForDebugger'));
    await Promise.all(steps);
  }

  sendToWorker(sessionId, method, params = {}) {
    const worker = this.workers.get(sessionId);
    const id = worker.next++;
    const answer = new Promise((resolve) => worker.waiting.set(id, resolve));
    // Node 20 takes nothing here but ASCII for JSON.
    const message = JSON.stringify({id, method, params}).replace(/[\u0080-\uffff]/g, (c) =>
        `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return this.client.send('NodeWorker.sendMessageToWorker', {sessionId, message}).then(() => answer);
  }

  received(sessionId, message) {
    const waiting = this.workers.get(sessionId)?.waiting;
    if (message.id === undefined) {
      this.handle(message.method, message.params, sessionId);
    } else {
      waiting?.get(message.id)?.(message);
      waiting?.delete(message.id);
    }
  }

  async drain() {
    const expression = 'globalThis.asyncscope?.drain?.()';
    const asked = [this.client.send('Runtime.evaluate', {expression}),
                   ...[...this.workers.keys()].map((id) =>
                     this.sendToWorker(id, 'Runtime.evaluate', {expression}))];
    const late = new Promise((resolve) => setTimeout(resolve, kRestMilliseconds).unref());
    await Promise.race([Promise.allSettled(asked), late]);
  }
}
