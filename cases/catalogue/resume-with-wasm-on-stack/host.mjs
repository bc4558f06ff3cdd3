import { load, wait } from '../emscripten.mjs';

const module = await load();
module._consume();
module._produce(1);
await wait(5);
module._produce(2);
await wait(5);
