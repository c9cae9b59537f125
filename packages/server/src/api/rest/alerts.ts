import { ALERT_SEVERITIES } from "@sluice/core/alerts/alert-policy.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import { type Static, Type } from "typebox";
import { type AlertPosition, type AlertView, listAlertEvents, listAlerts, viewAlert } from "../../alerts/index.ts";
import { organizationOf } from "../access.ts";
import { badCursor, cursorText, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import { parseQueryTime } from "../query-time.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, Nullable, SerialId, Slug, Thing, Uid, Uuid } from "../schemas.ts";

const Severity = Type.Enum(ALERT_SEVERITIES);
const State = Type.Enum(["pending", "firing", "resolved"]);
const By = { by: Type.String({ description: "user:<id> or client:<id>." }), at: DateTime };

export const Alert = Thing("Alert", {
  id: Uuid,
  state: State,
  open: Type.Boolean({
    description: "A resolved one may still be open: latched, or shelved. What is closed is history.",
  }),
  severity: Severity,
  title: Type.String(),
  message: Type.String(),
  rule: Nullable(
    Type.Object({ id: SerialId, name: Nullable(Type.String()) }, { description: "Without a name once it is deleted." }),
  ),
  device: Nullable(Uid),
  source: Nullable(Type.String({ description: "What within Sluice is watched; null for an alert of a rule." })),
  site: Nullable(Slug),
  region: Nullable(Type.String()),
  asset: Nullable(Type.Object({ id: SerialId, name: Type.String() })),
  group: Nullable(Type.String()),
  firstOut: Type.Boolean({ description: "The first of its group to fire: the likely cause of the others." }),
  latched: Type.Boolean({ description: "Stays open after its condition until somebody acknowledges or clears it." }),
  occurrences: Type.Integer({ description: "How often it has fired while it was open." }),
  episode: Type.Integer(),
  value: Nullable(Type.Number({ description: "Of the reading that fired it." })),
  readingAt: Nullable(DateTime),
  openedAt: DateTime,
  firedAt: Nullable(DateTime),
  acknowledged: Nullable(Type.Object(By)),
  resolvedAt: Nullable(DateTime),
  resolvedReason: Nullable(
    Type.String({ description: "condition, rule-disabled, rule-deleted, device-inactive or not-watched." }),
  ),
  cleared: Nullable(Type.Object(By)),
  closedAt: Nullable(DateTime),
  shelved: Nullable(
    Type.Object(
      { until: DateTime, by: Type.String(), reason: Nullable(Type.String()) },
      { description: "Told to nobody." },
    ),
  ),
});

const AlertEvent = Thing("AlertEvent", {
  at: DateTime,
  what: Type.String({
    description: "fired, resolved, acknowledged, cleared, shelved, unshelved, re-alarmed or commented.",
  }),
  state: State,
  open: Type.Boolean(),
  who: Type.String({ description: "rule:<id>, user:<id>, client:<id> or system." }),
  comment: Nullable(Type.String()),
  details: Nullable(Type.Unknown()),
});

const AlertQuery = Type.Object({
  ...PageQuery,
  state: Type.Optional(State),
  severity: Type.Optional(Severity),
  open: Type.Optional(Type.Boolean({ description: "Only those that are open, or only those that are closed." })),
  site: Type.Optional(Slug),
  region: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: "Of the site." })),
  device: Type.Optional(Uid),
  rule: Type.Optional(SerialId),
  from: Type.Optional(Type.String({ description: "Opened then or later: RFC 3339 or epoch milliseconds." })),
  to: Type.Optional(Type.String({ description: "Opened before." })),
});

export const AlertParams = Type.Object({ id: Uuid });

export function alertRoutes(api: Api, { pool }: { readonly pool: Pool }): void {
  const lists = [
    ["/api/v1/alerts", "Alerts, newest first", undefined],
    ["/api/alerts", "Open alerts, of a region if one is named", true],
  ] as const;
  for (const [path, summary, isOpen] of lists) {
    api.get(
      path,
      {
        config: { access: "alerts:read" },
        schema: {
          tags: ["alerts"],
          summary,
          description:
            "One alert per rule and device, however many readings say so; of Sluice itself one per source. `?open=false` lists what is closed.",
          querystring: AlertQuery,
          response: answers(200, Type.Array(Alert)),
        },
      },
      (request, reply) => sendAlerts(pool, request, reply, { open: isOpen, ...request.query }),
    );
  }

  api.get(
    "/api/v1/alerts/:id",
    {
      config: { access: "alerts:read" },
      schema: { tags: ["alerts"], summary: "One alert", params: AlertParams, response: answers(200, Alert) },
    },
    (request) => viewAlert(pool, organizationOf(request), request.params.id),
  );

  api.get(
    "/api/v1/alerts/:id/events",
    {
      config: { access: "alerts:read" },
      schema: {
        tags: ["alerts"],
        summary: "What became of an alert, step by step",
        params: AlertParams,
        response: answers(200, Type.Array(AlertEvent)),
      },
    },
    (request) => listAlertEvents(pool, organizationOf(request), request.params.id),
  );
}

async function sendAlerts(
  pool: Pool,
  request: FastifyRequest,
  reply: FastifyReply,
  query: Omit<Static<typeof AlertQuery>, "open"> & { readonly open: boolean | undefined },
): Promise<readonly AlertView[]> {
  const { state, severity, from, to } = query;
  const alerts = await listAlerts(pool, organizationOf(request), {
    states: state && [state],
    severities: severity && [severity],
    isOpen: query.open,
    site: query.site,
    region: query.region,
    device: query.device,
    ruleId: query.rule,
    from: from === undefined ? undefined : new Date(parseQueryTime("from", from) / 1000),
    to: to === undefined ? undefined : new Date(parseQueryTime("to", to) / 1000),
    after: positionOf(cursorText(query)),
    limit: fetchLimit(query),
  });
  return sendPage(request, reply, alerts, alertCursor);
}

export function alertCursor({ openedAt, id }: AlertView): string {
  return `${openedAt.getTime()} ${id}`;
}

/** Where the page before ended: a place that stays, even if its alert has vanished meanwhile. */
export function positionOf(text: string | undefined): AlertPosition | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,15}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(text);
  if (match === null) throw badCursor();
  return { openedMs: Number(match[1]), id: match[2]! };
}
