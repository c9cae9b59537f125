import { BACKSLASH, EQUALS, NEWLINE, QUOTE, SPACE } from "./bytes.ts";

/** What `skipLine` answers when a quoted text never ends. */
export const UNTERMINATED = -1;

/**
 * The start of the line after the one that begins at `start`, for lines that could not be read. A newline within a quoted
 * text belongs to the text: what follows it must never be taken for a line of its own.
 */
export function skipLine(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (bytes[at] !== NEWLINE && !(bytes[at] === SPACE && bytes[at - 1] !== BACKSLASH)) at++;
  for (; at < end; at++) {
    if (bytes[at] === NEWLINE) return at + 1;
    if (bytes[at] === QUOTE && bytes[at - 1] === EQUALS) {
      at = quotedEnd(bytes, at + 1, end);
      if (at === UNTERMINATED) return UNTERMINATED;
    }
  }
  return end;
}

/** The position of the quote that ends the text which begins at `start`. */
export function quotedEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at;
  }
  return UNTERMINATED;
}

/** Numbers lines from positions, going forward only: each byte is looked at once however many lines are asked about. */
export class LineCounter {
  private readonly bytes: Uint8Array;
  private at = 0;
  private line = 1;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The number, from 1, of the line that holds the position; positions must not decrease. */
  lineAt(position: number): number {
    for (; this.at < position; this.at++) {
      if (this.bytes[this.at] === NEWLINE) this.line++;
    }
    return this.line;
  }
}
