import { SluiceError } from "@sluice/core/errors.ts";
import type { ReportContent } from "@sluice/core/reports/report-content.ts";
import { REPORT_LANGUAGES, REPORT_PERIODS } from "@sluice/core/reports/report-definition.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import {
  deleteReport,
  evaluateNow,
  formatReport,
  listMails,
  listRuns,
  MAX_KEEP_DAYS,
  REPORT_FORMATS,
  REPORT_STATES,
  type ReportFormat,
  type ReportRun,
  type Reports,
  readReport,
  reportDefinitions,
  reportFileName,
  requestReport,
  requireRun,
} from "../../reports/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, NoContent, Nullable, SerialId, Slug, Thing, Uuid } from "../schemas.ts";

export const ReportKey = Type.String({ minLength: 1, maxLength: 63, description: "Key of a report definition." });
export const Location = Type.String({ minLength: 1, maxLength: 200, description: "A site's name or slug." });
export const Language = Type.Enum([...REPORT_LANGUAGES], { description: "That of the site when absent." });
export const Format = Type.Enum([...REPORT_FORMATS]);
export const Formats = Type.Array(Format, { minItems: 1, maxItems: REPORT_FORMATS.length });
export const KeepDays = Type.Integer({ minimum: 1, maximum: MAX_KEEP_DAYS, description: "Then it is deleted." });

const Texts = Type.Record(Type.String(), Type.String(), { description: "By language." });
const Definition = Thing("ReportDefinition", {
  key: ReportKey,
  title: Texts,
  period: Type.Enum([...REPORT_PERIODS]),
  metrics: Type.Array(Type.Object({ key: Type.String(), title: Texts, unit: Type.String(), digits: Type.Integer() })),
  sections: Type.Array(Type.Object({ kind: Type.String(), title: Texts })),
});

const Mail = Type.Object({
  to: Type.String(),
  state: Type.Enum(["queued", "sent", "refused", "expired"]),
  attempts: Type.Integer(),
  error: Nullable(Type.String()),
  finishedAt: Nullable(DateTime),
});

const RunFields = {
  id: Uuid,
  report: ReportKey,
  site: Slug,
  period: Type.String({ description: 'Such as "2026-10-25", by the clock of the site.' }),
  from: DateTime,
  to: DateTime,
  language: Type.Enum([...REPORT_LANGUAGES]),
  formats: Formats,
  state: Type.Enum([...REPORT_STATES]),
  schedule: Nullable(SerialId),
  attempts: Type.Integer(),
  error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() }, { description: "Of the last attempt." })),
  isComplete: Nullable(Type.Boolean({ description: "False: the period was not over when it was made." })),
  share: Nullable(Type.Number({ description: "How much of the data that was due was there, 0 to 1." })),
  files: Type.Array(Type.Object({ format: Format, bytes: Type.Integer(), checksum: Type.String() })),
  requestedBy: Type.String(),
  createdAt: DateTime,
  startedAt: Nullable(DateTime),
  finishedAt: Nullable(DateTime),
  expiresAt: Nullable(DateTime),
};
const Report = Thing("Report", RunFields);
const ReportDetail = Thing("ReportDetail", { ...RunFields, mails: Type.Array(Mail) });

const Share = Type.Object({
  expected: Nullable(Type.Integer()),
  readings: Type.Integer(),
  share: Nullable(Type.Number()),
});
const Content = Thing("ReportContent", {
  version: Type.Literal(1),
  report: ReportKey,
  title: Type.String(),
  language: Type.Enum([...REPORT_LANGUAGES]),
  organization: Type.String(),
  site: Type.Object({
    slug: Slug,
    name: Type.String(),
    region: Nullable(Type.String()),
    timeZone: Type.String(),
  }),
  period: Type.Object({
    kind: Type.Enum([...REPORT_PERIODS]),
    name: Type.String(),
    from: DateTime,
    to: DateTime,
    until: Type.String({ format: "date-time", description: "How far readings were looked at." }),
    isComplete: Type.Boolean({ description: "False: the period was not over." }),
    hours: Type.Number({ description: "A day may have 23 or 25." }),
  }),
  generatedAt: DateTime,
  completeness: Share,
  sections: Type.Array(
    Type.Object(
      { kind: Type.Enum(["summary", "charts", "table", "alerts", "completeness"]), title: Type.String() },
      { additionalProperties: true, description: "By its kind: docs/guides/reports.md." },
    ),
  ),
});

