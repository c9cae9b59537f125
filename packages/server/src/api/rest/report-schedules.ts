import { REPORT_LANGUAGES } from "@sluice/core/reports/report-definition.ts";
import { LONGEST_EXPRESSION } from "@sluice/core/schedules/cron.ts";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Requester } from "../../devices/index.ts";
import {
  createReportSchedule,
  DEFAULT_KEEP_DAYS,
  deleteReportSchedule,
  editionOfSchedule,
  listReportSchedules,
  MAX_RECIPIENTS,
  type Reports,
  requireReportSchedule,
  type ScheduleRequester,
  updateReportSchedule,
} from "../../reports/index.ts";
import { callerMay, organizationOf, requesterFor } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, Nullable, SerialId, Slug, Thing } from "../schemas.ts";
import { Formats, KeepDays, Location, ReportKey } from "./reports.ts";

const Times = Type.Union(
  [
    Body({
      kind: Type.Literal("daily"),
      at: Type.String({ pattern: "^([01]\\d|2[0-3]):[0-5]\\d$", description: '"06:00".' }),
    }),
    Body({ kind: Type.Literal("cron"), expression: Type.String({ maxLength: LONGEST_EXPRESSION }) }),
  ],
  { description: "By the clock of the site. Each time the newest period that is over is reported, once." },
);
const Language = Nullable(Type.Enum([...REPORT_LANGUAGES], { description: "Null: that of the site." }));
const Recipients = Type.Array(Type.String({ minLength: 3, maxLength: 320 }), {
  maxItems: MAX_RECIPIENTS,
  uniqueItems: true,
  description:
    "E-mail addresses that are sent the PDF. Others than confirmed ones of members need `notifications:write`.",
});

const Fields = {
  name: Name,
  report: ReportKey,
  times: Times,
  language: Language,
  formats: Formats,
  recipients: Recipients,
  keepDays: KeepDays,
  isEnabled: Type.Boolean(),
};
const ReportSchedule = Thing("ReportSchedule", {
  id: SerialId,
  ...Fields,
  site: Slug,
  nextDueAt: Nullable(DateTime),
  missed: Type.Integer({
    description: "Reports that were not made, because Sluice was down for longer than it makes up for.",
  }),
  createdAt: DateTime,
  createdBy: Type.String(),
});

const OptionalFields = {
  language: Type.Optional(Language),
  formats: Type.Optional(Formats),
  recipients: Type.Optional(Recipients),
  keepDays: Type.Optional(Type.Integer({ ...KeepDays, default: DEFAULT_KEEP_DAYS })),
  isEnabled: Type.Optional(Fields.isEnabled),
};

const Params = Type.Object({ schedule: SerialId });
const tags = ["reports"];

function scheduler(request: FastifyRequest, by: Requester): ScheduleRequester {
  return { ...by, mayMailOutside: callerMay(request, "notifications:write") };
}

/** Who wants which report when. */
export function reportScheduleRoutes(api: Api, { reports }: { readonly reports: Reports }): void {
  api.get(
    "/api/v1/report-schedules",
    {
      config: { access: "reports:read" },
      schema: {
        tags,
        summary: "List schedules of reports",
        querystring: Type.Object({ ...PageQuery, site: Type.Optional(Slug) }),
        response: answers(200, Type.Array(ReportSchedule)),
      },
    },
    async (request, reply) => {
      const page = { afterId: cursorNumber(request.query), limit: fetchLimit(request.query) };
      const filter = { site: request.query.site, ...page };
      const schedules = await listReportSchedules(reports.pool, organizationOf(request), filter);
      return sendPage(request, reply, schedules, ({ id }) => id);
    },
  );

  api.post(
    "/api/v1/report-schedules",
    {
      config: { access: "reports:run" },
      schema: {
        tags,
        summary: "Have a report made again and again",
        body: Body({ name: Name, report: ReportKey, location: Location, times: Times, ...OptionalFields }),
        response: answers(201, ReportSchedule),
      },
    },
    async (request, reply) => {
      const schedule = await createReportSchedule(reports, scheduler(request, requesterFor(request)), request.body);
      reply.code(201).header("location", `/api/v1/report-schedules/${schedule.id}`);
      return sendTagged(request, reply, schedule, editionOfSchedule(schedule));
    },
  );

  api.get(
    "/api/v1/report-schedules/:schedule",
    {
      config: { access: "reports:read" },
      schema: { tags, summary: "One schedule of reports", params: Params, response: taggedAnswers(ReportSchedule) },
    },
    async (request, reply) => {
      const schedule = await requireReportSchedule(reports.pool, organizationOf(request), request.params.schedule);
      return sendTagged(request, reply, schedule, editionOfSchedule(schedule));
    },
  );

  api.patch(
    "/api/v1/report-schedules/:schedule",
    {
      config: { access: "reports:run" },
      schema: {
        tags,
        summary: "Change a schedule of reports",
        description: "What is absent stays; it keeps its site.",
        params: Params,
        headers: EditHeaders,
        body: Body({
          name: Type.Optional(Name),
          report: Type.Optional(ReportKey),
          times: Type.Optional(Times),
          ...OptionalFields,
        }),
        response: answers(200, ReportSchedule),
      },
    },
    async (request, reply) => {
      const { schedule: id } = request.params;
      const schedule = await updateReportSchedule(reports, scheduler(request, editorFor(request)), id, request.body);
      return sendTagged(request, reply, schedule, editionOfSchedule(schedule));
    },
  );

  api.delete(
    "/api/v1/report-schedules/:schedule",
    {
      config: { access: "reports:run" },
      schema: {
        tags,
        summary: "Delete a schedule of reports",
        description: "The reports that it has made stay.",
        params: Params,
        headers: EditHeaders,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deleteReportSchedule(reports, editorFor(request), request.params.schedule);
      return reply.code(204).send();
    },
  );
}
