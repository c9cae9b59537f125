import type { AlertSeverity } from "@sluice/core/alerts/alert-policy.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import {
  acknowledgeAlert,
  clearAlert,
  commentOnAlert,
  listAlerts,
  MAX_COMMENT_LENGTH,
  shelveAlert,
  unshelveAlert,
  viewAlert,
} from "../../alerts/index.ts";
import { cursorText } from "../paging.ts";
import { alertCursor, positionOf } from "../rest/alerts.ts";
import { builder } from "./builder.ts";
import { uuid } from "./checked.ts";
import { connectionOf, readPage } from "./connection.ts";
import { requireDeviceByUid } from "./context.ts";
import { access } from "./guard-schema.ts";
import { AlertRef, AlertStateEnum, DeviceRef, SeverityEnum } from "./refs.ts";

AlertRef.implement({
  ...access("alerts:read"),
  description: "What people are told of: one a rule and device, however many readings say so.",
  fields: (t) => ({
    id: t.exposeID("id"),
    state: t.expose("state", { type: AlertStateEnum }),
    open: t.exposeBoolean("open", { description: "A resolved one may still be open: latched, or shelved." }),
    severity: t.expose("severity", { type: SeverityEnum }),
    title: t.exposeString("title"),
    message: t.exposeString("message"),
    ruleId: t.id({ nullable: true, resolve: ({ rule }) => rule?.id ?? null }),
    ruleName: t.string({ nullable: true, resolve: ({ rule }) => rule?.name ?? null }),
    site: t.exposeString("site", { nullable: true, description: "Slug." }),
    region: t.exposeString("region", { nullable: true }),
    source: t.exposeString("source", { nullable: true, description: "What within Sluice is watched." }),
    firstOut: t.exposeBoolean("firstOut"),
    latched: t.exposeBoolean("latched"),
    occurrences: t.exposeInt("occurrences"),
    value: t.exposeFloat("value", { nullable: true }),
    openedAt: t.expose("openedAt", { type: "DateTime" }),
    firedAt: t.expose("firedAt", { type: "DateTime", nullable: true }),
    resolvedAt: t.expose("resolvedAt", { type: "DateTime", nullable: true }),
    closedAt: t.expose("closedAt", { type: "DateTime", nullable: true }),
    acknowledgedBy: t.string({ nullable: true, resolve: ({ acknowledged }) => acknowledged?.by ?? null }),
    acknowledgedAt: t.field({
      type: "DateTime",
      nullable: true,
      resolve: ({ acknowledged }) => acknowledged?.at ?? null,
    }),
    clearedBy: t.string({ nullable: true, resolve: ({ cleared }) => cleared?.by ?? null }),
    shelvedUntil: t.field({ type: "DateTime", nullable: true, resolve: ({ shelved }) => shelved?.until ?? null }),
    device: t.field({
      type: DeviceRef,
      nullable: true,
      resolve: ({ device }, _args, context) => (device === null ? null : requireDeviceByUid(context, device)),
    }),
  }),
});

const AlertConnection = connectionOf("Alert", AlertRef, "alerts:read");

builder.queryField("alerts", (t) =>
  t.field({
    ...access("alerts:read"),
    type: AlertConnection,
    description: "Newest first.",
    args: {
      first: t.arg.int(),
      after: t.arg.string(),
      state: t.arg({ type: AlertStateEnum }),
      severity: t.arg({ type: [SeverityEnum] }),
      open: t.arg.boolean({ description: "Only those that are open, or only those that are closed." }),
      site: t.arg.string({ description: "Slug." }),
      region: t.arg.string(),
      device: t.arg.string({ description: "Uid." }),
      from: t.arg({ type: "DateTime", description: "Opened then or later." }),
      to: t.arg({ type: "DateTime", description: "Opened before." }),
    },
    resolve: (_root, args, { deps, organizationId }) =>
      readPage(
        args,
        (page) =>
          listAlerts(deps.pool, organizationId, {
            states: args.state == null ? undefined : [args.state],
            severities: (args.severity as AlertSeverity[] | null) ?? undefined,
            isOpen: args.open ?? undefined,
            site: args.site ?? undefined,
            region: args.region ?? undefined,
            device: args.device ?? undefined,
            from: dateOf(args.from),
            to: dateOf(args.to),
            after: positionOf(cursorText(page)),
            limit: page.limit,
          }),
        alertCursor,
      ),
  }),
);

builder.queryField("alert", (t) =>
  t.field({
    ...access("alerts:read"),
    type: AlertRef,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, { deps, organizationId }) => viewAlert(deps.pool, organizationId, uuid(id)),
  }),
);

const ACTS = [
  ["acknowledgeAlert", acknowledgeAlert, "Somebody cares: it is not told again."],
  ["clearAlert", clearAlert, "Ends what stays open although its condition is over; refused while it still fires."],
  ["unshelveAlert", unshelveAlert, "It says so if it still fires."],
] as const;

for (const [name, act, description] of ACTS) {
  builder.mutationField(name, (t) =>
    t.field({
      ...access("alerts:operate"),
      type: AlertRef,
      description,
      args: { id: t.arg.id({ required: true }), comment: t.arg.string() },
      resolve: async (_root, { id, comment }, { deps, by, organizationId }) => {
        await act(deps.alerts, by, uuid(id), words(comment));
        return viewAlert(deps.pool, organizationId, uuid(id));
      },
    }),
  );
}

builder.mutationFields((t) => ({
  shelveAlert: t.field({
    ...access("alerts:operate"),
    type: AlertRef,
    description: "Nobody is told of it until its time has come or somebody takes it back, at most 7 days.",
    args: {
      id: t.arg.id({ required: true }),
      until: t.arg({ type: "DateTime", required: true }),
      reason: t.arg.string({ required: true }),
    },
    resolve: async (_root, { id, until, reason }, { deps, by, organizationId }) => {
      await shelveAlert(deps.alerts, by, uuid(id), { untilMicros: until }, words(reason)!);
      return viewAlert(deps.pool, organizationId, uuid(id));
    },
  }),
  commentOnAlert: t.field({
    ...access("alerts:operate"),
    type: AlertRef,
    args: { id: t.arg.id({ required: true }), comment: t.arg.string({ required: true }) },
    resolve: async (_root, { id, comment }, { deps, by, organizationId }) => {
      await commentOnAlert(deps.alerts, by, uuid(id), words(comment)!);
      return viewAlert(deps.pool, organizationId, uuid(id));
    },
  }),
}));

function dateOf(micros: number | null | undefined): Date | undefined {
  return micros == null ? undefined : new Date(Math.floor(micros / 1000));
}

function words(text: string | null | undefined): string | undefined {
  if (text == null || (text.length >= 1 && text.length <= MAX_COMMENT_LENGTH)) return text ?? undefined;
  throw new SluiceError("invalid", "alert.comment_invalid", `A comment has 1 to ${MAX_COMMENT_LENGTH} characters.`, {
    details: { limit: MAX_COMMENT_LENGTH },
  });
}
