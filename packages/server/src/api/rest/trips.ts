import type { Pool } from "pg";
import { Type } from "typebox";
import { type Actuation, listTrips, requestStop, resetTrip } from "../../actuation/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { cursorUuid, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import { MAX_STOPPING_BODY_BYTES } from "../rate-limits.ts";
import { type Api, allowAbsentBody } from "../schema-validation.ts";
import { answers, Body, DateTime, Nullable, SerialId, Thing, Uid, Uuid } from "../schemas.ts";
import { IdempotencyHeaders, LONGEST_REASON, sendCommand } from "./actuator-commands.ts";
import { ActuatorParams } from "./actuators.ts";
import { Command } from "./commands.ts";

const Trip = Thing("Trip", {
  id: Uuid,
  actuator: SerialId,
  actuatorKey: Type.String(),
  device: Uid,
  cause: Type.String({ description: "First-out: what tripped it first." }),
  message: Nullable(Type.String()),
  by: Type.String(),
  at: DateTime,
  causes: Type.Integer({ description: "How often it was tripped, the first time included." }),
  lastCause: Type.String(),
  lastAt: DateTime,
  reset: Nullable(Type.Object({ by: Type.String(), at: DateTime, reason: Nullable(Type.String()) })),
});

const Cause = Type.String({
  pattern: "^[a-z0-9][a-z0-9_-]{0,62}$",
  description: 'A short code, such as "dry_run"; the device is told.',
});
const Words = Type.String({ minLength: 1, maxLength: LONGEST_REASON });

export function tripRoutes(
  api: Api,
  { actuation, pool }: { readonly actuation: Actuation; readonly pool: Pool },
): void {
  api.get(
    "/api/v1/trips",
    {
      config: { access: "actuation:read" },
      schema: {
        tags: ["actuators"],
        summary: "Trips, newest first",
        querystring: Type.Object({
          ...PageQuery,
          actuator: Type.Optional(SerialId),
          open: Type.Optional(Type.Boolean({ description: "Only those that stand, or only those that were reset." })),
        }),
        response: answers(200, Type.Array(Trip)),
      },
    },
    async (request, reply) => {
      const trips = await listTrips(pool, organizationOf(request), {
        actuatorId: request.query.actuator,
        isOpen: request.query.open,
        afterId: cursorUuid(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, trips, ({ id }) => id);
    },
  );

  api.post(
    "/api/v1/actuators/:id/trip",
    {
      config: { access: "commands:send", cost: 0 },
      bodyLimit: MAX_STOPPING_BODY_BYTES,
      schema: {
        tags: ["actuators"],
        summary: "Trip an actuator",
        description:
          "Stops it at once and holds it until the trip is reset. Under an open trip the first cause stays, and this one is counted. Answers the STOP.",
        params: ActuatorParams,
        headers: IdempotencyHeaders,
        body: Body({ cause: Cause, message: Type.Optional(Words) }),
        response: answers(201, Command),
      },
    },
    async (request, reply) => {
      const { cause: tripCause, message: reason } = request.body;
      const order = { actuatorId: request.params.id, idempotencyKey: request.headers["idempotency-key"] };
      const { id } = await requestStop(actuation, requesterFor(request), { ...order, tripCause, reason });
      return sendCommand({ pool }, request, reply, id);
    },
  );

  api.post(
    "/api/v1/actuators/:id/trip/reset",
    {
      config: { access: "commands:send" },
      schema: {
        tags: ["actuators"],
        summary: "Reset a trip",
        description:
          "Nothing starts by that: rules that still fire are asked at their next reading, and a person's own hold stays. Answers the SET that releases the device's hold.",
        params: ActuatorParams,
        headers: IdempotencyHeaders,
        body: Body({ reason: Type.Optional(Words) }),
        response: answers(201, Command),
      },
      preValidation: allowAbsentBody,
    },
    async (request, reply) => {
      const order = { actuatorId: request.params.id, idempotencyKey: request.headers["idempotency-key"] };
      const { id } = await resetTrip(actuation, requesterFor(request), { ...order, reason: request.body.reason });
      return sendCommand({ pool }, request, reply, id);
    },
  );
}