const Params = Type.Object({ id: Uuid });
const AskedFormat = Type.Optional(
  Type.Enum([...REPORT_FORMATS], { description: "Or by `Accept`: application/pdf, text/csv; JSON otherwise." }),
);
const MEDIA_TYPES: Readonly<Record<ReportFormat, string>> = {
  json: "application/json; charset=utf-8",
  csv: "text/csv; charset=utf-8; header=present",
  pdf: "application/pdf",
};
const DAILY_REPORT = "water-quality-daily";
const tags = ["reports"];

export interface ReportRoutesDependencies {
  readonly reports: Reports;
}

/** Reports: what can be made, having them made, and reading them. */
export function reportRoutes(api: Api, { reports }: ReportRoutesDependencies): void {
  definitionRoutes(api);
  requestRoutes(api, reports);
  contentRoutes(api, reports);
  dailyRoute(api, reports);
}

function definitionRoutes(api: Api): void {
  api.get(
    "/api/v1/report-definitions",
    {
      config: { access: "reports:read" },
      schema: { tags, summary: "Which reports there are", response: answers(200, Type.Array(Definition)) },
    },
    async () =>
      reportDefinitions.map(({ key, title, period, metrics, sections }) => ({
        ...{ key, title, period },
        metrics: metrics.map(({ key: metric, title: name, unit, digits }) => ({
          key: metric,
          title: name,
          unit,
          digits,
        })),
        sections: sections.map(({ kind, title: heading }) => ({ kind, title: heading })),
      })),
  );
}

function requestRoutes(api: Api, reports: Reports): void {
  api.post(
    "/api/v1/reports",
    {
      config: { access: "reports:run", cost: 5 },
      schema: {
        tags,
        summary: "Have a report made",
        description:
          "It is made before those of schedules. `Location` names where its state, and then its content, are.",
        body: Body({
          report: ReportKey,
          location: Location,
          period: Type.Optional(
            Type.String({
              maxLength: 40,
              description:
                'By the clock of the site: an hour "2026-10-25T02:00+02:00", a day "2026-10-25", a week "2026-W43", a month "2026-10". The newest that is over when absent.',
            }),
          ),
          language: Type.Optional(Language),
          formats: Type.Optional(Formats),
          keepDays: Type.Optional(KeepDays),
        }),
        response: answers(202, Report),
      },
    },
    async (request, reply) => {
      const run = await requestReport(reports, requesterFor(request), request.body);
      return reply.code(202).header("location", `/api/v1/reports/${run.id}`).send(viewOf(run));
    },
  );

  api.get(
    "/api/v1/reports",
    {
      config: { access: "reports:read" },
      schema: {
        tags,
        summary: "List reports, newest first",
        querystring: Type.Object({
          ...PageQuery,
          report: Type.Optional(ReportKey),
          site: Type.Optional(Slug),
          state: Type.Optional(Type.Enum([...REPORT_STATES])),
          schedule: Type.Optional(SerialId),
        }),
        response: answers(200, Type.Array(Report)),
      },
    },
    async (request, reply) => {
      const { report, site, state, schedule } = request.query;
      const page = { beforeSeq: cursorNumber(request.query), limit: fetchLimit(request.query) };
      const filter = { report, site, state, scheduleId: schedule, ...page };
      const runs = await listRuns(reports.pool, organizationOf(request), filter);
      return sendPage(request, reply, runs, ({ seq }) => seq).map(viewOf);
    },
  );

  api.get(
    "/api/v1/reports/:id",
    {
      config: { access: "reports:read" },
      schema: { tags, summary: "One report", params: Params, response: answers(200, ReportDetail) },
    },
    async (request) => {
      const run = await requireRun(reports.pool, organizationOf(request), request.params.id);
      return { ...viewOf(run), mails: await listMails(reports.pool, run.id) };
    },
  );

  api.delete(
    "/api/v1/reports/:id",
    {
      config: { access: "reports:run" },
      schema: { tags, summary: "Delete a report", params: Params, response: answers(204, NoContent) },
    },
    async (request, reply) => {
      await deleteReport(reports, requesterFor(request), request.params.id);
      return reply.code(204).send();
    },
  );
}

