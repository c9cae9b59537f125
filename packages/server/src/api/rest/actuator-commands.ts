import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import { type Static, Type } from "typebox";
import {
  type Actuation,
  DEFAULT_WAIT_MS,
  LONGEST_WAIT_MS,
  type PlacedRun,
  releaseHold,
  requestRun,
  requestSet,
  requestStop,
  viewCommand,
} from "../../actuation/index.ts";
import type { Requester } from "../../auth/index.ts";
import { assertCallerMay, requesterFor } from "../access.ts";
import { MAX_STOPPING_BODY_BYTES } from "../rate-limits.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body } from "../schemas.ts";
import { ActuatorParams } from "./actuators.ts";
import { Command } from "./commands.ts";
import { AMOUNT, RUN_MS, UNIT } from "./envelope-schema.ts";
import { Execution, type FindExecution, isOpen } from "./executions.ts";

export const LONGEST_REASON = 500;

/** Which kind takes which of these is in `FIELDS`, so that a mistake is told by its name. */
export const CommandRequest = Body({
  kind: Type.Enum(["RUN", "DOSE", "STOP", "SET"]),
  durationMs: Type.Optional(
    Type.Integer({ ...RUN_MS, description: "Of a RUN. Of a DOSE its worst case: the longest run when absent." }),
  ),
  amount: Type.Optional(Type.Number({ ...AMOUNT, description: "Of a DOSE." })),
  unit: Type.Optional(Type.String({ ...UNIT, description: "Of an amount or a value." })),
  value: Type.Optional(Type.Number({ description: "Of a SET: a set-point. Nothing starts by it." })),
  release: Type.Optional(Type.Literal(true, { description: "Of a SET: lets a held actuator run again." })),
  reason: Type.Optional(Type.String({ maxLength: LONGEST_REASON, description: "Of a STOP, for the others." })),
  waitMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: LONGEST_WAIT_MS,
      description: `Of a RUN or DOSE: how long it may wait for what stands against it; ${DEFAULT_WAIT_MS} when absent. A run of lower priority is stopped for it only if it can start within this, the pause after that run included.`,
    }),
  ),
  override: Type.Optional(
    Body(
      { reason: Type.String({ description: `1 to ${LONGEST_REASON} characters, for the audit.` }) },
      "Of a RUN or DOSE, by an administrator: passes the cooldown, and nothing else.",
    ),
  ),
});

export type CommandRequest = Static<typeof CommandRequest>;
type Field = Exclude<keyof CommandRequest, "kind">;

const FIELDS: Readonly<Record<CommandRequest["kind"], readonly Field[]>> = {
  RUN: ["durationMs", "waitMs", "override"],
  DOSE: ["amount", "unit", "durationMs", "waitMs", "override"],
  STOP: ["reason"],
  SET: ["release", "value", "unit"],
};

export const LONGEST_KEY = 200;

export const IdempotencyHeaders = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: LONGEST_KEY,
      description:
        "The same key with the same body has the same answer and does nothing anew; with another body it is a 422.",
    }),
  ),
});

export interface ActuatorCommandRoutesDependencies {
  readonly actuation: Actuation;
  readonly pool: Pool;
  readonly findExecution: FindExecution;
}

export function actuatorCommandRoutes(api: Api, dependencies: ActuatorCommandRoutesDependencies): void {
  const { actuation } = dependencies;
  api.post(
    "/api/v1/actuators/:id/commands",
    {
      config: { access: "commands:send", isStop },
      bodyLimit: MAX_STOPPING_BODY_BYTES,
      schema: {
        tags: ["actuators"],
        summary: "Command an actuator",
        description:
          "RUN starts it for `durationMs`, DOSE until `amount` is counted out, both inside its limits. A refusal is a 409 that names the limit and, where time helps, `retryAt`; a request that waits is a 202 with its execution, and a key whose request has waited in vain is a 200 with it. STOP stops it at once and holds it. SET with `release` lets it run again; with `value` it gives a set-point.",
        params: ActuatorParams,
        headers: IdempotencyHeaders,
        body: CommandRequest,
        response: { ...answers(201, Command), 202: Execution, 200: Execution },
      },
    },
    async (request, reply) => {
      const { body, params, headers } = request;
      assertFields(body);
      if (body.override !== undefined) assertCallerMay(request, "actuation:configure");
      const order = { ...body, actuatorId: params.id, idempotencyKey: headers["idempotency-key"] };
      const by = requesterFor(request);
      const { executionId, command } = await placeCommand(actuation, by, order);
      if (command !== undefined) return sendCommand(dependencies, request, reply, command.id);
      const execution = (await dependencies.findExecution(by.organizationId, executionId))!;
      const status = isOpen(execution) ? 202 : 200;
      return reply.code(status).header("location", `/api/v1/executions/${executionId}`).send(execution);
    },
  );
}

