mergeInto(LibraryManager.library, {
  ask: function() {
    return Asyncify.handleSleep((wakeUp) => setTimeout(() => wakeUp(42n), 1));
  },
  askNumber: function() {
    return Asyncify.handleSleep((wakeUp) => setTimeout(() => wakeUp(42), 1));
  },
});
