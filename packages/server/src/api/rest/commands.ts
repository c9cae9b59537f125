import type { CommandKind, CommandState } from "@sluice/core/commands/command.ts";
import type { Pool } from "pg";
import { Type } from "typebox";
import { listCommandEvents, listCommands, viewCommand } from "../../actuation/index.ts";
import { organizationOf } from "../access.ts";
import { cursorUuid, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import { queryDate } from "../query-time.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, FromTime, Nullable, SerialId, ToTime, Uid, Uuid } from "../schemas.ts";

export const Command = Type.Object(
  {
    id: Uuid,
    actuator: SerialId,
    kind: Type.String({ description: "RUN, DOSE, SET or STOP." }),
    state: Type.String({ description: "QUEUED, DISPATCHING, ACCEPTED, RUNNING, COMPLETED, UNKNOWN …" }),
    fence: Nullable(Type.Integer()),
    durationMs: Nullable(Type.Integer({ description: "Of a DOSE its worst case." })),
    amount: Nullable(Type.Number({ description: "Of a DOSE." })),
    unit: Nullable(Type.String()),
    value: Nullable(Type.Number({ description: "Of a set-point." })),
    isOverride: Type.Boolean({ description: "It passed a cooldown, by an administrator's word." }),
    dosed: Nullable(Type.Number({ description: "What a DOSE has counted out, as far as its device has said it." })),
    dosedIs: Nullable(
      Type.Enum(["exact", "at_least", "unknown"], {
        description:
          "exact: said at its end. at_least: the last that was said of one that was interrupted, or is still on. unknown: it has ended, and nobody knows how much it counted out.",
      }),
    ),
    reason: Nullable(Type.String()),
    decidedAt: DateTime,
  },
  { title: "Command", additionalProperties: true },
);

const CommandEvent = Type.Object(
  {
    at: DateTime,
    what: Type.String(),
    state: Type.String({ description: "The command's state afterwards." }),
    who: Type.String({ description: "user:<id>, rule:<id>, device:<id>, gateway." }),
    reason: Nullable(Type.String()),
  },
  { title: "CommandEvent", additionalProperties: true },
);

const COMMAND_KINDS = ["RUN", "DOSE", "SET", "STOP"] satisfies CommandKind[];
const COMMAND_STATES = [
  ...["QUEUED", "DISPATCHING", "ACCEPTED", "RUNNING", "UNKNOWN", "COMPLETED", "ABORTED", "INTERRUPTED"],
  ...["REJECTED", "NOT_EXECUTED", "EXPIRED", "CANCELLED", "UNKNOWN_CLOSED"],
] as CommandState[];

const CommandParams = Type.Object({ id: Uuid });

export function commandRoutes(api: Api, { pool }: { readonly pool: Pool }): void {
  api.get(
    "/api/v1/commands",
    {
      config: { access: "actuation:read" },
      schema: {
        tags: ["actuators"],
        summary: "Commands, newest first",
        querystring: Type.Object({
          ...PageQuery,
          actuator: Type.Optional(SerialId),
          device: Type.Optional(Uid),
          kind: Type.Optional(Type.Enum(COMMAND_KINDS)),
          state: Type.Optional(Type.Enum(COMMAND_STATES)),
          from: Type.Optional(FromTime),
          to: Type.Optional(ToTime),
        }),
        response: answers(200, Type.Array(Command)),
      },
    },
    async (request, reply) => {
      const { actuator, device, kind, state, from, to } = request.query;
      const commands = await listCommands(pool, organizationOf(request), {
        actuatorId: actuator,
        ...{ device, kind, state, from: queryDate("from", from), to: queryDate("to", to) },
        afterId: cursorUuid(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, commands, ({ id }) => id);
    },
  );

  api.get(
    "/api/v1/commands/:id",
    {
      config: { access: "actuation:read" },
      schema: { tags: ["actuators"], summary: "One command", params: CommandParams, response: answers(200, Command) },
    },
    (request) => viewCommand(pool, organizationOf(request), request.params.id),
  );

  api.get(
    "/api/v1/commands/:id/events",
    {
      config: { access: "actuation:read" },
      schema: {
        tags: ["actuators"],
        summary: "What became of a command, step by step",
        params: CommandParams,
        response: answers(200, Type.Array(CommandEvent)),
      },
    },
    (request) => listCommandEvents(pool, organizationOf(request), request.params.id),
  );
}
