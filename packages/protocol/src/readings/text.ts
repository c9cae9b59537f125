import { MAX_KEY_BYTES } from "@sluice/core/telemetry/limits.ts";
import { type Fault, KEY_EMPTY, keyInvalid, keyTooLong, UID_INVALID } from "./faults.ts";

const NUL = "\u0000";
/** Unicode's replacement character: stands where a sender's text was broken. */
const REPLACEMENT = "\ufffd";

/** Bytes of the text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // Each half of a surrogate pair counts 2 here, 4 together.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

/** True when PostgreSQL would refuse the text: it takes neither NUL nor half a surrogate pair. */
export function isBrokenText(text: string): boolean {
  return text.includes(NUL) || !text.isWellFormed();
}

/** NUL and lone surrogates become U+FFFD; everything else stays as it was. */
export function sanitiseText(text: string): string {
  return isBrokenText(text) ? text.toWellFormed().replaceAll(NUL, REPLACEMENT) : text;
}

/** How JSON.stringify writes NUL and lone surrogates. */
const ESCAPED_BROKEN_TEXT = /\\u(?:0000|d[89a-f])/;

/** JSON of any parsed JSON value, its strings sanitised. */
export function sanitisedJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!ESCAPED_BROKEN_TEXT.test(json)) return json;
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "string" ? sanitiseText(part) : part));
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit === 0x7f) return true;
  }
  return false;
}

/** Why the text cannot be a metric's key. */
export function keyFault(key: string): Fault | undefined {
  if (key.length === 0) return KEY_EMPTY;
  if (key.length > MAX_KEY_BYTES || utf8Length(key) > MAX_KEY_BYTES) return keyTooLong(key);
  if (hasControlCharacter(key) || !key.isWellFormed()) return keyInvalid(key);
  return undefined;
}

const MAX_UID_BYTES = 128;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const FORBIDDEN_IN_UID = /[/+#\u0000-\u001f\u007f-\u009f]/;

/** Why no device can have this uid: it stands in topics, so it holds none of MQTT's own characters. */
export function uidFault(uid: string): Fault | undefined {
  if (uid.length === 0 || uid.length > MAX_UID_BYTES || utf8Length(uid) > MAX_UID_BYTES) return UID_INVALID;
  if (!uid.isWellFormed() || uid.trim() !== uid || FORBIDDEN_IN_UID.test(uid)) return UID_INVALID;
  return undefined;
}
