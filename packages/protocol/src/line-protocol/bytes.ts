/** The bytes that mean something in line protocol. */
export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const RETURN = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const POINT = 0x2e;
export const ZERO = 0x30;
export const EQUALS = 0x3d;
export const BACKSLASH = 0x5c;
export const UPPER_E = 0x45;
export const LOWER_E = 0x65;
export const LOWER_I = 0x69;
export const LOWER_U = 0x75;

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of some bytes; undefined when they are not UTF-8. */
export function utf8Text(bytes: Uint8Array, from: number, to: number): string | undefined {
  try {
    return strict.decode(bytes.subarray(from, to));
  } catch {
    return undefined;
  }
}

/** Removes the backslash before each of the `special` characters; every other backslash is itself. */
export function unescapeText(text: string, special: string): string {
  if (!text.includes("\\")) return text;
  let plain = "";
  for (let i = 0; i < text.length; i++) {
    const next = text[i + 1];
    if (text[i] === "\\" && next !== undefined && special.includes(next)) {
      plain += next;
      i++;
    } else {
      plain += text[i];
    }
  }
  return plain;
}
