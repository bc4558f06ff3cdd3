// Why a recording can not be made: what the command prints as `asyncscope: MESSAGE; HINT`, and exit code 4.
export class Failure extends Error {
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

// A text of a page's or a file's for a terminal: no control characters.
export function printable(text) {
  // eslint-disable-next-line no-control-regex
  return String(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
                              (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
