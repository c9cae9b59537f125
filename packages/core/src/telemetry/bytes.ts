/**
 * Bytes written and read in order, little-endian, and the one integer layout of the slice codec.
 *
 * *Integer block*: `width u8` (0 to 7) · `base f64` · `width` planes of n bytes. Value i is
 * `base + Σ plane[k][i] · 256^k`. Planes keep the high bytes, which hardly change, together, so that a general compressor
 * finds them; and any value can be read without its neighbours.
 */
export class ByteWriter {
  bytes: Uint8Array;
  length = 0;
  private view: DataView;

  constructor(capacity = 64 * 1024) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  clear(): void {
    this.length = 0;
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  u16(value: number): void {
    this.reserve(2);
    this.view.setUint16(this.length, value, true);
    this.length += 2;
  }

  u32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }

  f64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  raw(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  /** Leaves room for a u32 that `patchU32` fills once it is known; returns where it stands. */
  holdU32(): number {
    const at = this.length;
    this.u32(0);
    return at;
  }

  patchU32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  /** Writes the first `count` of `integers`, all safe integers, as an integer block. */
  integers(integers: Float64Array, count: number): void {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const value = integers[i]!;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    if (count === 0) min = max = 0;
    const width = bytesFor(max - min);
    this.u8(width);
    this.f64(min);
    this.reserve(width * count);
    if (width <= 4) this.narrowPlanes(integers, count, min, width);
    else this.widePlanes(integers, count, min, width);
    this.length += width * count;
  }

  /** Writes doubles bit for bit, as eight planes. */
  doubles(values: Float64Array, count: number): void {
    this.reserve(8 * count);
    const source = new Uint8Array(values.buffer, values.byteOffset, count * 8);
    for (let plane = 0; plane < 8; plane++) {
      const at = this.length + plane * count;
      for (let i = 0; i < count; i++) this.bytes[at + i] = source[i * 8 + plane]!;
    }
    this.length += 8 * count;
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private narrowPlanes(integers: Float64Array, count: number, base: number, width: number): void {
    const bytes = this.bytes;
    const at = this.length;
    for (let i = 0; i < count; i++) {
      const offset = (integers[i]! - base) >>> 0;
      let place = at + i;
      for (let plane = 0; plane < width; plane++) {
        bytes[place] = (offset >>> (plane * 8)) & 255;
        place += count;
      }
    }
  }

  private widePlanes(integers: Float64Array, count: number, base: number, width: number): void {
    for (let i = 0; i < count; i++) {
      let rest = integers[i]! - base;
      for (let plane = 0; plane < width; plane++) {
        const high = Math.floor(rest / 256);
        this.bytes[this.length + plane * count + i] = rest - high * 256;
        rest = high;
      }
    }
  }

  private reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** Width in bytes of the largest offset; ranges of safe integers need at most 7. */
function bytesFor(range: number): number {
  let width = 0;
  for (let limit = 1; range >= limit; limit *= 256) width++;
  return width;
}

export class ByteReader {
  readonly bytes: Uint8Array;
  position = 0;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.view.getUint8(this.position++);
  }

  u16(): number {
    const value = this.view.getUint16(this.position, true);
    this.position += 2;
    return value;
  }

  u32(): number {
    const value = this.view.getUint32(this.position, true);
    this.position += 4;
    return value;
  }

  f64(): number {
    const value = this.view.getFloat64(this.position, true);
    this.position += 8;
    return value;
  }

  take(count: number): Uint8Array {
    const end = this.position + count;
    if (end > this.bytes.length) throw new RangeError("slice body ends too early");
    const part = this.bytes.subarray(this.position, end);
    this.position = end;
    return part;
  }

  integers(count: number): IntegerBlock {
    const width = this.u8();
    const base = this.f64();
    return new IntegerBlock(this.take(width * count), count, width, base);
  }
}

/** Reads an integer block without copying it. */
export class IntegerBlock {
  private readonly planes: Uint8Array;
  private readonly count: number;
  private readonly width: number;
  private readonly base: number;

  constructor(planes: Uint8Array, count: number, width: number, base: number) {
    this.planes = planes;
    this.count = count;
    this.width = width;
    this.base = base;
  }

  at(index: number): number {
    let offset = 0;
    let weight = 1;
    for (let at = index, plane = 0; plane < this.width; plane++, at += this.count) {
      offset += this.planes[at]! * weight;
      weight *= 256;
    }
    return this.base + offset;
  }
}
