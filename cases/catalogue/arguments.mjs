// The command line that build.mjs and run.mjs share.

import { parseArgs } from 'node:util';
import { resolve } from 'node:path';

const kOptions = {
  build: { type: 'string' },
  case: { type: 'string', multiple: true },
  tool: { type: 'string' },
  show: { type: 'boolean', default: false },
  explain: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

export function readArguments(name) {
  const usage = `usage: node ${name} --build DIR [--case ID]...` + (name === 'run.mjs' ?
    ' [--tool ASYNCSCOPE] [--show], or --tool ASYNCSCOPE --explain' : '');
  let values;
  try {
    ({ values } = parseArgs({ options: kOptions }));
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
  const isExplained = values.explain && values.tool;  // that needs no programs
  if (values.help || !(values.build || isExplained)) {
    console.error(usage);
    process.exit(values.help ? 0 : 2);
  }
  const whole = (path) => path && resolve(path);
  return { ...values, build: whole(values.build), tool: whole(values.tool), only: values.case };
}
