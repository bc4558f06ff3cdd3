mergeInto(LibraryManager.library, {
  fetchAnswer__deps: ['$Asyncify', '$runtimeKeepalivePush', '$runtimeKeepalivePop', '$callUserCallback'],
  fetchAnswer: function(isMended) {
    return Asyncify.handleSleep((wakeUp) => {
      runtimeKeepalivePush();
      setTimeout(() => {
        if (isMended) runtimeKeepalivePop();
        callUserCallback(() => wakeUp(-1));
      }, 1);
    });
  },
});
