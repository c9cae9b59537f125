import {
  listRuns,
  REPORT_FORMATS,
  REPORT_STATES,
  type ReportFormat,
  type ReportRun,
  type ReportState,
  readContent,
  requireRun,
} from "../../reports/index.ts";
import { cursorNumber } from "../paging.ts";
import { builder } from "./builder.ts";
import { serialId, uuid } from "./checked.ts";
import { connectionOf, readPage } from "./connection.ts";
import { access } from "./guard-schema.ts";

/** A report of a thousand stations is megabytes: no operation reads more than two dozen. */
const CONTENT_COST = 2_000;

const ReportStateEnum = builder.enumType("ReportState", {
  values: Object.fromEntries(REPORT_STATES.map((state) => [state.toUpperCase(), { value: state }])) as Record<
    string,
    { value: ReportState }
  >,
});
const ReportFormatEnum = builder.enumType("ReportFormat", {
  values: Object.fromEntries(REPORT_FORMATS.map((format) => [format.toUpperCase(), { value: format }])) as Record<
    string,
    { value: ReportFormat }
  >,
});

const ReportRef = builder.objectRef<ReportRun>("Report");
ReportRef.implement({
  ...access("reports:read"),
  description: "One report that was asked for, and what became of it.",
  fields: (t) => ({
    id: t.exposeID("id"),
    report: t.exposeString("report", { description: "Key of its definition." }),
    site: t.exposeString("site", { description: "Slug." }),
    period: t.exposeString("period", { description: "Such as 2026-10-25, by the clock of the site." }),
    from: t.expose("from", { type: "DateTime" }),
    to: t.expose("to", { type: "DateTime" }),
    language: t.exposeString("language"),
    formats: t.field({ type: [ReportFormatEnum], resolve: ({ formats }) => [...formats] }),
    state: t.expose("state", { type: ReportStateEnum }),
    scheduleId: t.id({ nullable: true, resolve: ({ schedule }) => schedule }),
    attempts: t.exposeInt("attempts"),
    errorCode: t.exposeString("errorCode", { nullable: true, description: "Of the last attempt." }),
    error: t.exposeString("error", { nullable: true }),
    isComplete: t.exposeBoolean("isComplete", {
      nullable: true,
      description: "False: the period was not over when it was made.",
    }),
    share: t.exposeFloat("share", {
      nullable: true,
      description: "How much of the data that was due was there, 0 to 1.",
    }),
    requestedBy: t.exposeString("requestedBy"),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    startedAt: t.expose("startedAt", { type: "DateTime", nullable: true }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", nullable: true }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", nullable: true, description: "Then it is deleted." }),
    content: t.field({
      ...access("reports:read", CONTENT_COST),
      type: "JSON",
      nullable: true,
      description: "As by REST; null until it is made.",
      resolve: (run, _args, { deps }) => (run.state === "done" ? readContent(deps.reports, run) : null),
    }),
  }),
});

const ReportConnection = connectionOf("Report", ReportRef, "reports:read");

builder.queryFields((t) => ({
  reports: t.field({
    ...access("reports:read"),
    type: ReportConnection,
    description: "Newest first.",
    args: {
      first: t.arg.int(),
      after: t.arg.string(),
      report: t.arg.string({ description: "Key of a definition." }),
      site: t.arg.string({ description: "Slug." }),
      state: t.arg({ type: ReportStateEnum }),
      schedule: t.arg.id(),
    },
    resolve: (_root, args, { deps, organizationId }) =>
      readPage(
        args,
        (page) =>
          listRuns(deps.pool, organizationId, {
            report: args.report ?? undefined,
            site: args.site ?? undefined,
            state: args.state ?? undefined,
            scheduleId: args.schedule == null ? undefined : serialId(args.schedule),
            beforeSeq: cursorNumber(page),
            limit: page.limit,
          }),
        ({ seq }) => seq,
      ),
  }),
  report: t.field({
    ...access("reports:read"),
    type: ReportRef,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, { deps, organizationId }) => requireRun(deps.pool, organizationId, uuid(id)),
  }),
}));
