import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { COMMA, LOWER_I, MINUS, NEWLINE, POINT, RETURN, SPACE, ZERO } from "./bytes.ts";
import { EXACT_POWERS_OF_TEN } from "./decimal.ts";
import type { FieldTemplate } from "./field-template.ts";

/** So many digits fit an int32, whose arithmetic is twice as fast as that of doubles. */
const MAX_FAST_DIGITS = 9;

/**
 * Reads the fields that a series' lines begin with, as long as they have the expected names and plain numbers of at most nine
 * digits; stops before the first that does not. One instance is reused, so that nothing is allocated.
 */
export class FastFields {
  /** True when the last line held nothing else. */
  isComplete = false;
  fieldsRead = 0;
  readonly nameStarts = new Int32Array(256);

  /**
   * Adds the values to the batch's open message. Answers where it stopped: after the last field when complete, else at the
   * name of the first field that it did not read.
   */
  read(bytes: Uint8Array, start: number, template: FieldTemplate, batch: MessageBatch): number {
    const { names, nameEnds, metricNumbers } = template;
    const count = nameEnds.length;
    let at = start;
    let nameAt = 0;
    this.isComplete = false;
    for (let field = 0; field < count; field++) {
      this.nameStarts[field] = at;
      this.fieldsRead = field;
      const nameEnd = nameEnds[field]!;
      let cursor = at;
      while (nameAt < nameEnd && bytes[cursor] === names[nameAt]) {
        cursor++;
        nameAt++;
      }
      if (nameAt < nameEnd) return at;

      const isNegative = bytes[cursor] === MINUS;
      if (isNegative) cursor++;
      let mantissa = 0;
      const digitsFrom = cursor;
      let digit = bytes[cursor]! - ZERO;
      while (digit >= 0 && digit <= 9) {
        mantissa = (Math.imul(mantissa, 10) + digit) | 0;
        digit = bytes[++cursor]! - ZERO;
      }
      let digits = cursor - digitsFrom;
      let fraction = 0;
      if (bytes[cursor] === POINT) {
        const fractionFrom = ++cursor;
        digit = bytes[cursor]! - ZERO;
        while (digit >= 0 && digit <= 9) {
          mantissa = (Math.imul(mantissa, 10) + digit) | 0;
          digit = bytes[++cursor]! - ZERO;
        }
        fraction = cursor - fractionFrom;
        digits += fraction;
      } else if (bytes[cursor] === LOWER_I) cursor++;
      if (digits === 0 || digits > MAX_FAST_DIGITS) return at;
      const terminator = bytes[cursor]!;
      const isLast = terminator === SPACE || terminator === NEWLINE || terminator === RETURN;
      if (!isLast && terminator !== COMMA) return at;
      const size = mantissa / EXACT_POWERS_OF_TEN[fraction]!;
      batch.addValue(metricNumbers[field]!, isNegative ? -size : size);
      if (isLast) {
        this.isComplete = true;
        this.fieldsRead = field + 1;
        return cursor;
      }
      at = cursor + 1;
    }
    this.fieldsRead = count;
    return at;
  }
}
