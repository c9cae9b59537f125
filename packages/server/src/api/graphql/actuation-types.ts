import { SluiceError } from "@sluice/core/errors.ts";
import { type CommandView, listCommands, viewCommand } from "../../actuation/index.ts";
import type { ExecutionView } from "../../automation/index.ts";
import { assertMay } from "../access.ts";
import { cursorUuid } from "../paging.ts";
import { assertFields, CommandRequest, LONGEST_KEY, placeCommand } from "../rest/actuator-commands.ts";
import { builder } from "./builder.ts";
import { checker, serialId } from "./checked.ts";
import { connectionOf, readPage } from "./connection.ts";
import { requireDeviceByUid } from "./context.ts";
import { access } from "./guard-schema.ts";
import { ActuatorRef, CommandRef, DeviceRef, ExecutionRef } from "./refs.ts";

ActuatorRef.implement({
  ...access("actuation:read"),
  description: "One controllable output, with its limits and what holds it.",
  fields: (t) => ({
    id: t.exposeID("id"),
    key: t.exposeString("key"),
    kind: t.exposeString("kind"),
    status: t.exposeString("status", { description: "IDLE, RUNNING, COOLDOWN, ERROR, UNKNOWN or HELD." }),
    mode: t.exposeString("mode"),
    connected: t.exposeBoolean("connected"),
    fault: t.exposeString("fault", { nullable: true }),
    lastActivationAt: t.expose("lastActivationAt", { type: "DateTime", nullable: true }),
    totalActivations: t.exposeInt("totalActivations"),
    cooldownUntil: t.expose("cooldownUntil", { type: "DateTime", nullable: true }),
    maxRunMs: t.int({ resolve: ({ envelope }) => envelope.maxRunMs }),
    envelope: t.field({
      type: "JSON",
      description: "Every limit, null where there is none.",
      resolve: (a) => a.envelope,
    }),
    hold: t.field({ type: "JSON", nullable: true, description: "What holds it.", resolve: ({ hold }) => hold }),
    trip: t.field({ type: "JSON", nullable: true, resolve: ({ trip }) => trip }),
    observed: t.field({
      type: "JSON",
      nullable: true,
      description: "What the device last said of its output.",
      resolve: ({ observed }) => observed,
    }),
    device: t.field({ type: DeviceRef, resolve: ({ device }, _args, context) => requireDeviceByUid(context, device) }),
  }),
});

CommandRef.implement({
  ...access("actuation:read"),
  description: "What was decided to be sent to an actuator, and what became of it.",
  fields: (t) => ({
    id: t.exposeID("id"),
    kind: t.exposeString("kind", { description: "RUN, DOSE, SET or STOP." }),
    state: t.exposeString("state", { description: "QUEUED, DISPATCHING, ACCEPTED, RUNNING, COMPLETED, UNKNOWN …" }),
    fence: t.exposeInt("fence", { nullable: true }),
    durationMs: t.exposeInt("durationMs", { nullable: true }),
    amount: t.exposeFloat("amount", { nullable: true }),
    unit: t.exposeString("unit", { nullable: true }),
    value: t.exposeFloat("value", { nullable: true }),
    dosed: t.exposeFloat("dosed", { nullable: true }),
    reason: t.exposeString("reason", { nullable: true }),
    ranMs: t.exposeFloat("ranMs", { nullable: true }),
    decidedAt: t.expose("decidedAt", { type: "DateTime" }),
    sentAt: t.expose("sentAt", { type: "DateTime", nullable: true }),
    endedAt: t.expose("endedAt", { type: "DateTime", nullable: true }),
    executionId: t.id({ resolve: ({ execution }) => execution }),
    actuator: t.field({
      type: ActuatorRef,
      resolve: async ({ actuator }, _args, { loaders }) => (await loaders.actuator.load(actuator))!,
    }),
    device: t.field({ type: DeviceRef, resolve: ({ device }, _args, context) => requireDeviceByUid(context, device) }),
  }),
});

const CommandConnection = connectionOf("Command", CommandRef, "actuation:read");

