import { ALERT_SEVERITIES } from "@sluice/core/alerts/alert-policy.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import type { LiveKind } from "../../platform/live-notice.ts";
import { Body, SerialId, Slug } from "../schemas.ts";
import type { LiveItem } from "./organization-feed.ts";

const Severity = Type.Enum(ALERT_SEVERITIES);

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
});
export type Subscription = Static<typeof Subscription>;

const ClientMessage = Type.Union([
  Body({ token: Type.String({ minLength: 1, maxLength: 4_096 }) }),
  Body({ subscribe: Subscription }),
  Body({ token: Type.String({ minLength: 1, maxLength: 4_096 }), subscribe: Subscription }),
]);
export interface ClientMessage {
  readonly token?: string;
  readonly subscribe?: Subscription;
}

const message = Compile(ClientMessage);
const subscription = Compile(Subscription);

/** Throws `stream.message_invalid`, telling the first thing to mend. */
export function parseClientMessage(text: string): ClientMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid("it is no JSON");
  }
  if (message.Check(value)) return value;
  throw invalid(mistakeOf(value));
}

/** Whether a subscription wants to see this thing, as it is now. */
export function wants(subscribed: Subscription, kind: LiveKind, item: LiveItem): boolean {
  if (kind === "alert") return subscribed.alerts !== undefined && wantsAlert(subscribed.alerts, item);
  const filter = kind === "command" ? subscribed.commands : subscribed.executions;
  return filter !== undefined && (filter.actuator === undefined || filter.actuator === item.actuator);
}

export function wantsKind({ alerts, commands, executions }: Subscription, kind: LiveKind): boolean {
  return { alert: alerts, command: commands, execution: executions }[kind] !== undefined;
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
  const wanted = (value as { subscribe?: unknown } | null)?.subscribe;
  const [mistake] = wanted === undefined ? [] : subscription.Errors(wanted);
  if (mistake !== undefined) return `subscribe${mistake.instancePath} ${mistake.message}`;
  return 'say {"token": "…"} or {"subscribe": {"alerts": {}, "commands": {}, "executions": {}}}';
}

function invalid(reason: string): SluiceError {
  return new SluiceError("invalid", "stream.message_invalid", `The message is not understood: ${reason}.`);
}
