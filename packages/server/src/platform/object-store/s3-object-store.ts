import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, rm, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { Clock } from "../clock.ts";
import {
  assertObjectName,
  type FileSource,
  type ListedObject,
  type ObjectStore,
  type StoredObject,
} from "../object-store.ts";
import { checksumOf, isSame } from "./checksum.ts";
import { LocalCache } from "./local-cache.ts";
import { objectMissing } from "./object-errors.ts";
import { takeScratchFolder } from "./scratch-folder.ts";

export interface S3Settings {
  readonly bucket: string;
  readonly prefix: string;
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly cacheFolder: string;
  readonly maxCacheBytes: number;
}

/** Larger files go up in pieces of this size, one after the other: each is in memory while it is sent. */
const PIECE_BYTES = 8 * 1024 * 1024;

export interface S3Limits {
  /** What failed on the way, or with 5xx and 429, is tried again at growing intervals. */
  readonly maxAttempts: number;
  readonly connectMs: number;
  /** Nothing was heard for so long: an answer that has not begun, or one that stopped midway. */
  readonly idleMs: number;
  /** Of one request, from its first byte to the beginning of its answer. */
  readonly requestMs: number;
}

export const S3_LIMITS: S3Limits = { maxAttempts: 6, connectMs: 5_000, idleMs: 30_000, requestMs: 120_000 };

/**
 * Objects in a bucket of Amazon's S3 or whatever speaks like it. A successful answer to the upload is the service's promise
 * that the object is kept.
 */
export async function createS3ObjectStore(
  settings: S3Settings,
  clock: Clock,
  limits: S3Limits = S3_LIMITS,
): Promise<ObjectStore> {
  const { bucket: Bucket, prefix, endpoint, region, credentials, cacheFolder, maxCacheBytes } = settings;
  const client = new S3Client({
    region,
    maxAttempts: limits.maxAttempts,
    requestHandler: {
      connectionTimeout: limits.connectMs,
      socketTimeout: limits.idleMs,
      requestTimeout: limits.requestMs,
      throwOnRequestTimeout: true,
    },
    // Whatever speaks like S3 rarely knows the newer checksums, or buckets as names of hosts.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(credentials !== undefined && { credentials }),
  });
  const scratchFolder = takeScratchFolder(cacheFolder);
  const cache = new LocalCache(cacheFolder, scratchFolder, maxCacheBytes);
  await cache.start();
  const keyOf = (name: string) => {
    assertObjectName(name);
    return prefix + name;
  };

  async function open(name: string): Promise<Answer> {
    try {
      const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket, Key: keyOf(name) }));
      return { body: Body as Readable, bytes: ContentLength };
    } catch (error) {
      if ((error as Error).name === "NoSuchKey") throw objectMissing(name, error);
      throw error;
    }
  }

  /** The library tries again what failed before the answer; what fails within it begins anew here. */
  async function read<T>(name: string, consume: (chunks: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const answer = await open(name);
      try {
        return await consume(wholeBody(answer, name, clock, limits.idleMs));
      } catch (error) {
        answer.body.destroy();
        if (attempt >= limits.maxAttempts || !isOnTheWay(error)) throw error;
      }
    }
  }

  const download = (name: string) => (file: string) =>
    read(name, async (chunks) => void (await pipeline(chunks, createWriteStream(file))));

  return tellingOutages({
    scratchFolder,
    async put(name, source) {
      const Key = keyOf(name);
      if (source instanceof Uint8Array) {
        await client.send(new PutObjectCommand({ Bucket, Key, Body: source }));
        return checksumOf([source]);
      }
      const stored = await upload(client, { Bucket, Key }, source);
      await rm(source.path, { force: true });
      return stored;
    },
    get: (name) => read(name, gather),
    inspect: (name) => read(name, checksumOf),
    localPath: (name) => cache.path(keyOf(name), clock.nowMicros() / 1000, download(name)),
    lease: (name) => cache.lease(keyOf(name), clock.nowMicros() / 1000, download(name)),
    forgetCopy: (name) => cache.forget(keyOf(name)),
    async delete(name) {
      await client.send(new DeleteObjectCommand({ Bucket, Key: keyOf(name) }));
      await cache.forget(keyOf(name));
    },
    swap: (name, expected, bytes) => swapObject(client, { Bucket, Key: keyOf(name) }, expected, bytes),
    list: (start) => listBucket(client, Bucket, prefix, start),
  });
}

/** A service that is away or overloaded says nothing of an object: whoever asked tries again later. */
function tellingOutages(store: ObjectStore): ObjectStore {
  const told =
    <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
    (...args: A) =>
      call(...args).catch((error: unknown) => {
        throw isOutage(error) ? unavailable(error) : error;
      });
  return {
    scratchFolder: store.scratchFolder,
    put: told(async (name, source) => store.put(name, source)),
    get: told(store.get),
    inspect: told(store.inspect),
    localPath: told(store.localPath),
    lease: told(store.lease),
    forgetCopy: store.forgetCopy,
    swap: told(store.swap),
    delete: told(store.delete),
    async *list(prefix) {
      try {
        yield* store.list(prefix);
      } catch (error) {
        throw isOutage(error) ? unavailable(error) : error;
      }
    },
  };
}

function isOutage(error: unknown): boolean {
  if (isSluiceError(error)) return false;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  return isOnTheWay(error) || status >= 500 || status === 429 || status === 408;
}

function unavailable(cause: unknown): SluiceError {
  const message = `The object store cannot be reached (${(cause as Error).message}): see that its service runs, and that the network leads there. It is tried again.`;
  return new SluiceError("unavailable", "object.unavailable", message, { cause, retryable: true });
}

