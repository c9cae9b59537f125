import { checksumOfFile } from "../../platform/object-store/checksum.ts";
import type { LeasedFile, ObjectStore, StoredObject } from "../../platform/object-store.ts";
import type { PartFacts } from "./part-rows.ts";
import { RawReader } from "./raw-reader.ts";

/** What lies in the store is what was put there. */
export async function assertStored(store: ObjectStore, name: string, put: StoredObject): Promise<void> {
  assertSame(await store.inspect(name), name, put);
}

/** A local copy is what was put into the store. */
export async function assertFile(path: string, put: StoredObject & { readonly name: string }): Promise<void> {
  assertSame(await checksumOfFile(path), put.name, put);
}

/** A local copy to read from, looked at from end to end. One that is not what was put there is fetched anew by whoever asks next. */
export async function leaseWhole(
  store: ObjectStore,
  object: StoredObject & { readonly name: string },
): Promise<LeasedFile> {
  const leased = await store.lease(object.name);
  try {
    await assertFile(leased.path, object);
    return leased;
  } catch (error) {
    leased.release();
    await store.forgetCopy(object.name);
    throw error;
  }
}

function assertSame(found: StoredObject, name: string, put: StoredObject): void {
  if (found.bytes === put.bytes && found.checksum === put.checksum) return;
  throw new Error(
    `${name} reads back as ${found.bytes} bytes, ${found.checksum}; written were ${put.bytes}, ${put.checksum}`,
  );
}

/** Every row group of the file can be decoded, and together they hold what was written. */
export async function assertReadable(
  store: ObjectStore,
  name: string,
  written: PartFacts,
  pace: () => Promise<void>,
): Promise<void> {
  const file = await store.lease(name);
  try {
    const found = await countFile(file.path, pace);
    if (found.messages === written.messages && found.readings === written.readings) return;
    const told = ({ messages, readings }: PartFacts) => `${messages} messages and ${readings} readings`;
    throw new Error(`${name} holds ${told(found)}; written were ${told(written)}`);
  } finally {
    file.release();
  }
}

async function countFile(path: string, pace: () => Promise<void>): Promise<PartFacts> {
  const reader = await RawReader.open(path);
  const sum = { messages: 0, readings: 0 };
  try {
    for (let group = 0; group < reader.groups.length; group++) {
      const { messages, readings } = await reader.countGroup(group);
      sum.messages += messages;
      sum.readings += readings;
      await pace();
    }
    return sum;
  } finally {
    await reader.close();
  }
}
