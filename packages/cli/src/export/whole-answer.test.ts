import { expect, test } from "vitest";
import { CsvAnswer, ParquetAnswer } from "./whole-answer.ts";

const LINES = `device,value\r\n${Array.from({ length: 40 }, (_, i) => `pond-${i},${i}\r\n`).join("")}`;
const CSV = `${LINES}# end of 40 rows\r\n`;

function pass(receiver: CsvAnswer | ParquetAnswer, bytes: Buffer, size: number) {
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) out.push(receiver.take(bytes.subarray(at, at + size)));
  const { rest, file } = receiver.end();
  return { text: Buffer.concat([...out, rest]).toString("latin1"), file };
}

test.each([1, 7, 64, 100_000])("a CSV passes without its end line, in pieces of %i bytes", (size) => {
  const { text, file } = pass(new CsvAnswer(), Buffer.from(CSV), size);
  expect(text).toBe(LINES);
  expect(file).toEqual({ rows: 40, bytes: LINES.length });
});

test("a CSV that was cut anywhere is known, and one that lost lines in between", () => {
  for (let end = 0; end < CSV.length; end++) {
    expect(() => pass(new CsvAnswer(), Buffer.from(CSV.slice(0, end)), 50), `${end}`).toThrow(/broke off/);
  }
  expect(() => pass(new CsvAnswer(), Buffer.from(CSV.replace("pond-7,7\r\n", "")), 50)).toThrow(/broke off/);
});

test("a Parquet file that was cut anywhere is known", () => {
  const footer = Buffer.from("footer");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  const file = Buffer.concat([Buffer.from("PAR1column data"), footer, length, Buffer.from("PAR1")]);
  for (const size of [1, 5, 1_000]) expect(pass(new ParquetAnswer(), file, size).file.bytes).toBe(file.length);
  for (let end = 0; end < file.length; end++) {
    expect(() => pass(new ParquetAnswer(), file.subarray(0, end), 9), `${end}`).toThrow(/broke off/);
  }
});
