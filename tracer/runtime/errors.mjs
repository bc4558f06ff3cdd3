// Uncaught errors, as the EXIT chunk tells them (docs/trace-format.md).

export function describeError(error) {
  if (!(error instanceof Error)) {
    return {name: typeof error, message: String(error), stack: ''};
  }
  return {name: String(error.name), message: String(error.message), stack: String(error.stack)};
}
