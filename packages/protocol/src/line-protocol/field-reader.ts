import type { Fault } from "../readings/faults.ts";
import type { MessageWriter } from "../readings/message-writer.ts";
import { BACKSLASH, COMMA, EQUALS, NEWLINE, QUOTE, RETURN, SPACE, unescapeText, utf8Text } from "./bytes.ts";
import { parseNumber } from "./decimal.ts";
import {
  FIELD_INVALID,
  NO_FIELDS,
  NOT_UTF8,
  STRING_UNTERMINATED,
  VALUE_INVALID,
  VALUE_OUT_OF_RANGE,
} from "./line-faults.ts";
import { quotedEnd, UNTERMINATED } from "./line-scanner.ts";
import type { SeriesIdentity } from "./series-key.ts";

const SPECIAL_IN_KEY = ", =";
const SPECIAL_IN_STRING = '"\\';

/** Fields of one line past which no template remembers their order. */
const MAX_REMEMBERED_FIELDS = 256;

/**
 * Reads fields of any kind, one at a time and with text: the way of a series' first line, of an unexpected field and of what
 * is not a number. Numbers become metrics; integers that no double holds exactly, booleans and strings become extras.
 */
export class FieldReader {
  /** The numeric fields that came first, one after another: what the series' next line is expected to begin with. */
  readonly nameStarts = new Int32Array(MAX_REMEMBERED_FIELDS);
  readonly nameEnds = new Int32Array(MAX_REMEMBERED_FIELDS);
  readonly metricNumbers = new Uint8Array(MAX_REMEMBERED_FIELDS);
  remembered = 0;
  private isRemembering = true;
  private valueEnd = 0;

  /** Forgets the last line. */
  reset(): void {
    this.remembered = 0;
    this.isRemembering = true;
  }

  /** Notes a field that was read elsewhere. */
  remember(nameStart: number, nameEnd: number, metricNumber: number): void {
    this.isRemembering &&=
      metricNumber >= 0 && this.remembered < MAX_REMEMBERED_FIELDS && !this.isRepeated(metricNumber);
    if (!this.isRemembering) return;
    this.nameStarts[this.remembered] = nameStart;
    this.nameEnds[this.remembered] = nameEnd;
    this.metricNumbers[this.remembered++] = metricNumber;
  }

  /** Reads fields from `start`; answers the position of the space, return or newline after the last. */
  read(bytes: Uint8Array, start: number, end: number, identity: SeriesIdentity, writer: MessageWriter): number | Fault {
    for (let at = start; ; at = this.valueEnd + 1) {
      const equals = keyEnd(bytes, at);
      if (equals === undefined || equals === at) return isLineEnd(bytes[at]!) ? NO_FIELDS : FIELD_INVALID;
      const name = utf8Text(bytes, at, equals);
      if (name === undefined) return NOT_UTF8;
      const key = identity.metricPrefix + unescapeText(name, SPECIAL_IN_KEY) + identity.metricSuffix;
      const fault = this.value(bytes, at, equals + 1, end, key, writer);
      if (fault !== undefined) return fault;
      const terminator = bytes[this.valueEnd]!;
      if (terminator !== COMMA) return isSpace(terminator) ? this.valueEnd : VALUE_INVALID;
    }
  }

  private value(
    bytes: Uint8Array,
    nameStart: number,
    at: number,
    end: number,
    key: string,
    writer: MessageWriter,
  ): Fault | undefined {
    const first = bytes[at]!;
    if (first === QUOTE) {
      this.isRemembering = false;
      return this.string(bytes, at, end, key, writer);
    }
    const boolean = booleanAt(bytes, at);
    if (boolean !== undefined) {
      this.isRemembering = false;
      this.valueEnd = at + boolean.length;
      writer.json(key, boolean.value ? "true" : "false");
      return undefined;
    }
    const number = parseNumber(bytes, at);
    if (number === "not a number") return VALUE_INVALID;
    if (number === "out of range") return VALUE_OUT_OF_RANGE;
    this.valueEnd = number.end;
    if (number.exactText === undefined) {
      this.remember(nameStart, at, writer.number(key, number.value));
    } else {
      this.isRemembering = false;
      writer.text(key, number.exactText);
    }
    return undefined;
  }

  private string(bytes: Uint8Array, at: number, end: number, key: string, writer: MessageWriter): Fault | undefined {
    const quote = quotedEnd(bytes, at + 1, end);
    if (quote === UNTERMINATED) return STRING_UNTERMINATED;
    const text = utf8Text(bytes, at + 1, quote);
    if (text === undefined) return NOT_UTF8;
    this.valueEnd = quote + 1;
    writer.text(key, unescapeText(text, SPECIAL_IN_STRING));
    return undefined;
  }

  private isRepeated(metricNumber: number): boolean {
    for (let i = 0; i < this.remembered; i++) {
      if (this.metricNumbers[i] === metricNumber) return true;
    }
    return false;
  }
}

/** The position of the `=` that ends a field's key; undefined when the line or the fields end before it. */
function keyEnd(bytes: Uint8Array, start: number): number | undefined {
  for (let at = start; ; at++) {
    const byte = bytes[at]!;
    if (byte === NEWLINE) return undefined;
    if (bytes[at - 1] === BACKSLASH && at > start) continue;
    if (byte === EQUALS) return at;
    if (byte === COMMA || byte === SPACE) return undefined;
  }
}

interface BooleanWord {
  readonly value: boolean;
  readonly length: number;
}

const BOOLEAN_WORDS: readonly { readonly text: string; readonly value: boolean }[] = [
  { text: "true", value: true },
  { text: "True", value: true },
  { text: "TRUE", value: true },
  { text: "false", value: false },
  { text: "False", value: false },
  { text: "FALSE", value: false },
  { text: "t", value: true },
  { text: "T", value: true },
  { text: "f", value: false },
  { text: "F", value: false },
];

function booleanAt(bytes: Uint8Array, at: number): BooleanWord | undefined {
  if (bytes[at]! < 0x46) return undefined;
  for (const { text, value } of BOOLEAN_WORDS) {
    if (hasAsciiAt(bytes, at, text)) return { value, length: text.length };
  }
  return undefined;
}

function hasAsciiAt(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[at + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

function isSpace(byte: number): boolean {
  return byte === SPACE || isLineEnd(byte);
}

function isLineEnd(byte: number): boolean {
  return byte === NEWLINE || byte === RETURN;
}
