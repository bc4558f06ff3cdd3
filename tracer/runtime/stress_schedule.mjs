// Which opportunities are to be suspended at: the text in ASYNCSCOPE_STRESS.
//
//   every                  at each
//   nth:N                  at each whose number N divides
//   random:SEED:P          at each with probability P; the same for the same SEED, whatever else is forced
//   window:A-B             from number A to number B, both included
//   list:3,17,40           at these (also 3-9)
//   sites:FUNC@OFFSET,…    where one of these sites is on the stack; offsets in the original module
//   except:FUNC@OFFSET,…   where none of them is
//   none                   nowhere: opportunities are counted
//
// and, each after a '+':
//
//   oracle=off|on|full     what is compared before and after (stress_oracle.mjs); off when not said
//   times=K                K suspends at each opportunity, one after another; 1 when not said
//
// An opportunity is a call of an import that may suspend, made while nothing unwinds or rewinds. They
// are numbered from 1 within the thread, so that the same program with the same input meets the same
// ones, and a list that was found in one run can be repeated in another.

const kOracles = ['off', 'on', 'full'];
const kForms = 'every, nth:N, random:SEED:P, window:A-B, list:N,N-N,…, sites:FUNC@OFFSET,…, except:FUNC@OFFSET,… or none';

function badSchedule(message) {
  throw new Error(`ASYNCSCOPE_STRESS: ${message}`);
}

function positive(text, what) {
  if (!/^[1-9]\d{0,14}$/.test(text ?? '')) badSchedule(`${what} must be a whole number from 1, not '${text ?? ''}'`);
  return Number(text);
}

// Uniform in [0, 1) and decided by the seed and the number alone.
function chance(seed, number) {
  let x = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number, 0xc2b2ae35);
  x = Math.imul(x ^ x >>> 16, 0x7feb352d);
  x = Math.imul(x ^ x >>> 15, 0x846ca68b);
  return ((x ^ x >>> 16) >>> 0) / 4294967296;
}

function readRange(text) {
  const [from, to, ...rest] = text.split('-');
  const first = positive(from, 'an opportunity');
  const last = to === undefined ? first : positive(to, 'an opportunity');
  if (rest.length > 0 || last < first) badSchedule(`'${text}' is no range`);
  return [first, last];
}

function readSite(text) {
  const match = /^(\d+)@(0x[0-9a-fA-F]+|\d+)$/.exec(text);
  if (match === null) badSchedule(`a site is FUNC@OFFSET, not '${text}'`);
  return `${Number(match[1])}@${Number(match[2])}`;
}

// Ranges in ascending order, and a cursor: opportunities come in ascending order too.
function listed(argument) {
  const ranges = argument.split(',').map(readRange).sort((a, b) => a[0] - b[0]);
  let next = 0;
  return (number) => {
    while (next < ranges.length && ranges[next][1] < number) ++next;
    return next < ranges.length && ranges[next][0] <= number;
  };
}

function decider(kind, argument) {
  switch (kind) {
    case 'every': return () => true;
    case 'none': return () => false;
    case 'nth': {
      const step = positive(argument, 'N of nth:N');
      return (number) => number % step === 0;
    }
    case 'random': {
      const [seedText, pText] = argument.split(':');
      const p = Number(pText);
      if (!/^\d+$/.test(seedText) || !(p >= 0 && p <= 1)) badSchedule(`random:SEED:P, with P from 0 to 1, not '${argument}'`);
      const seed = Number(seedText) >>> 0;
      return (number) => chance(seed, number) < p;
    }
    case 'window': {
      if (!argument.includes('-')) badSchedule(`window:A-B, not '${argument}'`);
      const [first, last] = readRange(argument);
      return (number) => number >= first && number <= last;
    }
    case 'list': return listed(argument);
    case 'sites':
    case 'except': {
      const sites = new Set(argument.split(',').map(readSite));
      const wanted = kind === 'sites';
      return (_, isOnStack) => isOnStack(sites) === wanted;
    }
    default: badSchedule(`'${kind}' is no schedule; there are ${kForms}`);
  }
}

// {text, wants(number, isOnStack), oracle, times}. isOnStack(sites) says whether one of a set of sites
// ("FUNC@OFFSET", decimal) is on the stack. Throws an Error that says what is wrong with the text.
export function parseSchedule(text) {
  const [where, ...options] = text.split('+');
  const colon = where.indexOf(':');
  const kind = colon < 0 ? where : where.slice(0, colon);
  const takesArgument = !['every', 'none'].includes(kind);
  if (takesArgument !== colon >= 0 && /^(every|none|nth|random|window|list|sites|except)$/.test(kind)) {
    badSchedule(`'${where}': ${takesArgument ? 'it needs an argument' : 'it takes no argument'}; there are ${kForms}`);
  }
  const schedule = {text, wants: decider(kind, where.slice(colon + 1)), oracle: 'off', times: 1};
  for (const option of options) {
    const [name, value] = option.split('=');
    if (name === 'oracle' && kOracles.includes(value)) {
      schedule.oracle = value;
    } else if (name === 'times') {
      schedule.times = positive(value, 'K of times=K');
    } else {
      badSchedule(`'${option}' is no option; there are oracle=off|on|full and times=K`);
    }
  }
  return schedule;
}
