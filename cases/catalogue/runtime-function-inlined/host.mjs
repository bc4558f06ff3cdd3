import { instantiate } from '../host.mjs';

const { exports } = await instantiate({});
console.log(`result: ${exports.run(20)} of 42`);
