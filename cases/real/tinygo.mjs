// A shell formatter written in Go and built by TinyGo, whose scheduler starts and stops the unwinds
// inside the module: the main goroutine suspends and waits for calls from the host for ever. Both
// stop functions are one function under two exports. Healthy: prints the same every time.

import { parse, print } from 'sh-syntax';

const kScript = `
# What to keep
for name in unwind   rewind;do echo "$name" |  tr a-z A-Z;done
if [ -f cycle ];then
cat   cycle;else echo none;fi
greet(){ local who=$1
echo "hello, $who"; }
case "$1" in start)greet start;; stop|halt)greet stop;; *)exit 2;; esac
`;

console.log(await print(kScript));
const { Stmts } = await parse(kScript);
console.log(`statements: ${Stmts.length}`);
