import { SluiceError } from "@sluice/core/errors.ts";
import { isPlainObject } from "@sluice/protocol/readings/reading-decoder.ts";

/** Keys that one request may name. */
const MAX_KEYS = 256;

type Attributes = Readonly<Record<string, unknown>>;

/**
 * The answer to a ThingsBoard device that asks for attributes: `{"clientKeys":"a,b","sharedKeys":"c"}` →
 * `{"client":{…},"shared":{…}}`. A device's properties are both; one that names no keys is told all of them, once.
 */
export function answerAttributeRequest(
  json: unknown,
  properties: Attributes,
): { client?: Attributes; shared?: Attributes } {
  if (!isPlainObject(json)) {
    throw new SluiceError("invalid", "attributes.request_invalid", 'Name the keys: {"clientKeys":"a,b"}.');
  }
  const client = keysOf(json.clientKeys);
  const shared = keysOf(json.sharedKeys);
  if (client === undefined && shared === undefined) return { client: properties };
  return {
    ...(client === undefined ? {} : { client: pick(properties, client) }),
    ...(shared === undefined ? {} : { shared: pick(properties, shared) }),
  };
}

function keysOf(keys: unknown): readonly string[] | undefined {
  if (typeof keys !== "string") return undefined;
  return keys.split(",", MAX_KEYS).map((key) => key.trim());
}

function pick(properties: Attributes, keys: readonly string[]): Attributes {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(properties, key)).map((key) => [key, properties[key]]));
}
