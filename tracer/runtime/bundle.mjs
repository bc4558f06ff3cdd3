// Puts the runtime into one script:   node bundle.mjs ENTRY OUTPUT VERSION FOLDER…
//
// A traced program must get the runtime at once and synchronously, in Node by --require and in a page
// as a single script, where modules can not be imported. The modules of the runtime are written so
// that putting them one after another is enough: every name of the top level is unique, and imports
// and exports have the two forms that are matched here. Anything else is an error.

import fs from 'node:fs';
import path from 'node:path';

const [entry, output, version, ...folders] = process.argv.slice(2);
const kImport = /^import \{([^}]*)\} from '\.\/([\w.]+)';\n/gm;
const kNodeImport = /^import (\w+) from '(node:\w+)';\n/gm;

const modules = [];
const names = new Map();

function find(file) {
  for (const folder of folders) {
    const full = path.join(folder, file);
    if (fs.existsSync(full)) return full;
  }
  throw new Error(`${file} is in none of ${folders.join(', ')}`);
}

function add(file) {
  if (modules.some((module) => module.file === file)) return;
  const module = {file, text: ''};
  const text = fs.readFileSync(find(file), 'utf8');
  for (const [, , imported] of text.matchAll(kImport)) add(imported);
  module.text = text.replace(kImport, '')
                    .replace(kNodeImport, (_, name, from) => `const ${name} = require('${from}');\n`)
                    .replace(/^export (?=(?:async )?function|class|const)/gm, '');
  const stray = /^(import|export)\b.*$/m.exec(module.text);
  if (stray) throw new Error(`${file}: cannot bundle "${stray[0]}"`);
  for (const [, name] of module.text.matchAll(/^(?:async )?(?:function|class|const|let) (\w+)/gm)) {
    if (names.has(name)) throw new Error(`${name} is defined in ${names.get(name)} and in ${file}`);
    names.set(name, file);
  }
  modules.push(module);
}

add(entry);
const body = modules.map(({file, text}) => `// ---- ${file}\n\n${text.trim()}\n`).join('\n');
fs.writeFileSync(output, `// Made by bundle.mjs from tracer/runtime. Do not edit.
(() => {
'use strict';

if (globalThis.WebAssembly === undefined) return;
const kAsyncscopeVersion = '${version}';
// Where this script begins and ends (own_script.mjs).
const kBundle = {begin: new Error().stack, end: null};

${body}
kBundle.end = new Error().stack;
})();
`);