function isStop(body: unknown): boolean {
  return typeof body === "object" && body !== null && "kind" in body && body.kind === "STOP";
}

/** 201 with the command as `GET` shows it. */
export async function sendCommand(
  { pool }: { readonly pool: Pool },
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
): Promise<FastifyReply> {
  const command = await viewCommand(pool, requesterFor(request).organizationId, id);
  return reply.code(201).header("location", `/api/v1/commands/${id}`).send(command);
}

/** Throws `command.field_unexpected`. */
export function assertFields({ kind, ...fields }: CommandRequest): void {
  const surplus = Object.keys(fields).find((field) => !FIELDS[kind].includes(field as Field));
  if (surplus === undefined) return;
  const takes = FIELDS[kind].join(", ");
  throw invalid("command.field_unexpected", `A ${kind} takes no ${surplus}: leave it out. It takes ${takes}.`, surplus);
}

export type Order = CommandRequest & { readonly actuatorId: number; readonly idempotencyKey: string | undefined };
export type Placed = Pick<PlacedRun, "executionId"> & { readonly command: { readonly id: string } | undefined };

/** With a command, or with an execution that waits for one. */
export async function placeCommand(actuation: Actuation, by: Requester, order: Order): Promise<Placed> {
  const { kind, actuatorId, idempotencyKey, reason } = order;
  switch (kind) {
    case "RUN":
      if (order.durationMs === undefined) {
        throw invalid("command.duration_needed", "A RUN needs durationMs, in milliseconds.", "durationMs");
      }
      return requestRun(actuation, by, runOrderOf(order));
    case "DOSE":
      return requestRun(actuation, by, { ...runOrderOf(order), dose: doseOf(order) });
    case "STOP":
      return placed(await requestStop(actuation, by, { actuatorId, reason, idempotencyKey }));
    case "SET":
      return placed(await set(actuation, by, order));
  }
}

function placed(command: { readonly id: string; readonly executionId: string }): Placed {
  return { executionId: command.executionId, command };
}

function runOrderOf({ actuatorId, durationMs, waitMs, override, idempotencyKey }: Order) {
  return { actuatorId, durationMs, waitMs, overrideReason: override && reasonOf(override.reason), idempotencyKey };
}

function reasonOf(given: string): string {
  const reason = given.trim();
  if (reason.length >= 1 && reason.length <= LONGEST_REASON) return reason;
  const message = `override.reason says why, in 1 to ${LONGEST_REASON} characters.`;
  throw invalid("command.override_reason", message, "override.reason");
}

function doseOf({ amount, unit }: Order) {
  if (amount !== undefined && unit !== undefined) return { amount, unit };
  throw invalid("command.amount_needed", "A DOSE needs amount and unit.", amount === undefined ? "amount" : "unit");
}

async function set(actuation: Actuation, by: Requester, order: Order) {
  const { actuatorId, value, unit, release, idempotencyKey } = order;
  if (release && value === undefined && unit === undefined) {
    return releaseHold(actuation, by, { actuatorId, idempotencyKey });
  }
  if (value !== undefined && !release) return requestSet(actuation, by, { actuatorId, value, unit, idempotencyKey });
  const message = "A SET needs either release: true, or value with the unit that it is in.";
  throw invalid("command.nothing_to_set", message, "value");
}

function invalid(code: string, message: string, field: string): SluiceError {
  return new SluiceError("invalid", code, message, { details: { field } });
}
