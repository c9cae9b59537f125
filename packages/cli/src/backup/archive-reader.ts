import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createZstdDecompress } from "node:zlib";
import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import { extract } from "tar-stream";
import { type ArchivedFile, assertArchiveName, damaged, MANIFEST, type Manifest, parseManifest } from "./manifest.ts";

const ZSTD_MAGIC = 0xfd2fb528;
const READ_BYTES = 1024 * 1024;
/** The manifest of a million files. */
const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;

export interface ArchiveEntry {
  readonly name: string;
  readonly kind: "file" | "folder";
  /** To be read to its end before the next entry. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** The entries in their order, which is the one in which they were written. Throws `backup.unreadable` and `backup.damaged`. */
export async function* readArchive(file: string): AsyncGenerator<ArchiveEntry> {
  const isCompressed = await isZstd(file);
  const bytes = createReadStream(file, { highWaterMark: READ_BYTES });
  const entries = extract();
  const plain = isCompressed ? bytes.pipe(createZstdDecompress()) : bytes;
  for (const stream of [bytes, plain]) stream.on("error", (error: Error) => entries.destroy(error));
  plain.pipe(entries as unknown as NodeJS.WritableStream);
  try {
    for await (const entry of entries) {
      const { name, type } = entry.header;
      const plainName = type === "directory" ? name.replace(/\/$/, "") : name;
      assertArchiveName(plainName);
      if (type !== "file" && type !== "directory") throw damaged(`${plainName} is neither a file nor a folder`);
      yield { name: plainName, kind: type === "file" ? "file" : "folder", content: contentOf(entry) };
      entry.resume();
    }
  } catch (error) {
    throw asDamaged(error);
  } finally {
    bytes.destroy();
    entries.destroy();
  }
}

/** What breaks in the middle of a file breaks at whoever reads it. */
async function* contentOf(entry: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of entry) yield chunk;
  } catch (error) {
    throw asDamaged(error);
  }
}

function asDamaged(error: unknown): unknown {
  return isSluiceError(error) || isOfFileSystem(error) ? error : damaged((error as Error).message, error);
}

/** Reads all of it, and holds every file against the manifest. Throws `backup.damaged`. */
export async function verifyArchive(file: string, onBytes: (bytes: number) => void = () => {}): Promise<Manifest> {
  const found = new Map<string, ArchivedFile>();
  let manifest: Manifest | undefined;
  let total = 0;
  for await (const { name, kind, content } of readArchive(file)) {
    if (manifest !== undefined) throw damaged("something follows its manifest");
    if (name === MANIFEST) manifest = parseManifest(await textOf(content));
    else if (kind === "file") {
      if (found.has(name)) throw damaged(`${name} comes twice`);
      const summed = await sum(content, (bytes) => {
        total += bytes;
        onBytes(total);
      });
      found.set(name, summed);
    }
  }
  if (manifest === undefined) throw damaged("it breaks off before its end");
  compare(manifest, found);
  return manifest;
}

function compare({ files }: Manifest, found: ReadonlyMap<string, ArchivedFile>): void {
  for (const [name, { bytes, checksum }] of Object.entries(files)) {
    const there = found.get(name);
    if (there === undefined) throw damaged(`${name} is missing`);
    if (there.bytes !== bytes || there.checksum !== checksum) throw damaged(`${name} is not as it was written`);
  }
  for (const name of found.keys()) if (!Object.hasOwn(files, name)) throw damaged(`its manifest knows no ${name}`);
}

async function sum(content: AsyncIterable<Uint8Array>, onChunk: (bytes: number) => void): Promise<ArchivedFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    bytes += chunk.length;
    onChunk(chunk.length);
  }
  return { bytes, checksum: hash.digest("hex") };
}

export async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > MAX_MANIFEST_BYTES) throw damaged("its manifest is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function isZstd(file: string): Promise<boolean> {
  const handle = await open(file, "r").catch((error: NodeJS.ErrnoException) => {
    throw new SluiceError("not-found", "backup.unreadable", `${file} cannot be read: ${error.code}.`, { cause: error });
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.readUInt32LE(0) === ZSTD_MAGIC;
  } finally {
    await handle.close();
  }
}

function isOfFileSystem(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).syscall === "string";
}