builder.queryField("commands", (t) =>
  t.field({
    ...access("actuation:read"),
    type: CommandConnection,
    description: "Newest first.",
    args: { first: t.arg.int(), after: t.arg.string(), actuator: t.arg.id() },
    resolve: (_root, args, { deps, organizationId }) =>
      readPage(
        args,
        (page) =>
          listCommands(deps.pool, organizationId, {
            actuatorId: args.actuator == null ? undefined : serialId(args.actuator),
            afterId: cursorUuid(page),
            limit: page.limit,
          }),
        ({ id }) => id,
      ),
  }),
);

builder.queryField("actuator", (t) =>
  t.field({
    ...access("actuation:read"),
    type: ActuatorRef,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, { loaders }) => {
      const actuator = await loaders.actuator.load(serialId(id));
      if (actuator !== null) return actuator;
      throw new SluiceError("not-found", "actuator.unknown", "There is no actuator with this id.", { details: { id } });
    },
  }),
);

const CommandKind = builder.enumType("CommandKind", { values: ["RUN", "DOSE", "STOP", "SET"] as const });

const OverrideInput = builder.inputType("OverrideInput", {
  description: "Passes the cooldown, and nothing else; for administrators.",
  fields: (t) => ({ reason: t.string({ required: true, description: "For the audit." }) }),
});

const CommandInput = builder.inputType("CommandInput", {
  fields: (t) => ({
    actuator: t.id({ required: true }),
    kind: t.field({ type: CommandKind, required: true }),
    durationMs: t.int({ description: "Of a RUN. Of a DOSE its worst case: the longest run when absent." }),
    amount: t.float({ description: "Of a DOSE." }),
    unit: t.string({ description: "Of an amount or a value." }),
    value: t.float({ description: "Of a SET: a set-point. Nothing starts by it." }),
    release: t.boolean({ description: "Of a SET: lets a held actuator run again." }),
    reason: t.string({ description: "Of a STOP, for the others." }),
    waitMs: t.int({ description: "Of a RUN or DOSE: how long it may wait for what stands against it." }),
    override: t.field({ type: OverrideInput }),
  }),
});

interface SentCommand {
  readonly executionId: string;
  readonly command: CommandView | undefined;
}

const SentCommandRef = builder.objectRef<SentCommand>("SentCommand").implement({
  ...access("commands:send"),
  fields: (t) => ({
    executionId: t.exposeID("executionId"),
    isWaiting: t.boolean({
      description: "It waits for what stands against it: there is no command yet.",
      resolve: ({ command }) => command === undefined,
    }),
    command: t.field({ type: CommandRef, nullable: true, resolve: ({ command }) => command ?? null }),
    execution: t.field({
      type: ExecutionRef,
      resolve: async ({ executionId }, _args, { deps, organizationId }): Promise<ExecutionView> =>
        (await deps.findExecution(organizationId, executionId))!,
    }),
  }),
});

const commandRequest = checker(CommandRequest);

builder.mutationField("sendCommand", (t) =>
  t.field({
    ...access("commands:send"),
    type: SentCommandRef,
    description:
      "As REST does it: a refusal is an error whose code names the limit, with `retryAt` where time helps. The same idempotency key with the same input has the same answer and does nothing anew.",
    args: { input: t.arg({ type: CommandInput, required: true }), idempotencyKey: t.arg.string() },
    resolve: async (_root, { input, idempotencyKey }, { deps, by, principal, organizationId }) => {
      const { actuator, ...given } = input;
      const request = commandRequest(Object.fromEntries(Object.entries(given).filter(([, value]) => value != null)));
      assertFields(request);
      if (request.override !== undefined) assertMay(principal, "actuation:configure");
      const key = idempotencyKey ?? undefined;
      if (key !== undefined && (key.length < 1 || key.length > LONGEST_KEY)) throw badKey();
      const order = { ...request, actuatorId: serialId(actuator), idempotencyKey: key };
      const { executionId, command } = await placeCommand(deps.actuation, by, order);
      return {
        executionId,
        command: command === undefined ? undefined : await viewCommand(deps.pool, organizationId, command.id),
      };
    },
  }),
);

function badKey(): SluiceError {
  return new SluiceError(
    "invalid",
    "request.idempotency_key",
    `An idempotency key has 1 to ${LONGEST_KEY} characters.`,
  );
}
