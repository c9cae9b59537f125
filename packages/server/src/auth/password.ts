import { hash, verify } from "@node-rs/argon2";
import { SluiceError } from "@sluice/core/errors.ts";
import type { RandomBytes } from "../platform/secret-token.ts";

/** argon2id with 19 MiB, two passes, one lane: OWASP Password Storage Cheat Sheet, first configuration listed. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** NIST SP 800-63B, 5.1.1.1: at least eight characters, and no rule about which. */
export const MIN_PASSWORD_LENGTH = 8;
/** Longer ones only cost time. */
export const MAX_PASSWORD_BYTES = 1024;
/** Threads of libuv's pool (four) that passwords may take: reading files and compressing share it. */
const MAX_CONCURRENT = 2;
/** Waiting for one of those; at 30 ms each the last waits about a second. Past it, sign-in answers "busy". */
const MAX_WAITING = 64;
const BUSY_RETRY_MS = 2_000;
const GENERATED_BYTES = 15;

export class Passwords {
  readonly #randomBytes: RandomBytes;
  #nobodys: Promise<string> | undefined;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(randomBytes: RandomBytes) {
    this.#randomBytes = randomBytes;
  }

  async hash(password: string): Promise<string> {
    return this.#whenFree(() => hash(password, { ...PARAMETERS, salt: this.#randomBytes(16) }));
  }

  /** Without a stored hash (nobody has this name) it takes as long and says no. */
  async verify(storedHash: string | undefined, password: string): Promise<boolean> {
    if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return false;
    this.#nobodys ??= this.hash(this.generate());
    const against = storedHash ?? (await this.#nobodys);
    const matches = await this.#whenFree(() => verify(against, password));
    return matches && storedHash !== undefined;
  }

  /** Makes what `verify` compares with when nobody has the name, so that the first such sign-in is not the slow one. */
  async prepare(): Promise<void> {
    this.#nobodys ??= this.hash(this.generate());
    await this.#nobodys;
  }

  /** 120 random bits in 20 letters that can be typed. */
  generate(): string {
    return Buffer.from(this.#randomBytes(GENERATED_BYTES)).toString("base64url");
  }

  async #whenFree<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= MAX_CONCURRENT) await this.#queue();
    else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  #queue(): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) {
      throw new SluiceError("unavailable", "auth.busy", "Too many people are signing in at this moment.", {
        retryAfterMs: BUSY_RETRY_MS,
      });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export function assertNewPassword(password: string): void {
  if (password.length >= MIN_PASSWORD_LENGTH && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES) return;
  throw new SluiceError(
    "invalid",
    "auth.password_length",
    `A password has at least ${MIN_PASSWORD_LENGTH} characters and at most ${MAX_PASSWORD_BYTES} bytes.`,
    { details: { minimum: MIN_PASSWORD_LENGTH, limitBytes: MAX_PASSWORD_BYTES } },
  );
}
