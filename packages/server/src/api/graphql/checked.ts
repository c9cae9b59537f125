import { SluiceError } from "@sluice/core/errors.ts";
import type { Static, TSchema } from "typebox";
import { compileValidator } from "../schema-validation.ts";

/** Holds an input against the schema of the same thing's REST body: what is refused there is refused here, in the same words. */
export function checker<Schema extends TSchema>(schema: Schema): (given: unknown) => Static<Schema> {
  const validate = compileValidator({ schema, httpPart: "body", method: "POST", url: "/graphql" });
  return (given) => {
    const result = validate(withoutNothing(given)) as { value?: unknown; error?: Error };
    if (result.error !== undefined) throw result.error;
    return result.value as Static<Schema>;
  };
}

/** A field of an input that was not given is undefined; in a body it is not there. */
function withoutNothing(given: unknown): unknown {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given;
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** The number of an ID; what is none names nothing. Throws `request.id_invalid`. */
export function serialId(id: string | number): number {
  const number = Number(id);
  if (Number.isInteger(number) && number >= 1 && number <= 2_147_483_647 && /^\d+$/.test(String(id))) return number;
  throw new SluiceError("invalid", "request.id_invalid", `"${String(id).slice(0, 100)}" is no id of such a thing.`);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function uuid(id: string | number): string {
  if (UUID.test(String(id))) return String(id);
  throw new SluiceError("invalid", "request.id_invalid", `"${String(id).slice(0, 100)}" is no id of such a thing.`);
}
