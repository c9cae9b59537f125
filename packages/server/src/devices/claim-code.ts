import type { RandomBytes } from "../platform/secret-token.ts";

/** Crockford's base 32: without I, L, O and U, which look like others or make words. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** 80 bits: within its 30 days nobody finds one, neither by trying nor, with the hashes of 10,000 codes, by reckoning. */
const CHARACTERS = 16;
const GROUP = 4;
/** What people read for what is not in the alphabet. */
const LOOKALIKES: Readonly<Record<string, string>> = { I: "1", L: "1", O: "0" };

/** For people to type: `K7QF-3M9P-X2TD-6HV0`. */
export function newClaimCode(randomBytes: RandomBytes): string {
  const letters = Array.from(randomBytes(CHARACTERS), (byte) => ALPHABET[byte % ALPHABET.length]!).join("");
  return letters.match(new RegExp(`.{${GROUP}}`, "g"))!.join("-");
}

/** As it was made, however it was typed: in any case, with other separators, `o` for `0`. Undefined for what is no code. */
export function readClaimCode(typed: string): string | undefined {
  const letters = typed
    .toUpperCase()
    .replace(/[\s_.-]/g, "")
    .replace(/[ILO]/g, (letter) => LOOKALIKES[letter]!);
  if (letters.length !== CHARACTERS || [...letters].some((letter) => !ALPHABET.includes(letter))) return undefined;
  return letters.match(new RegExp(`.{${GROUP}}`, "g"))!.join("-");
}
