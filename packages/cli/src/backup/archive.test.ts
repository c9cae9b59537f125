import { mkdtempSync, rmSync } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pack } from "tar-stream";
import { afterAll, expect, test } from "vitest";
import { verifyArchive } from "./archive-reader.ts";
import { ArchiveWriter } from "./archive-writer.ts";
import { assertArchiveName, FORMAT, MANIFEST, type Manifest } from "./manifest.ts";
import { assertFits } from "./restore-backup.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "sluice-archive-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MINE: Manifest = {
  format: FORMAT,
  program: "0.1.0",
  takenAt: "2026-05-01T12:00:00.000Z",
  postgres: { version: "18.4", platform: process.platform, architecture: process.arch },
  schemaVersion: 1,
  secret: "none",
  damaged: [],
  files: {},
};

async function archive(fill: (writer: ArchiveWriter) => Promise<void>): Promise<string> {
  const file = path.join(folder, "archive.tar");
  const handle = await open(file, "w");
  const writer = new ArchiveWriter(handle, false);
  try {
    await fill(writer);
    await writer.end();
  } finally {
    await handle.close();
  }
  return file;
}

test("a file that is not there is told as that", async () => {
  const file = path.join(folder, "nothing.tar.zst");
  await expect(verifyArchive(file)).rejects.toMatchObject({ code: "backup.unreadable" });
});

test("every file is held against the manifest", async () => {
  const whole = await archive(async (writer) => {
    await writer.addText("secret", "s");
    await writer.addText(MANIFEST, JSON.stringify({ ...MINE, files: writer.files }));
  });
  expect((await verifyArchive(whole)).files).toEqual({ secret: expect.objectContaining({ bytes: 1 }) });
  const files = { secret: { bytes: 1, checksum: "0".repeat(64) } };
  for (const [manifest, why] of [
    [{ ...MINE, files }, /secret is not as it was written/],
    [MINE, /knows no secret/],
    [{ ...MINE, files: { ...files, "objects/a": files.secret } }, /not as it was written|objects\/a is missing/],
  ] as const) {
    const wrong = await archive(async (writer) => {
      await writer.addText("secret", "s");
      await writer.addText(MANIFEST, JSON.stringify(manifest));
    });
    await expect(verifyArchive(wrong)).rejects.toThrow(why);
  }
  const endless = await archive(async (writer) => void (await writer.addText("secret", "s")));
  await expect(verifyArchive(endless)).rejects.toThrow(/breaks off/);
});

test.each([
  "../secret",
  "/etc/passwd",
  "postgres/../../x",
  "objects/../x",
  "home",
  "objects/.scratch/x",
  "postgres//x",
  "postgres/a\\b",
  "objects/my notes.txt",
])("an archive with the entry %s is refused", async (name) => {
  expect(() => assertArchiveName(name)).toThrow(/no backup has/);
  await expect(archive(async (writer) => void (await writer.addText(name, "x")))).rejects.toThrow(/no backup has/);
  const hostile = path.join(folder, "hostile.tar");
  const tar = pack();
  tar.entry({ name }, "x");
  tar.finalize();
  await writeFile(hostile, tar as unknown as AsyncIterable<Uint8Array>);
  await expect(verifyArchive(hostile)).rejects.toMatchObject({ code: "backup.damaged" });
});

test("a backup of a newer schema, of another PostgreSQL or another kind of machine is refused before anything is made", () => {
  assertFits(MINE);
  expect(() => assertFits({ ...MINE, schemaVersion: 9_999 })).toThrow(/newer version of Sluice/);
  expect(() => assertFits({ ...MINE, postgres: { ...MINE.postgres, version: "17.2" } })).toThrow(/PostgreSQL 17/);
  expect(() => assertFits({ ...MINE, postgres: { ...MINE.postgres, architecture: "s390x" } })).toThrow(/s390x/);
});

test("of a format that is not known, nothing is read", async () => {
  const other = await archive(
    async (writer) => void (await writer.addText(MANIFEST, JSON.stringify({ ...MINE, format: 2 }))),
  );
  await expect(verifyArchive(other)).rejects.toMatchObject({ code: "backup.format" });
});
