// Which lines of a stack are those of this script. It may be a part of one of the program's own
// (emcc --pre-js puts it there), so the script's name is not enough: its first and its last position count.

import {engine} from './engine.mjs';

// V8 begins a stack with the error itself, other engines with its first frame.
export const kHeaderLines = String(new Error().stack).startsWith('Error') ? 1 : 0;

const kPlace = /((?:[a-z][\w+.-]*:|\/|[A-Za-z]:\\|evalmachine|asyncscope)[^\n]*?):(\d+):(\d+)\)?\s*$/m;

// {script, line, column} of the first frame of a stack, or of a line; null where it does not tell.
function placeOf(text) {
  const match = kPlace.exec(String(text ?? ''));
  return match === null ? null : {script: match[1], line: Number(match[2]), column: Number(match[3])};
}

function isBefore(a, b) {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}

// SpiderMonkey names a module after the line that compiles it, and shows frames of modules that V8 leaves out.
let compileLine = null;

// A module of our own.
export function compileOwn(bytes) {
  const [stack, module] = [new Error().stack, new engine.Module(bytes)];  // on one line
  compileLine ??= placeOf(stack)?.line ?? null;
  return module;
}

function isOwnModule(text, {begin, end}) {
  // A script on one line: the program's modules have the same name.
  if (compileLine === null || end === null || begin.line === end.line) return false;
  return text.includes(`${begin.script} line ${compileLine} > WebAssembly.Module:wasm-function[`);
}

let range = null;

// bundle.mjs puts down where it begins and ends. Without it each module is a script of its own.
function ownRange() {
  if (range === null) {
    const whole = typeof kBundle === 'undefined' ? {begin: new Error().stack, end: null} : kBundle;
    range = {begin: placeOf(whole.begin), end: placeOf(whole.end)};
  }
  return range;
}

export function isOwnLine(text) {
  const {begin, end} = ownRange();
  if (begin === null) return false;
  if (isOwnModule(text, {begin, end})) return true;
  const place = placeOf(text);
  if (place === null || !place.script.endsWith(begin.script)) return false;
  if (typeof kBundle === 'undefined') return true;
  return !isBefore(place, begin) && (end === null || !isBefore(end, place));
}
