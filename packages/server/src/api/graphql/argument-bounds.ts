import { ALERT_SEVERITIES } from "@sluice/core/alerts/alert-policy.ts";
import { type GraphQLArgument, getNamedType, getNullableType, isListType } from "graphql";
import { type TSchema, Type } from "typebox";
import { Uid } from "../schemas.ts";
import { checker } from "./checked.ts";

/** Metrics that one field may be asked for by name. */
const MAX_METRICS = 256;

/** What REST allows of the query parameter of the same name; an argument means the same wherever it stands. */
const BOUNDS: Readonly<Record<string, TSchema>> = {
  after: Type.String({ maxLength: 400 }),
  device: Uid,
  devices: Type.Array(Uid),
  kind: Type.String({ maxLength: 63 }),
  metrics: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: MAX_METRICS }),
  profile: Type.String({ maxLength: 63 }),
  region: Type.String({ minLength: 1, maxLength: 200 }),
  report: Type.String({ maxLength: 63 }),
  search: Type.String({ maxLength: 200 }),
  severity: Type.Array(Type.Enum(ALERT_SEVERITIES), { maxItems: ALERT_SEVERITIES.length }),
  site: Type.String({ maxLength: 63 }),
  uid: Uid,
  zone: Type.String({ maxLength: 64 }),
};

/** Refused by those who take them, with codes of their own. */
const CHECKED_WHERE_USED: ReadonlySet<string> = new Set(["comment", "idempotencyKey", "reason"]);

/**
 * Holds texts and lists among a field's arguments to their bounds, as `request.invalid`; undefined where it has none. Throws
 * for an argument that nobody has bounded.
 */
export function boundsOf(
  args: readonly GraphQLArgument[],
  where: string,
): ((given: Readonly<Record<string, unknown>>) => void) | undefined {
  const open = args.filter((arg) => isUnbounded(arg) && !CHECKED_WHERE_USED.has(arg.name));
  if (open.length === 0) return undefined;
  const bounds = open.map(({ name }) => {
    const bound = BOUNDS[name];
    if (bound === undefined) throw new Error(`${where}: nobody says how long ${name} may be: give it a bound`);
    return [name, Type.Optional(bound)] as const;
  });
  const check = checker(Type.Object(Object.fromEntries(bounds)));
  const names = open.map(({ name }) => name);
  return (given) => {
    check(Object.fromEntries(names.map((name) => [name, given[name] ?? undefined])));
  };
}

function isUnbounded({ type }: GraphQLArgument): boolean {
  return getNamedType(type).name === "String" || isListType(getNullableType(type));
}
