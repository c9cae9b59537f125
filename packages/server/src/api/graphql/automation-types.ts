import { listSchedules } from "../../automation/index.ts";
import { cursorNumber, cursorUuid } from "../paging.ts";
import { EXECUTION_STATUSES } from "../rest/executions.ts";
import { builder } from "./builder.ts";
import { serialId } from "./checked.ts";
import { connectionOf, readPage } from "./connection.ts";
import { requireDeviceByUid } from "./context.ts";
import { access } from "./guard-schema.ts";
import { ActuatorRef, DeviceRef, ExecutionRef, RuleRef, ScheduleRef } from "./refs.ts";

RuleRef.implement({
  ...access("automation:read"),
  description: "A condition on metrics of a device, and what to do while it holds.",
  fields: (t) => ({
    id: t.exposeID("id"),
    key: t.exposeString("key"),
    name: t.exposeString("name"),
    kind: t.exposeString("kind"),
    definition: t.field({ type: "JSON", resolve: ({ definition }) => definition }),
    action: t.field({ type: "JSON", nullable: true, resolve: ({ action }) => action }),
    alert: t.field({ type: "JSON", nullable: true, resolve: ({ alert }) => alert }),
    priority: t.exposeString("priority"),
    enabled: t.exposeBoolean("enabled"),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    standing: t.field({
      type: "JSON",
      nullable: true,
      description: "Whether it fires now; null before it ever did.",
      resolve: ({ standing }) => standing,
    }),
    device: t.field({ type: DeviceRef, resolve: ({ device }, _args, context) => requireDeviceByUid(context, device) }),
  }),
});

ScheduleRef.implement({
  ...access("automation:read"),
  description: "Times by a clock on the wall, and what an actuator does at them.",
  fields: (t) => ({
    id: t.exposeID("id"),
    key: t.exposeString("key"),
    name: t.exposeString("name"),
    action: t.field({ type: "JSON", resolve: ({ action }) => action }),
    times: t.field({ type: "JSON", resolve: ({ times }) => times }),
    timeZone: t.exposeString("timeZone"),
    isPaused: t.boolean({ resolve: ({ paused }) => paused !== null }),
    pausedUntil: t.field({ type: "DateTime", nullable: true, resolve: ({ paused }) => paused?.until ?? null }),
    nextDueAt: t.field({ type: "DateTime", nullable: true, resolve: ({ next }) => next?.dueAt ?? null }),
    problem: t.exposeString("problem", { nullable: true }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    actuator: t.field({
      type: ActuatorRef,
      resolve: async ({ actuator }, _args, { loaders }) => (await loaders.actuator.load(actuator))!,
    }),
    device: t.field({ type: DeviceRef, resolve: ({ device }, _args, context) => requireDeviceByUid(context, device) }),
  }),
});

const ExecutionStatusEnum = builder.enumType("ExecutionStatus", { values: EXECUTION_STATUSES });

ExecutionRef.implement({
  ...access("automation:read"),
  description: "One intention to act.",
  fields: (t) => ({
    id: t.exposeID("id"),
    type: t.exposeString("type", { description: "MANUAL, SCHEDULED, THRESHOLD or FOREIGN: what caused it." }),
    action: t.exposeString("action"),
    priority: t.exposeString("priority"),
    status: t.expose("status", { type: ExecutionStatusEnum }),
    reason: t.exposeString("reason", { nullable: true }),
    message: t.exposeString("message", { nullable: true }),
    parameters: t.field({ type: "JSON", resolve: ({ parameters }) => parameters }),
    retries: t.exposeInt("retries"),
    success: t.exposeBoolean("success", { nullable: true, description: "Null while it is open." }),
    requestedBy: t.exposeString("requestedBy"),
    scheduledAt: t.expose("scheduledAt", { type: "DateTime" }),
    startedAt: t.expose("startedAt", { type: "DateTime", nullable: true }),
    completedAt: t.expose("completedAt", { type: "DateTime", nullable: true }),
    waitUntil: t.expose("waitUntil", { type: "DateTime", nullable: true }),
    actuator: t.field({
      type: ActuatorRef,
      resolve: async ({ actuator }, _args, { loaders }) => (await loaders.actuator.load(actuator))!,
    }),
    device: t.field({ type: DeviceRef, resolve: ({ device }, _args, context) => requireDeviceByUid(context, device) }),
  }),
});

const RuleConnection = connectionOf("Rule", RuleRef, "automation:read");
const ScheduleConnection = connectionOf("Schedule", ScheduleRef, "automation:read");
const ExecutionConnection = connectionOf("Execution", ExecutionRef, "automation:read");

builder.queryFields((t) => ({
  rules: t.field({
    ...access("automation:read"),
    type: RuleConnection,
    description: "In the order in which they were made.",
    args: { first: t.arg.int(), after: t.arg.string(), device: t.arg.string({ description: "Uid." }) },
    resolve: (_root, args, { deps, organizationId }) =>
      readPage(
        args,
        (page) =>
          deps.listRules(organizationId, {
            device: args.device ?? undefined,
            afterId: cursorNumber(page),
            limit: page.limit,
          }),
        ({ id }) => id,
      ),
  }),
  schedules: t.field({
    ...access("automation:read"),
    type: ScheduleConnection,
    description: "In the order in which they were made.",
    args: { first: t.arg.int(), after: t.arg.string(), actuator: t.arg.id() },
    resolve: (_root, args, { deps, organizationId }) =>
      readPage(
        args,
        (page) =>
          listSchedules(deps.scheduling, organizationId, {
            actuatorId: args.actuator == null ? undefined : serialId(args.actuator),
            afterId: cursorNumber(page),
            limit: page.limit,
          }),
        ({ id }) => id,
      ),
  }),
  executions: t.field({
    ...access("automation:read"),
    type: ExecutionConnection,
    description: "Newest first.",
    args: {
      first: t.arg.int(),
      after: t.arg.string(),
      actuator: t.arg.id(),
      status: t.arg({ type: ExecutionStatusEnum }),
    },
    resolve: (_root, args, { deps, organizationId }) =>
      readPage(
        args,
        (page) =>
          deps.listExecutions(organizationId, {
            actuatorId: args.actuator == null ? undefined : serialId(args.actuator),
            status: args.status ?? undefined,
            afterId: cursorUuid(page),
            limit: page.limit,
          }),
        ({ id }) => id,
      ),
  }),
}));
