/** The numeric fields that the lines of a series begin with, in the order of its last line, and their metric numbers. */
export interface FieldTemplate {
  /** `name=` of each field as the bytes that come, one after another. */
  readonly names: Uint8Array;
  /** Where each name ends in `names`. */
  readonly nameEnds: Int32Array;
  readonly metricNumbers: Uint8Array;
}

export const EMPTY_TEMPLATE: FieldTemplate = {
  names: new Uint8Array(0),
  nameEnds: new Int32Array(0),
  metricNumbers: new Uint8Array(0),
};

/** Templates shared at most; past it they are forgotten, and series that have one keep theirs. */
const MAX_TEMPLATES = 16_384;

/** Series whose fields have the same names and numbers share one template: 10,000 of them then fit a processor's cache. */
export class FieldTemplates {
  private readonly byContent = new Map<string, FieldTemplate>();

  /** The template of `count` fields, whose names lie in `bytes` from `starts[i]` to before `ends[i]`. */
  of(
    bytes: Uint8Array,
    starts: ArrayLike<number>,
    ends: ArrayLike<number>,
    numbers: Uint8Array,
    count: number,
  ): FieldTemplate {
    let content = "";
    for (let i = 0; i < count; i++) {
      for (let at = starts[i]!; at < ends[i]!; at++) content += String.fromCharCode(bytes[at]!);
      content += String.fromCharCode(numbers[i]!);
    }
    const known = this.byContent.get(content);
    if (known !== undefined) return known;
    if (this.byContent.size >= MAX_TEMPLATES) this.byContent.clear();
    const made = make(bytes, starts, ends, numbers, count);
    this.byContent.set(content, made);
    return made;
  }
}

function make(
  bytes: Uint8Array,
  starts: ArrayLike<number>,
  ends: ArrayLike<number>,
  numbers: Uint8Array,
  count: number,
): FieldTemplate {
  const nameEnds = new Int32Array(count);
  let length = 0;
  for (let i = 0; i < count; i++) {
    length += ends[i]! - starts[i]!;
    nameEnds[i] = length;
  }
  const names = new Uint8Array(length);
  for (let i = 0; i < count; i++) names.set(bytes.subarray(starts[i]!, ends[i]!), i === 0 ? 0 : nameEnds[i - 1]!);
  return { names, nameEnds, metricNumbers: numbers.slice(0, count) };
}
