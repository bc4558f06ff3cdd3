mergeInto(LibraryManager.library, {
  ask__proxy: 'sync',
  ask__sig: 'i',
  ask: function() {
    return Asyncify.handleSleep((wakeUp) => setTimeout(() => wakeUp(42), 1));
  },
});
