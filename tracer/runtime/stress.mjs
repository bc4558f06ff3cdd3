// What the drivers of one thread share, where suspends are forced: the schedule, and the counts.

import {EventKind} from './events.mjs';
import {encodePayload} from './ring.mjs';
import {StressDriver} from './stress_driver.mjs';
import {wrapImports} from './stress_imports.mjs';
import {readStressSection} from './stress_section.mjs';

export class Stress {
  constructor(schedule) {
    this.schedule = schedule;
    this.opportunities = 0;
    this.trips = 0;
    this.lost = 0;           // trips whose rewind did not come back to its import
    this.left = new Map();   // "instance/import/obstacle" → opportunities left alone
    this.oracleCounts = {compared: 0, inFull: 0, found: 0};
    this.drivers = [];
  }

  prepare(module, imports) {
    const section = readStressSection(module);
    if (section === null) return {imports, driver: null};
    const driver = new StressDriver(this, section);
    this.drivers.push(driver);
    return {imports: wrapImports(imports, section, driver), driver};
  }

  // Writes the counts, at the end of the thread.
  ended(thread) {
    const left = [...this.left].map(([key, count]) => {
      const [instance, index, obstacle] = key.split('/').map(Number);
      return {instance, import: index, obstacle, count};
    });
    const memories = this.drivers.filter(({trace}) => trace !== null)
                                 .map(({trace}) => ({instance: trace.number, ...hashMemory(trace)}));
    const {opportunities, trips, lost, oracleCounts} = this;
    const payload = encodePayload(
        JSON.stringify({schedule: this.schedule.text, opportunities, trips, lost, left, memories,
                        oracle: oracleCounts}));
    thread.ring.put(EventKind.StressEnded, 0, 0, payload.length, thread.time(), 0, 0);
    thread.ring.putPayload(payload, 0, payload.length);
  }
}

// 32 bits over all words: what the end of one run is compared with that of another by.
function hashMemory(trace) {
  if (!trace.view(1)) return {bytes: 0, hash: 0};
  const {bytes} = trace;
  const words = new Uint32Array(bytes.buffer, 0, bytes.length >>> 2);
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; ++i) hash = Math.imul(hash ^ words[i], 0x01000193) ^ hash >>> 15;
  return {bytes: bytes.length, hash: hash >>> 0};
}
