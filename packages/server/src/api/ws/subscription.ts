import { ALERT_SEVERITIES } from "@sluice/core/alerts/alert-policy.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import type { Permission } from "../../auth/index.ts";
import type { LiveKind } from "../../platform/live-notice.ts";
import { Body, SerialId, Slug, Uid } from "../schemas.ts";
import type { LiveItem } from "./organization-feed.ts";

/** Devices that one connection may watch, all its subscriptions together. */
export const MAX_DEVICES_PER_CONNECTION = 1_000;
const MAX_METRICS_PER_SUBSCRIPTION = 256;

const Severity = Type.Enum(ALERT_SEVERITIES);
const Metrics = Type.Optional(
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: MAX_METRICS_PER_SUBSCRIPTION }),
);

const Readings = Type.Union([
  Body({ devices: Type.Array(Uid, { minItems: 1, maxItems: MAX_DEVICES_PER_CONNECTION }), metrics: Metrics }),
  Body({ site: Slug, metrics: Metrics }),
]);
export interface ReadingsFilter {
  readonly devices?: readonly string[];
  readonly site?: string;
  readonly metrics?: readonly string[];
}

/** What is absent is not sent; an empty object asks for everything of its kind. */
const Subscription = Body({
  alerts: Type.Optional(
    Body({
      severity: Type.Optional(Type.Union([Severity, Type.Array(Severity, { minItems: 1, maxItems: 4 })])),
      site: Type.Optional(Slug),
      region: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    }),
  ),
  commands: Type.Optional(Body({ actuator: Type.Optional(SerialId) })),
  executions: Type.Optional(Body({ actuator: Type.Optional(SerialId) })),
  readings: Type.Optional(Readings),
});
export type Subscription = Omit<Static<typeof Subscription>, "readings"> & { readonly readings?: ReadingsFilter };

const Name = Type.String({ minLength: 1, maxLength: 64 });
const ClientMessage = Body({
  token: Type.Optional(Type.String({ minLength: 1, maxLength: 4_096 })),
  subscribe: Type.Optional(Subscription),
  unsubscribe: Type.Optional(Name),
  id: Type.Optional(Name),
  resume: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
});
export interface ClientMessage {
  readonly token?: string;
  readonly subscribe?: Subscription;
  /** Name of a subscription. */
  readonly unsubscribe?: string;
  /** What `subscribe` is to be known by, and takes the place of. */
  readonly id?: string;
  /** Cursor of the last message that had one, on the connection before. */
  readonly resume?: string;
}

const message = Compile(ClientMessage);

/** Throws `stream.message_invalid`, telling the first thing to mend. */
export function parseClientMessage(text: string): ClientMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid("it is no JSON");
  }
  if (!message.Check(value)) throw invalid(mistakeOf(value));
  const { token, subscribe, unsubscribe, id, resume } = value;
  if ([token, subscribe, unsubscribe].every((part) => part === undefined)) throw invalid(EXAMPLE);
  if (subscribe === undefined && (id ?? resume) !== undefined) throw invalid("id and resume belong to a subscribe");
  if (subscribe !== undefined && unsubscribe !== undefined) throw invalid("subscribe and unsubscribe are two messages");
  return value as ClientMessage;
}

const EXAMPLE =
  'say {"token": "…"} or {"subscribe": {"alerts": {}, "commands": {}, "executions": {}, "readings": {…}}}';

/** Whether a subscription wants to see this thing, as it is now. */
export function wants(subscribed: Subscription, kind: LiveKind, item: LiveItem): boolean {
  if (kind === "alert") return subscribed.alerts !== undefined && wantsAlert(subscribed.alerts, item);
  const filter = kind === "command" ? subscribed.commands : subscribed.executions;
  return filter !== undefined && (filter.actuator === undefined || filter.actuator === item.actuator);
}

export function wantsKind({ alerts, commands, executions }: Subscription, kind: LiveKind): boolean {
  return { alert: alerts, command: commands, execution: executions }[kind] !== undefined;
}

const PERMISSION_OF = {
  alerts: "alerts:read",
  commands: "actuation:read",
  executions: "automation:read",
  readings: "telemetry:read",
} as const satisfies Record<keyof Subscription, Permission>;

/** Whoever has one of these may connect. */
export const STREAM_PERMISSIONS: readonly Permission[] = Object.values(PERMISSION_OF);

export function permissionsFor(subscription: Subscription): Permission[] {
  const parts = Object.keys(PERMISSION_OF) as (keyof typeof PERMISSION_OF)[];
  return parts.filter((part) => subscription[part] !== undefined).map((part) => PERMISSION_OF[part]);
}

function wantsAlert({ severity, site, region }: NonNullable<Subscription["alerts"]>, item: LiveItem): boolean {
  const severities: readonly unknown[] = severity === undefined ? ALERT_SEVERITIES : [severity].flat();
  return (
    severities.includes(item.severity) &&
    (site === undefined || site === item.site) &&
    (region === undefined || region === item.region)
  );
}

function mistakeOf(value: unknown): string {
  const [mistake] = message.Errors(value);
  const where = mistake?.instancePath ?? "";
  if (mistake === undefined || where === "") return EXAMPLE;
  if (where.startsWith("/subscribe/readings")) {
    return `subscribe/readings has "devices", up to ${MAX_DEVICES_PER_CONNECTION} uids, or "site", its slug; and "metrics" if not all`;
  }
  return `${where.slice(1)} ${mistake.message}`;
}

function invalid(reason: string): SluiceError {
  return new SluiceError("invalid", "stream.message_invalid", `The message is not understood: ${reason}.`);
}
