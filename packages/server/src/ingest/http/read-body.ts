import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";
import { SluiceError } from "@sluice/core/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import type { IngestLimits } from "../limits.ts";

const inflaters = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
} as const;

const RETRY_WHEN_FULL_MS = 1_000;

export interface BodyHeaders {
  readonly "content-length"?: string | undefined;
  readonly "content-encoding"?: string | undefined;
}

/** Reads bodies whole, within the memory that all of them together may take. */
export class BodyReader {
  private readonly limits: IngestLimits;
  private readonly clock: Clock;
  private bytesInUse = 0;

  constructor(limits: IngestLimits, clock: Clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /** Bytes of bodies that were read and not yet released. */
  get inUse(): number {
    return this.bytesInUse;
  }

  /**
   * The inflated body, and what releases its memory. Throws `body.too_large` (413) for the body as sent or inflated,
   * `body.encoding` (400), `body.slow` (400) or `body.no_memory` (503).
   */
  async read(stream: Readable, headers: BodyHeaders): Promise<{ bytes: Buffer; release: () => void }> {
    if (Number(headers["content-length"] ?? 0) > this.limits.maxBodyBytes) throw this.tooLarge();
    const held = { bytes: 0 };
    const release = () => {
      this.bytesInUse -= held.bytes;
      held.bytes = 0;
    };
    try {
      const sent = await this.collect(stream, (bytes) => this.hold(held, bytes));
      const bytes = await this.inflated(sent, headers["content-encoding"]);
      if (bytes !== sent) this.hold(held, bytes.length);
      return { bytes, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  private hold(held: { bytes: number }, bytes: number): void {
    if (this.bytesInUse + bytes > this.limits.maxBodiesBytes) {
      throw new SluiceError("unavailable", "body.no_memory", "Too many large requests at once; try again.", {
        retryAfterMs: RETRY_WHEN_FULL_MS,
      });
    }
    held.bytes += bytes;
    this.bytesInUse += bytes;
  }

  private collect(stream: Readable, hold: (bytes: number) => void): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const finish = (end: () => void) => {
        cancelTimeout();
        stream.off("data", onData).off("end", onEnd).off("error", onBroken).off("close", onBroken);
        // What still comes is read and thrown away by the HTTP server, so that the sender can read the answer.
        stream.resume();
        end();
      };
      const fail = (error: unknown) => finish(() => reject(error));
      const onData = (chunk: Buffer) => {
        length += chunk.length;
        try {
          if (length > this.limits.maxBodyBytes) throw this.tooLarge();
          hold(chunk.length);
        } catch (error) {
          fail(error);
          return;
        }
        chunks.push(chunk);
      };
      const onEnd = () => finish(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
      const onBroken = (cause?: Error) =>
        fail(new SluiceError("invalid", "body.broken_off", "The body broke off.", { cause }));
      const cancelTimeout = this.clock.after(this.limits.bodyTimeoutMs, () => fail(this.tooSlow()));
      stream.on("data", onData).on("end", onEnd).on("error", onBroken).on("close", onBroken);
    });
  }

  private async inflated(sent: Buffer, encoding: string | undefined): Promise<Buffer> {
    const name = encoding?.trim().toLowerCase() ?? "identity";
    if (name === "identity" || name === "") return sent;
    if (!isInflater(name)) {
      throw new SluiceError("invalid", "body.encoding", "Content-Encoding is one of gzip, deflate and identity.");
    }
    try {
      return await inflaters[name](sent, { maxOutputLength: this.limits.maxBodyBytes });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw this.tooLarge();
      throw new SluiceError("invalid", "body.encoding", `The body is not ${name}, or is cut short.`, { cause });
    }
  }

  private tooLarge(): SluiceError {
    const { maxBodyBytes: limitBytes } = this.limits;
    return new SluiceError("limit", "body.too_large", `A body has at most ${limitBytes} bytes, inflated too.`, {
      details: { limitBytes },
    });
  }

  private tooSlow(): SluiceError {
    const { bodyTimeoutMs: limitMs } = this.limits;
    return new SluiceError("invalid", "body.slow", `The body did not arrive within ${limitMs} ms.`, {
      details: { limitMs },
    });
  }
}

function isInflater(name: string): name is keyof typeof inflaters {
  return Object.hasOwn(inflaters, name);
}
