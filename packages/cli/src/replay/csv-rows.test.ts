import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CsvFile, type CsvRow } from "./csv-rows.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "csv-rows-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function collect(rows: AsyncIterable<CsvRow>): Promise<CsvRow[]> {
  const all: CsvRow[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

function write(name: string, content: string | Buffer): CsvFile {
  writeFileSync(path.join(folder, name), content);
  return new CsvFile(path.join(folder, name));
}

test("rows come with their lines; quotes, a byte order mark and Windows line ends are read", async () => {
  const file = write("a.csv", '\ufefftime,note\r\n1,"a, ""b"""\r\n2,\r\n');
  expect(await collect(file.rows())).toEqual([
    { lineNumber: 1, cells: ["time", "note"] },
    { lineNumber: 2, cells: ["1", 'a, "b"'] },
    { lineNumber: 3, cells: ["2", ""] },
  ]);
});

test("a gzipped file reads the same, and the bytes read add up to its size", async () => {
  const text = `time,v\n${Array.from({ length: 5_000 }, (_, index) => `${index},${index / 7}`).join("\n")}\n`;
  const file = write("a.csv.gz", gzipSync(text));
  const rows = await collect(file.rows());
  expect(rows).toHaveLength(5_001);
  expect(rows[5_000]!.cells).toEqual(["4999", String(4999 / 7)]);
  expect(file.bytesRead).toBe(file.bytes);
});

test("a row with a cell too many, a cut archive and a missing file are clear errors", async () => {
  await expect(collect(write("a.csv", "a,b\n1,2,3\n").rows())).rejects.toMatchObject({ code: "csv.malformed" });
  const cut = gzipSync("a,b\n1,2\n").subarray(0, 20);
  await expect(collect(write("b.csv.gz", cut).rows())).rejects.toMatchObject({ code: "csv.malformed" });
  expect(() => new CsvFile(path.join(folder, "none.csv"))).toThrow(/none.csv cannot be read: ENOENT/);
});

test("leaving early closes the file", async () => {
  const file = write("a.csv", `a\n${"1\n".repeat(1_000_000)}`);
  for await (const row of file.rows()) if (row.lineNumber === 3) break;
  expect(file.bytesRead).toBeLessThan(file.bytes);
});
