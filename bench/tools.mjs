// Child processes: the programs that the benchmarks run, and what they cost.

import { spawnSync } from 'node:child_process';

const kTimeLimitMs = 600_000;

// Runs a program to its end and gives its standard output; throws with what it said when it fails.
export function run(words, { allowed = [0] } = {}) {
  const child = spawnSync(words[0], words.slice(1),
    { encoding: 'utf8', maxBuffer: 1 << 28, timeout: kTimeLimitMs });
  if (child.error !== undefined) throw child.error;
  if (!allowed.includes(child.status)) {
    const fate = child.signal ?? `exit code ${child.status}`;
    throw new Error(`${words.join(' ')}\nended with ${fate}:\n${child.stderr}`);
  }
  return child.stdout;
}

const quoted = (word) => `'${word.replaceAll("'", "'\\''")}'`;

// Seconds of processor time, user and system, that one run of a command takes, children included: the
// mean of `times` runs. Time that other processes take away is not counted.
export function processorSeconds(words, times) {
  const command = words.map(quoted).join(' ');
  const script = `TIMEFORMAT='%3U %3S'; time for ((i = 0; i < ${times}; ++i)); do
    ${command} >/dev/null 2>&1 || exit 1; done`;
  const child = spawnSync('bash', ['-c', script], { encoding: 'utf8', timeout: kTimeLimitMs });
  if (child.error !== undefined) throw child.error;
  if (child.status !== 0) throw new Error(`it fails: ${command}`);
  const [user, system] = child.stderr.trim().split(' ').map(Number);
  return (user + system) / times;
}
