/** Text written between two turns of the event loop: about half a millisecond of numbers. */
export const CHARACTERS_A_TURN = 32_768;

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * The same text as `JSON.stringify` of an object whose weight is in long arrays, written piece by piece: what else is ready goes
 * in between, readings above all, which would wait for the whole otherwise.
 */
export async function jsonInTurns(
  value: Json,
  nextTurn: () => Promise<void> = () => new Promise((resolve) => setImmediate(resolve)),
): Promise<string> {
  let text = "";
  let turnedAt = 0;
  for (const piece of piecesOf(value)) {
    text += piece;
    if (text.length - turnedAt < CHARACTERS_A_TURN) continue;
    turnedAt = text.length;
    await nextTurn();
  }
  return text;
}

/** Members of arrays that are written in one go. */
const MEMBERS_A_PIECE = 2_048;

function* piecesOf(value: Json): Generator<string> {
  if (Array.isArray(value)) yield* piecesOfArray(value);
  else if (typeof value === "object" && value !== null)
    yield* piecesOfObject(value as Record<string, Json | undefined>);
  else yield JSON.stringify(value);
}

function* piecesOfObject(value: Readonly<Record<string, Json | undefined>>): Generator<string> {
  let separator = "{";
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${separator}${JSON.stringify(key)}:`;
    yield* piecesOf(member);
    separator = ",";
  }
  yield separator === "{" ? "{}" : "}";
}

function* piecesOfArray(value: readonly Json[]): Generator<string> {
  yield "[";
  for (let from = 0; from < value.length; from += MEMBERS_A_PIECE) {
    const piece = JSON.stringify(value.slice(from, from + MEMBERS_A_PIECE)).slice(1, -1);
    yield from === 0 ? piece : `,${piece}`;
  }
  yield "]";
}