function contentRoutes(api: Api, reports: Reports): void {
  api.get(
    "/api/v1/reports/:id/content",
    {
      config: { access: "reports:read", cost: 3, waitsElsewhere: true },
      schema: {
        tags,
        summary: "A report's content",
        description:
          "JSON, CSV or PDF. 409 `report.not_done` while it is being made, `report.failed` with why it was not.",
        params: Params,
        querystring: Type.Object({ format: AskedFormat }),
        response: answers(200, Content),
      },
    },
    async (request, reply) => {
      const run = await requireRun(reports.pool, organizationOf(request), request.params.id);
      const format = formatFor(request, request.query.format);
      const bytes = await readReport(reports, run, format, untilGone(reply));
      return sendReport(reply, run, format, bytes);
    },
  );
}

/** The path of the water-quality specification. */
function dailyRoute(api: Api, reports: Reports): void {
  api.get(
    "/api/reports/daily",
    {
      config: { access: "reports:read", cost: 10, waitsElsewhere: true },
      schema: {
        tags,
        summary: "The daily water-quality report of a location",
        description:
          "Made of the readings as they are now. JSON; CSV with `Accept: text/csv`, PDF with `Accept: application/pdf`. Of a day that is not over `period.isComplete` is false. Two are made at once, others wait for their turn; when many wait, 503 `report.busy`.",
        querystring: Type.Object({
          location: Location,
          date: Type.Optional(
            Type.String({
              maxLength: 40,
              description: "A day by the clock of the site, 2026-10-25; yesterday when absent.",
            }),
          ),
          language: Type.Optional(Language),
          format: AskedFormat,
        }),
        response: answers(200, Content),
      },
    },
    async (request, reply) => {
      const { location, date, language, format: asked } = request.query;
      const draft = { report: DAILY_REPORT, location, period: date, language };
      const gone = untilGone(reply);
      const content = await evaluateNow(reports, organizationOf(request), draft, gone);
      const format = formatFor(request, asked);
      const bytes = await formatReport(reports.renderer, content, format, gone);
      return sendReport(reply, fileOf(content), format, bytes);
    },
  );
}

/** Nobody waits for what is made for a caller that has gone. */
function untilGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  const leave = () => gone.abort(new SluiceError("unavailable", "request.gone", "The caller has gone away."));
  if (reply.raw.destroyed) leave();
  else reply.raw.once("close", leave);
  return gone.signal;
}

function fileOf({ report, site, period }: ReportContent) {
  return { report, site: site.slug, period: period.name };
}

function formatFor(request: FastifyRequest, asked: ReportFormat | undefined): ReportFormat {
  if (asked !== undefined) return asked;
  const accept = request.headers.accept ?? "";
  if (/\bapplication\/pdf\b/.test(accept)) return "pdf";
  return /\btext\/csv\b/.test(accept) ? "csv" : "json";
}

function sendReport(
  reply: FastifyReply,
  file: Pick<ReportRun, "report" | "site" | "period">,
  format: ReportFormat,
  bytes: Uint8Array,
): FastifyReply {
  reply.type(MEDIA_TYPES[format]).header("vary", "accept");
  if (format !== "json") {
    const disposition = format === "pdf" ? "inline" : "attachment";
    reply.header("content-disposition", `${disposition}; filename="${reportFileName(file, format)}"`);
  }
  return reply.send(Buffer.from(bytes));
}

function viewOf(run: ReportRun) {
  const { seq, recipients, isUrgent, errorCode, error, files, ...view } = run;
  return {
    ...view,
    error: errorCode === null ? null : { code: errorCode, detail: error ?? "" },
    files: REPORT_FORMATS.flatMap((format) => {
      const file = files[format];
      return file === undefined ? [] : [{ format, bytes: file.bytes, checksum: file.checksum }];
    }),
  };
}
