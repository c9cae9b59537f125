import { ALERT_SEVERITIES } from "@sluice/core/alerts/alert-policy.ts";
import { Type } from "typebox";
import {
  DELIVERY_STATES,
  type DeliveryView,
  listAttempts,
  listDeliveries,
  NOTICE_EVENTS,
  type Notifications,
  replayDelivery,
  requireDelivery,
} from "../../notifications/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, Nullable, SerialId, Thing, Uuid } from "../schemas.ts";

const State = Type.Enum([...DELIVERY_STATES]);

const Delivery = Thing("Delivery", {
  id: Uuid,
  channelId: SerialId,
  routeId: Nullable(SerialId),
  state: State,
  digestId: Nullable(Uuid),
  attempts: Type.Integer(),
  nextAttemptAt: Nullable(DateTime),
  lastError: Nullable(Type.String()),
  createdAt: DateTime,
  finishedAt: Nullable(DateTime),
  notice: Type.Object({
    id: Uuid,
    alertId: Type.String(),
    event: Type.Enum([...NOTICE_EVENTS]),
    severity: Type.Enum([...ALERT_SEVERITIES]),
    title: Type.String(),
  }),
});

const Attempt = Thing("DeliveryAttempt", {
  number: Type.Integer(),
  messageId: Type.String({
    format: "uuid",
    description: "What the receiver saw as its id: the delivery's own, or its digest's.",
  }),
  at: DateTime,
  outcome: Type.Enum(["sent", "failed", "limited", "refused", "gone", "interrupted"]),
  httpStatus: Nullable(Type.Integer()),
  durationMs: Type.Integer(),
  error: Nullable(Type.String()),
  note: Nullable(Type.String()),
});

/** Attempts of one delivery that are shown, the oldest first; it has fewer in its day. */
const MAX_SHOWN_ATTEMPTS = 2_000;

const Params = Type.Object({ delivery: Uuid });

export interface DeliveryRoutesDependencies {
  readonly notifications: Notifications;
}

export function deliveryRoutes(api: Api, { notifications }: DeliveryRoutesDependencies): void {
  const { pool } = notifications;

  api.get(
    "/api/v1/deliveries",
    {
      config: { access: "deliveries:read" },
      schema: {
        tags: ["notifications"],
        summary: "What was told, or is to be, newest first",
        querystring: Type.Object({
          ...PageQuery,
          state: Type.Optional(State),
          channel: Type.Optional(SerialId),
          alert: Type.Optional(Type.String({ maxLength: 64 })),
        }),
        response: answers(200, Type.Array(Delivery)),
      },
    },
    async (request, reply) => {
      const { state, channel, alert } = request.query;
      const deliveries = await listDeliveries(pool, organizationOf(request), {
        state,
        channelId: channel,
        alertId: alert,
        beforeSeq: cursorNumber(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, deliveries, ({ seq }) => seq).map(viewOf);
    },
  );

  api.get(
    "/api/v1/deliveries/:delivery",
    {
      config: { access: "deliveries:read" },
      schema: { tags: ["notifications"], summary: "One delivery", params: Params, response: answers(200, Delivery) },
    },
    async (request) => viewOf(await requireDelivery(pool, organizationOf(request), request.params.delivery)),
  );

  api.get(
    "/api/v1/deliveries/:delivery/attempts",
    {
      config: { access: "deliveries:read" },
      schema: {
        tags: ["notifications"],
        summary: "The log of a delivery, oldest first",
        params: Params,
        response: answers(200, Type.Array(Attempt)),
      },
    },
    async (request) => {
      const delivery = await requireDelivery(pool, organizationOf(request), request.params.delivery);
      return listAttempts(pool, delivery, MAX_SHOWN_ATTEMPTS);
    },
  );

  api.post(
    "/api/v1/deliveries/:delivery/replay",
    {
      config: { access: "notifications:write" },
      schema: {
        tags: ["notifications"],
        summary: "Send a dead or suppressed delivery once more",
        params: Params,
        response: answers(200, Delivery),
      },
    },
    async (request) => viewOf(await replayDelivery(notifications, requesterFor(request), request.params.delivery)),
  );
}

function viewOf({ seq: _seq, ...delivery }: DeliveryView) {
  return delivery;
}
