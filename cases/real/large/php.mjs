// PHP, 18 MB, Emscripten with lists of functions kept by hand: what the lists cover is healthy, and
// what they leave out breaks, often far from the cause. Published so; nothing here is contrived.
//
//   node php.mjs healthy | iterator-to-array | usort | to-string | json

import { PHP, loadPHPRuntime } from '@php-wasm/universal';

const kPrograms = {
  'healthy': `
    $sum = 0;
    for ($i = 0; $i < 200; $i++) $sum += fetch_value($i);
    echo "loop: $sum\\n";
    echo "array_map: ", implode(',', array_map('fetch_value', [1, 2, 3])), "\\n";
    $add = function ($a, $b) { return $a + fetch_value($b); };
    echo "array_reduce: ", array_reduce([1, 2, 3], $add, 0), "\\n";
    function values($n) { for ($i = 0; $i < $n; $i++) yield fetch_value($i); }
    $list = [];
    foreach (values(10) as $value) $list[] = $value;
    echo "generator: ", implode(',', $list), "\\n";
    try { throw new Exception('thrown after ' . fetch_value(1)); }
    catch (Exception $error) { echo "exception: ", $error->getMessage(), ' ', fetch_value(2), "\\n"; }
  `,
  'iterator-to-array': `
    function values($n) { for ($i = 0; $i < $n; $i++) yield fetch_value($i); }
    echo implode(',', iterator_to_array(values(10))), "\\n";
  `,
  'usort': `
    $words = ['rewind', 'async', 'unwind', 'frame', 'record'];
    usort($words, function ($a, $b) { return fetch_value(strlen($a)) <=> fetch_value(strlen($b)); });
    echo implode(',', $words), "\\n";
  `,
  'to-string': `
    class Lazy { function __toString() { return 'lazy ' . fetch_value(4); } }
    echo (string) (new Lazy), "\\n";
  `,
  'json': `
    class Lazy implements JsonSerializable { function jsonSerialize() { return fetch_value(4); } }
    echo json_encode(new Lazy), "\\n";
  `,
};
const kPrologue = `<?php
  function fetch_value($x) { return (int) post_message_to_js((string) $x); }
`;

const program = kPrograms[process.argv[2]];
if (program === undefined) {
  process.stderr.write(`usage: node php.mjs ${Object.keys(kPrograms).join(' | ')}\n`);
  process.exit(2);
}

// The loader of the Asyncify build itself: the package's own choice goes by what the engine can do.
const entry = new URL(import.meta.resolve('@php-wasm/node-7-4'));
const loader = await import(new URL('asyncify/php_7_4.js', entry));
const php = new PHP(await loadPHPRuntime(loader, {}));
let suspends = 0;
php.onMessage(async (message) => {
  await new Promise((resume) => setImmediate(resume));
  suspends += 1;
  return String(Number(message) * 3 + 1);
});
const response = await php.run({ code: kPrologue + program });
process.stdout.write(response.text);
console.log(`suspends: ${suspends}`);
process.exitCode = response.exitCode;
php.exit();
