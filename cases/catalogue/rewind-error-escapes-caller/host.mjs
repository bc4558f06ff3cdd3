import { isMended, load } from '../emscripten.mjs';

const module = await load();
try {
  if (isMended) await module.ccall('save', 'number', [], [], { async: true });
  else module._save();
} catch (error) {
  console.log(`caught: ${error.message}`);
}
