import { hash, verify } from "@node-rs/argon2";
import { SluiceError } from "@sluice/core/errors.ts";
import type { RandomBytes } from "../platform/secret-token.ts";
import { isCommon } from "./common-passwords.ts";

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
    return this.#whenFree(() => hash(normalized(password), { ...PARAMETERS, salt: this.#randomBytes(16) }));
  }

  /** True of one that was made when less was asked of an attacker: make it anew while the password is at hand. */
  isOutdated(storedHash: string): boolean {
    const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(storedHash);
    if (found === null) return true;
    return Number(found[1]) < PARAMETERS.memoryCost || Number(found[2]) < PARAMETERS.timeCost;
  }

  /** Without a stored hash (nobody has this name) it takes as long and says no. */
  async verify(storedHash: string | undefined, password: string): Promise<boolean> {
    if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return false;
    this.#nobodys ??= this.hash(this.generate());
    const against = storedHash ?? (await this.#nobodys);
    const matches = await this.#whenFree(() => verify(against, normalized(password)));
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

/** NIST SP 800-63B, 5.1.1.2: the same password from every keyboard. */
function normalized(password: string): string {
  return password.normalize("NFKC");
}

/**
 * What is asked of a password that a person chooses: a length, and that it is not the first thing that others would try. NIST SP
 * 800-63B, 5.1.1.2 names the kinds: repetitions, sequences, the person's own words (`words`: name, user name, address) and
 * passwords that are common; of those we know the first thousand and their variations, not all that ever leaked. Throws
 * `auth.password_length` or `auth.password_guessable`.
 */
export function assertNewPassword(password: string, words: readonly (string | undefined)[] = []): void {
  const letters = [...password];
  if (letters.length < MIN_PASSWORD_LENGTH || Buffer.byteLength(password) > MAX_PASSWORD_BYTES) {
    throw new SluiceError(
      "invalid",
      "auth.password_length",
      `A password has at least ${MIN_PASSWORD_LENGTH} characters and at most ${MAX_PASSWORD_BYTES} bytes.`,
      { details: { minimum: MIN_PASSWORD_LENGTH, limitBytes: MAX_PASSWORD_BYTES } },
    );
  }
  const reason = weaknessOf(password, words);
  if (reason === undefined) return;
  throw new SluiceError("invalid", "auth.password_guessable", `This password ${reason}: choose another.`);
}

/** Besides a word of the person's own, so many characters are a password. */
const MIN_BEYOND_WORD = 4;
const MIN_WORD_LENGTH = 3;
const MIN_DISTINCT = 4;
const MAX_PIECE = 6;
const KEYBOARD_ROWS = ["1234567890", "qwertyuiop", "qwertzuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm", "azertyuiop"];

function weaknessOf(password: string, words: readonly (string | undefined)[]): string | undefined {
  const text = normalized(password).toLowerCase();
  if (new Set(text).size < MIN_DISTINCT) return "repeats a few characters";
  if (isRepetition(text)) return "repeats itself";
  if (isSequence(text)) return "is a row of characters that follow each other";
  if (isCommon(text)) return "is one that many people have";
  const own = words.flatMap((word) => (word === undefined ? [] : partsOf(word)));
  const isOwn = [...own, "sluice"].some((word) => text.replaceAll(word, "").length < MIN_BEYOND_WORD);
  return isOwn ? "is little more than a name that others know" : undefined;
}

/** "abcabcab": all of it is one short piece again and again. */
function isRepetition(text: string): boolean {
  for (let size = 1; size <= MAX_PIECE; size++) {
    const piece = text.slice(0, size);
    if (text.length >= size * 2 && piece.repeat(Math.ceil(text.length / size)).startsWith(text)) return true;
  }
  return false;
}

function isSequence(text: string): boolean {
  const codes = [...text].map((character) => character.codePointAt(0)!);
  const steps = new Set(codes.slice(1).map((code, index) => code - codes[index]!));
  if (steps.size === 1 && [1, -1].includes([...steps][0]!)) return true;
  return KEYBOARD_ROWS.some((row) => {
    const reversed = [...row].reverse().join("");
    return (row + row).includes(text) || (reversed + reversed).includes(text);
  });
}

function partsOf(word: string): string[] {
  const lower = normalized(word).toLowerCase();
  return [lower, ...lower.split(/[@\s._+-]+/)].filter(({ length }) => length >= MIN_WORD_LENGTH);
}
