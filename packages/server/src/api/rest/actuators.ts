import { SluiceError } from "@sluice/core/errors.ts";
import { type Static, Type } from "typebox";
import {
  type Actuation,
  listActuators,
  releaseHold,
  requestRun,
  requestStop,
  viewCommand,
} from "../../actuation/index.ts";
import type { Requester } from "../../auth/index.ts";
import { operators, organizationOf, readers, requesterFor } from "../access.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Nullable, SerialId } from "../schemas.ts";
import { Command } from "./commands.ts";
import { DeviceParams } from "./devices.ts";

const Actuator = Type.Object(
  {
    id: SerialId,
    key: Type.String(),
    kind: Type.String(),
    status: Type.String({ description: "IDLE, RUNNING, COOLDOWN, ERROR, UNKNOWN or HELD." }),
    mode: Type.String({ description: "auto, manual or locked-out." }),
    hold: Nullable(Type.Unknown({ description: "What a person's STOP left behind: who, when, why." })),
    lastActivationAt: Nullable(DateTime),
    totalActivations: Type.Integer(),
    cooldownUntil: Nullable(DateTime),
    envelope: Type.Unknown({ description: "Its limits." }),
    observed: Nullable(Type.Unknown({ description: "What the device last said of its output, and when." })),
  },
  { additionalProperties: true },
);

const CommandRequest = Body({
  kind: Type.Union([Type.Literal("RUN"), Type.Literal("STOP"), Type.Literal("SET")]),
  durationMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: "Of a RUN." })),
  reason: Type.Optional(Type.String({ maxLength: 500, description: "Of a STOP, for the others." })),
  release: Type.Optional(Type.Literal(true, { description: "Of a SET: lets a held actuator run again." })),
});

const IdempotencyHeaders = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: "The same key with the same body is answered with the same command; with another body it is a 422.",
    }),
  ),
});

export function actuatorRoutes(api: Api, { actuation }: { readonly actuation: Actuation }): void {
  api.get(
    "/api/v1/devices/:uid/actuators",
    {
      config: { access: readers },
      schema: {
        tags: ["actuators"],
        summary: "A device's actuators: what they do, and what they may do",
        params: DeviceParams,
        response: answers(200, Type.Array(Actuator)),
      },
    },
    (request) => listActuators(actuation.pool, organizationOf(request), request.params.uid),
  );

  api.post(
    "/api/v1/actuators/:id/commands",
    {
      config: { access: operators },
      schema: {
        tags: ["actuators"],
        summary: "Command an actuator",
        description:
          "RUN starts it for `durationMs`, inside its limits; a refusal is a 409 that names the limit and, where time helps, `retryAt`. STOP stops it at once and holds it. SET with `release` lets it run again.",
        params: Type.Object({ id: SerialId }),
        headers: IdempotencyHeaders,
        body: CommandRequest,
        response: answers(201, Command),
      },
    },
    async (request, reply) => {
      const order = {
        ...request.body,
        actuatorId: request.params.id,
        idempotencyKey: request.headers["idempotency-key"],
      };
      const by = requesterFor(request);
      const { id } = await place(actuation, by, order);
      const command = await viewCommand(actuation.pool, by.organizationId, id);
      return reply.code(201).header("location", `/api/v1/commands/${id}`).send(command);
    },
  );
}

type Order = Static<typeof CommandRequest> & {
  readonly actuatorId: number;
  readonly idempotencyKey: string | undefined;
};

function place(actuation: Actuation, by: Requester, order: Order): Promise<{ readonly id: string }> {
  const { actuatorId, idempotencyKey, durationMs, reason, release } = order;
  switch (order.kind) {
    case "STOP":
      return requestStop(actuation, by, { actuatorId, reason, idempotencyKey });
    case "RUN":
      if (durationMs !== undefined) return requestRun(actuation, by, { actuatorId, durationMs, idempotencyKey });
      throw new SluiceError("invalid", "command.duration_needed", "A RUN needs durationMs.");
    case "SET":
      if (release) return releaseHold(actuation, by, actuatorId);
      throw new SluiceError("invalid", "command.nothing_to_set", "A SET needs release: true.");
  }
}
