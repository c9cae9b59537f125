/** Where files are kept that a database should not hold: parts of settled readings, reports. Names are never used twice. */
export interface ObjectStore {
  /** A local folder in which to make what is then put by path. */
  readonly scratchFolder: string;
  /**
   * Keeps an object for good: when this resolves it survives a power cut. A file that is given by its path, best inside
   * `scratchFolder`, is used up.
   */
  put(name: string, source: ObjectSource): Promise<StoredObject>;
  /** All of it, as it lies in the store now. Throws `object.missing`. */
  get(name: string): Promise<Uint8Array>;
  /** Reads all of it as it lies in the store now. Throws `object.missing`. */
  inspect(name: string): Promise<StoredObject>;
  /** Where it can be read as a local file within the next minutes. Throws `object.missing`. */
  localPath(name: string): Promise<string>;
  /** A local file that stays where it is until it is let go of. Throws `object.missing`. */
  lease(name: string): Promise<LeasedFile>;
  /** Of a remote object's local copy that turned out to be damaged: whoever asks next fetches it anew. */
  forgetCopy(name: string): Promise<void>;
  /**
   * Puts a small object in the place of what was `expected` there, undefined for nothing. False: it is something else by now.
   * Of several who expect the same, one succeeds.
   */
  swap(name: string, expected: Uint8Array | undefined, bytes: Uint8Array): Promise<boolean>;
  /** Not there is fine. */
  delete(name: string): Promise<void>;
  list(prefix: string): AsyncIterable<ListedObject>;
}

export interface LeasedFile {
  readonly path: string;
  /** Once, in whatever way the reading ended. */
  release(): void;
}

export type ObjectSource = Uint8Array | FileSource;

export interface FileSource {
  readonly path: string;
  /** What its maker had in memory, which then need not be summed up again. A file that is another is not kept. */
  readonly made?: StoredObject;
}

export interface StoredObject {
  readonly bytes: number;
  /** SHA-256, in hexadecimal. */
  readonly checksum: string;
}

export interface ListedObject {
  readonly name: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

const MAX_NAME_CHARACTERS = 512;
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/** A name is a path of harmless segments. */
export function isObjectName(name: string): boolean {
  return name.length <= MAX_NAME_CHARACTERS && name.split("/").every((segment) => SEGMENT.test(segment));
}

/** What asks for another name is a programmer's error. */
export function assertObjectName(name: string): void {
  if (!isObjectName(name)) throw new Error(`"${name}" is no name of an object`);
}
