/** Cuts one direction of a PostgreSQL connection into its messages (PostgreSQL's manual, "Message Formats"). */
export interface PostgresMessage {
  /** The first byte as a character; empty for the client's first message, which has none. */
  readonly type: string;
  readonly bytes: Buffer;
}

const LENGTH_BYTES = 4;

export class PostgresMessageReader {
  private rest: Buffer = Buffer.alloc(0);
  private isUntyped: boolean;

  constructor(direction: "from-client" | "from-server") {
    this.isUntyped = direction === "from-client";
  }

  push(chunk: Buffer): PostgresMessage[] {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const messages: PostgresMessage[] = [];
    for (let message = this.next(); message !== undefined; message = this.next()) messages.push(message);
    return messages;
  }

  private next(): PostgresMessage | undefined {
    const typeBytes = this.isUntyped ? 0 : 1;
    if (this.rest.length < typeBytes + LENGTH_BYTES) return undefined;
    const length = typeBytes + this.rest.readInt32BE(typeBytes);
    if (this.rest.length < length) return undefined;
    const bytes = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    const type = this.isUntyped ? "" : String.fromCharCode(bytes[0]!);
    this.isUntyped = false;
    return { type, bytes };
  }
}

/** The zero-terminated text that begins at `offset`, and where the next begins. */
export function textAt(bytes: Buffer, offset: number): { readonly text: string; readonly end: number } {
  const end = bytes.indexOf(0, offset);
  return { text: bytes.toString("utf8", offset, end), end: end + 1 };
}

/** Name and value of every setting in the client's first message. */
export function startupSettings(bytes: Buffer): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (let offset = 2 * LENGTH_BYTES; bytes[offset] !== 0 && offset < bytes.length; ) {
    const name = textAt(bytes, offset);
    const value = textAt(bytes, name.end);
    settings.set(name.text, value.text);
    offset = value.end;
  }
  return settings;
}
