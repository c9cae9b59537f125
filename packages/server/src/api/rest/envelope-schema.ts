import {
  LONGEST_COOLDOWN_MS,
  LONGEST_RUN_MS,
  MAX_PERMISSIVES,
  MOST_STARTS_PER_DAY,
} from "@sluice/core/safety/envelope.ts";
import { type TSchema, Type } from "typebox";
import { Body, Nullable, Thing, Uid } from "../schemas.ts";

/** The limits of an actuator, as requests and answers have them. */
export const RUN_MS = { minimum: 1, maximum: LONGEST_RUN_MS };
export const AMOUNT = { exclusiveMinimum: 0 };
export const UNIT = { minLength: 1, maxLength: 16 };

const SafeState = Type.Enum(["off", "on", "local"], {
  description: "What it does at a boot and without its link: off, on, or what a controller beside it decides.",
});

const Permissive = Body({
  device: Type.Optional(Uid),
  metric: Type.String({ minLength: 1, maxLength: 256 }),
  operator: Type.Enum(["above", "below"]),
  value: Type.Number(),
  maxAgeMs: Type.Optional(Type.Integer({ minimum: 1, maximum: LONGEST_COOLDOWN_MS })),
});

export const MaxRunMs = Type.Integer({ ...RUN_MS, description: "Nothing passes it." });
export const CooldownMs = Type.Integer({
  minimum: 0,
  maximum: LONGEST_COOLDOWN_MS,
  description: "Least time from OFF to the next ON; an administrator's override passes it.",
});

/** Of an envelope, what may be absent. */
export const OPTIONAL_LIMITS = {
  minOffMs: Type.Integer({
    minimum: 0,
    maximum: LONGEST_COOLDOWN_MS,
    description: "Least time from OFF to the next ON for the machine itself; nothing passes it.",
  }),
  maxStartsPerDay: Type.Integer({
    minimum: 0,
    maximum: MOST_STARTS_PER_DAY,
    description: "Starts in a day of its site.",
  }),
  maxRunMsPerDay: Type.Integer({
    minimum: 0,
    maximum: LONGEST_RUN_MS,
    description: "Time on in a day of its site.",
  }),
  linkLossMs: Type.Integer({
    minimum: 0,
    maximum: LONGEST_RUN_MS,
    description: "Its safe state is reached within this time of losing the link.",
  }),
  maxReadingAgeMs: Type.Integer({
    minimum: 1,
    maximum: LONGEST_COOLDOWN_MS,
    description: "Readings that an automatic start rests on are younger.",
  }),
  safeState: SafeState,
  interlockGroup: Type.String({
    minLength: 1,
    maxLength: 200,
    description: "Of the members of a group at most one is on.",
  }),
  maxDose: Body({ amount: Type.Number(AMOUNT), unit: Type.String(UNIT) }),
  permissives: Type.Array(Permissive, {
    maxItems: MAX_PERMISSIVES,
    description: "Conditions on fresh readings, without which nothing starts.",
  }),
};

type Limits = typeof OPTIONAL_LIMITS;

/** As a profile declares them: what is absent is no limit. */
export const DeclaredLimits = mapped(OPTIONAL_LIMITS, (schema) => Type.Optional(schema)) as {
  [Field in keyof Limits]: ReturnType<typeof Type.Optional<Limits[Field]>>;
};

/** As a change names them: what is absent stays, and null takes a limit away. */
export const EnvelopeChange = Body({
  maxRunMs: Type.Optional(MaxRunMs),
  cooldownMs: Type.Optional(CooldownMs),
  ...(mapped(OPTIONAL_LIMITS, (schema) => Type.Optional(Nullable(schema))) as {
    [Field in keyof Limits]: ReturnType<typeof Type.Optional<ReturnType<typeof Nullable<Limits[Field]>>>>;
  }),
});

/** As an answer has them: every limit, null where there is none. */
export const Envelope = Thing("Envelope", {
  maxRunMs: MaxRunMs,
  cooldownMs: CooldownMs,
  ...mapped(OPTIONAL_LIMITS, Nullable),
  safeState: OPTIONAL_LIMITS.safeState,
  permissives: OPTIONAL_LIMITS.permissives,
});

function mapped(
  fields: Readonly<Record<string, TSchema>>,
  change: (schema: TSchema) => TSchema,
): Readonly<Record<string, TSchema>> {
  return Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, change(schema)]));
}
