// QuickJS as quickjs.mjs runs it, but from a package that carries its module as text in the JS.

import variant from '@jitl/quickjs-singlefile-mjs-release-asyncify';
import { runQuickjs } from './quickjs_program.mjs';

await runQuickjs(variant);
