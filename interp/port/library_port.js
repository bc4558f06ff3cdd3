// The JS side of the port: output, time, calls of the host, and the three ways of yielding that
// pass through JS. Linked with --js-library; which of js_yield and js_hook is used depends on the
// approach (see port_wasm.cpp).
mergeInto(LibraryManager.library, {
  // Approach 1: the library function suspends by itself. It is not in ASYNCIFY_IMPORTS unless the
  // variant mends that.
  js_yield__deps: ['$Asyncify'],
  js_yield__sig: 'v',
  js_yield: function() {
    return Asyncify.handleSleep(function(wakeUp) {
      setTimeout(wakeUp, 0);
    });
  },

  // Approaches 2 and 3: JS between the hook and the C function that sleeps.
  js_hook__sig: 'v',
  js_hook: function() {
    Module['_port_yield_from_js']();
  },

  js_write__sig: 'viii',
  js_write: function(fd, pointer, n) {
    if (Module['onOutput']) Module['onOutput'](fd, HEAPU8.slice(pointer, pointer + n));
  },

  js_now__sig: 'd',
  js_now: function() {
    return performance.now();
  },

  js_register_position__sig: 'vi',
  js_register_position: function(pointer) {
    var tracer = globalThis.asyncscope;
    if (tracer && tracer.registerPosition) tracer.registerPosition(wasmMemory, pointer);
  },

  // The arguments and the result travel as JSON in UTF-8. Returns a malloc'ed, zero-terminated
  // text: '=' and the result, or '!' and the message of an error.
  js_host_call__sig: 'iiiii',
  js_host_call__deps: ['malloc'],
  js_host_call: function(name, nameLength, args, argsLength) {
    var text = function(p, n) { return new TextDecoder().decode(HEAPU8.slice(p, p + n)); };
    var reply;
    try {
      var fn = (Module['host'] || {})[text(name, nameLength)];
      if (!fn) throw new Error("no host function '" + text(name, nameLength) + "'");
      var result = fn.apply(null, JSON.parse(text(args, argsLength)));
      var plain = result === undefined || result === null || typeof result === 'string' ||
          typeof result === 'number' || typeof result === 'boolean';
      if (!plain) throw new Error('the host returned a ' + typeof result);
      reply = '=' + JSON.stringify(result === undefined ? null : result);
    } catch (e) {
      reply = '!' + e.message;
    }
    var bytes = new TextEncoder().encode(reply);
    var p = _malloc(bytes.length + 1);
    HEAPU8.set(bytes, p);
    HEAPU8[p + bytes.length] = 0;
    return p;
  },
});