interface Answer {
  readonly body: Readable;
  /** That the service says it sends. */
  readonly bytes: number | undefined;
}

/** A body that ends early, or of which nothing comes any more, is an error. */
async function* wholeBody(
  { body, bytes }: Answer,
  name: string,
  clock: Clock,
  idleMs: number,
): AsyncGenerator<Uint8Array> {
  const watch = () =>
    clock.after(idleMs, () => body.destroy(new BrokenAnswer(`nothing of ${name} came for ${idleMs} ms`)));
  let received = 0;
  let cancel = watch();
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      cancel();
      received += chunk.length;
      yield chunk;
      cancel = watch();
    }
  } finally {
    cancel();
  }
  if (bytes !== undefined && received !== bytes) {
    throw new BrokenAnswer(`${received} bytes of ${name} came instead of ${bytes}`);
  }
}

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

class BrokenAnswer extends Error {}

/** Rather than on this machine: its disk may be full. */
function isOnTheWay(error: unknown): boolean {
  if (isSluiceError(error)) return false;
  if (error instanceof BrokenAnswer || (error as Error).name === "TimeoutError") return true;
  return /^(ECONN|EPIPE|ETIMEDOUT|ERR_STREAM_PREMATURE)/.test(String((error as { code?: unknown }).code));
}

interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

/** What is sent is summed up as it is sent, and does not become an object unless it is what its maker had. */
async function upload(client: S3Client, target: Target, source: FileSource): Promise<StoredObject> {
  const { size } = await stat(source.path);
  const file = await open(source.path, "r");
  const hash = createHash("sha256");
  const read = async (at: number) => {
    const piece = await readPiece(file, at, size);
    hash.update(piece);
    return piece;
  };
  const finish = () => {
    const stored = { bytes: size, checksum: hash.digest("hex") };
    const { made = stored } = source;
    if (made.bytes === stored.bytes && made.checksum === stored.checksum) return stored;
    throw new Error(
      `${source.path} is not what was made: ${JSON.stringify(stored)} instead of ${JSON.stringify(made)}`,
    );
  };
  try {
    if (size > PIECE_BYTES) return await uploadPieces(client, target, { read, size, finish });
    const Body = await read(0);
    const stored = finish();
    await client.send(new PutObjectCommand({ ...target, Body }));
    return stored;
  } finally {
    await file.close();
  }
}

async function readPiece(file: Awaited<ReturnType<typeof open>>, at: number, size: number): Promise<Uint8Array> {
  const piece = new Uint8Array(Math.min(PIECE_BYTES, size - at));
  const { bytesRead } = await file.read(piece, 0, piece.length, at);
  if (bytesRead !== piece.length) throw new Error(`the file ended ${piece.length - bytesRead} bytes too early`);
  return piece;
}

interface Pieces {
  readonly read: (at: number) => Promise<Uint8Array>;
  readonly size: number;
  /** Once all were read. Throws when they are not what they should be. */
  readonly finish: () => StoredObject;
}

/** The object appears when all of its pieces are there, or not at all. */
async function uploadPieces(client: S3Client, target: Target, { read, size, finish }: Pieces): Promise<StoredObject> {
  let stored: StoredObject | undefined;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  try {
    const Parts: { ETag: string | undefined; PartNumber: number }[] = [];
    for (let at = 0; at < size; at += PIECE_BYTES) {
      const PartNumber = Parts.length + 1;
      const Body = await read(at);
      const { ETag } = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
      Parts.push({ ETag, PartNumber });
    }
    stored = finish();
    await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    return stored;
  } catch (error) {
    // When the answer to the last step was lost, trying again fails, and only looking tells: names are never used twice.
    const head = stored && (await client.send(new HeadObjectCommand(target)).catch(() => undefined));
    if (stored !== undefined && head?.ContentLength === size) return stored;
    // What is left of an upload costs money until the bucket's own rule for them removes it.
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => {});
    throw error;
  }
}

/** Where the service knows no conditions, what is there afterwards has to do; nobody can then tell two at the same moment apart. */
async function swapObject(
  client: S3Client,
  target: Target,
  expected: Uint8Array | undefined,
  bytes: Uint8Array,
): Promise<boolean> {
  const found = await readSmall(client, target);
  if (!isSame(found?.bytes, expected)) return false;
  const condition = found === undefined ? { IfNoneMatch: "*" } : { IfMatch: found.etag };
  try {
    await client.send(new PutObjectCommand({ ...target, Body: bytes, ...condition }));
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === 409 || status === 412) return isSame((await readSmall(client, target))?.bytes, bytes);
    if (status !== 501) throw error;
    await client.send(new PutObjectCommand({ ...target, Body: bytes }));
  }
  return isSame((await readSmall(client, target))?.bytes, bytes);
}

async function readSmall(client: S3Client, target: Target) {
  try {
    const { Body, ETag } = await client.send(new GetObjectCommand(target));
    return { bytes: await Body!.transformToByteArray(), etag: ETag };
  } catch (error) {
    if ((error as Error).name === "NoSuchKey") return undefined;
    throw error;
  }
}

async function* listBucket(
  client: S3Client,
  Bucket: string,
  prefix: string,
  start: string,
): AsyncGenerator<ListedObject> {
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix: prefix + start, ...(ContinuationToken && { ContinuationToken }) }),
    );
    for (const { Key = "", Size = 0, LastModified } of page.Contents ?? []) {
      yield { name: Key.slice(prefix.length), bytes: Size, modifiedMs: LastModified?.getTime() ?? 0 };
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}
