import { SluiceError } from "@sluice/core/errors.ts";
import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";

/** Longer than any message with full journals; a longer one is refused before it is parsed. */
export const MAX_MESSAGE_CHARACTERS = 250_000;

/**
 * Makes the reader of one kind of message. Unknown fields are left out, so that newer devices can say more; `null` is the
 * same as absent, since much firmware cannot leave a field out. Throws `<kind>.invalid` with the place of the first problem.
 */
export function messageReader<Schema extends TSchema>(kind: string, schema: Schema): (text: string) => Static<Schema> {
  const check = checker(kind, schema);
  return (text) => check(parse(kind, text));
}

/** As `messageReader`, of messages whose field `tag` says which schema they follow: a problem is named in that one. */
export function taggedMessageReader<Schemas extends Readonly<Record<string, TSchema>>>(
  kind: string,
  tag: string,
  schemas: Schemas,
): (text: string) => Static<Schemas[keyof Schemas]> {
  const checks = new Map(Object.entries(schemas).map(([name, schema]) => [name, checker(kind, schema)]));
  return (text) => {
    const value = parse(kind, text);
    const name = (Object(value) as Record<string, unknown>)[tag];
    const check = checks.get(name as string);
    if (check === undefined) throw invalid(kind, `/${tag}`, `must be one of ${[...checks.keys()].join(", ")}`);
    return check(value) as Static<Schemas[keyof Schemas]>;
  };
}

function checker<Schema extends TSchema>(kind: string, schema: Schema): (value: unknown) => Static<Schema> {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return value as Static<Schema>;
    const first = validator.Errors(value)[0];
    throw invalid(kind, first?.instancePath ?? "", first?.message ?? "not understood");
  };
}

function parse(kind: string, text: string): unknown {
  if (text.length > MAX_MESSAGE_CHARACTERS) throw invalid(kind, "", `longer than ${MAX_MESSAGE_CHARACTERS} characters`);
  try {
    return JSON.parse(text, (_key, value) => (value === null ? undefined : value));
  } catch (cause) {
    throw invalid(kind, "", "not JSON", cause);
  }
}

export function invalid(kind: string, at: string, problem: string, cause?: unknown): SluiceError {
  const where = at === "" ? "The message" : `The field ${at}`;
  return new SluiceError("invalid", `${kind}.invalid`, `${where} is wrong: ${problem}.`, {
    cause,
    details: { at, problem },
  });
}
