mergeInto(LibraryManager.library, {
  addExport: function(signature) {
    return addFunction(Module['asm']['twice'], signature ? UTF8ToString(signature) : undefined);
  },
});
