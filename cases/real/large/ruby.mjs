// CRuby on WASI, 16 MB (or 36 MB, with its standard library): exceptions, fibers and the garbage
// collector's scan of the stack all unwind, by calls inside the module. Healthy.
//
//   node ruby.mjs [stdlib]

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { WASI } from 'node:wasi';
import { RubyVM } from '@ruby/wasm-wasi';

const kProgram = `
  lines = []
  fiber = Fiber.new { 3.times { |i| Fiber.yield i * 10 }; :done }
  lines << "fiber: #{4.times.map { fiber.resume }}"
  powers = Enumerator.new { |y| x = 1; loop { y << x; x *= 2 } }
  lines << "enumerator: #{20.times.map { powers.next }.last}"
  caught = (1..40).map do |i|
    raise ArgumentError, "odd" if i.odd?
    i
  rescue => error
    error.message
  end
  lines << "rescue: #{caught.tally["odd"]} of #{caught.size}"
  lines << "throw: #{catch(:found) { 100.times { |i| throw :found, i if i * i > 50 } }}"
  kept = (1..2000).map { |i| "string #{i}" }
  GC.start
  lines << "gc: #{kept.sum(&:size)}"
  lines.join("\\n")
`;

const file = process.argv[2] === 'stdlib' ? 'ruby+stdlib.wasm' : 'ruby.wasm';
const path = createRequire(import.meta.url).resolve(`@ruby/3.3-wasm-wasi/dist/${file}`);
const wasip1 = new WASI({ version: 'preview1', returnOnExit: true });
const module = await WebAssembly.compile(await readFile(path));
const { vm } = await RubyVM.instantiateModule({ module, wasip1 });
console.log(vm.eval(kProgram).toString());
