import { LONGEST_EXPRESSION } from "@sluice/core/schedules/cron.ts";
import { LONGEST_RULE } from "@sluice/core/schedules/rrule-parse.ts";
import { LONGEST_EVERY_MS, LONGEST_SUN_OFFSET_MS, SHORTEST_EVERY_MS } from "@sluice/core/schedules/schedule.ts";
import { Type } from "typebox";
import {
  createSchedule,
  deleteSchedule,
  listScheduleRuns,
  listSchedules,
  pauseSchedule,
  previewSchedule,
  requireSchedule,
  resumeSchedule,
  type ScheduleView,
  type Scheduling,
  upcomingOf,
  updateSchedule,
} from "../../automation/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { cursorNumber, cursorText, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import { type Api, allowAbsentBody } from "../schema-validation.ts";
import {
  answers,
  Body,
  DateTime,
  Name,
  NoContent,
  Nullable,
  Search,
  SerialId,
  Slug,
  Thing,
  Uid,
  Uuid,
} from "../schemas.ts";

const Instant = Type.String({
  maxLength: 40,
  description: "RFC 3339, or a local time of the zone: 2026-10-25T06:00:00.",
});
const LocalTime = Type.String({ maxLength: 19, description: "By the clock of the zone: 2026-10-25T06:00:00." });
const TimeZone = Type.String({ maxLength: 100, description: 'IANA name, such as "Europe/Berlin".' });
const DurationMs = Type.Integer({ minimum: 1, maximum: 86_400_000 });
const Unit = Type.String({ minLength: 1, maxLength: 16 });

export const Times = Type.Union(
  [
    Body(
      { kind: Type.Literal("cron"), expression: Type.String({ maxLength: LONGEST_EXPRESSION }) },
      "Five fields, or six with seconds; names, ranges, steps, lists, L, FRIL, MON#1, @daily.",
    ),
    Body(
      {
        kind: Type.Literal("every"),
        everyMs: Type.Integer({ minimum: SHORTEST_EVERY_MS, maximum: LONGEST_EVERY_MS, description: "Whole seconds." }),
        anchor: Instant,
      },
      "By elapsed time, whatever the clock on the wall shows.",
    ),
    Body(
      { kind: Type.Literal("rrule"), rule: Type.String({ maxLength: LONGEST_RULE }), start: LocalTime },
      "RFC 5545: FREQ (HOURLY to YEARLY), INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY, BYHOUR, BYMINUTE, WKST.",
    ),
    Body(
      {
        kind: Type.Literal("sun"),
        event: Type.Enum(["sunrise", "sunset"]),
        offsetMs: Type.Integer({ minimum: -LONGEST_SUN_OFFSET_MS, maximum: LONGEST_SUN_OFFSET_MS }),
      },
      "At the coordinates of the actuator's site.",
    ),
  ],
  { description: "When it happens." },
);
const SkippedTime = Type.Enum(["skip", "shift"], {
  description:
    "What becomes of a local time that the clock is set forward over: nothing, or as much later as it jumps.",
});
const RepeatedTime = Type.Enum(["first", "second", "both"], {
  description: "Which of the two counts when the clock is set back and shows a local time twice.",
});
const Timing = {
  timeZone: Type.Optional(Nullable(TimeZone)),
  times: Times,
  skippedTime: Type.Optional(SkippedTime),
  repeatedTime: Type.Optional(RepeatedTime),
  from: Type.Optional(Nullable(Instant)),
  until: Type.Optional(Nullable(Instant)),
};

export const Action = Type.Union(
  [
    Body({ kind: Type.Literal("RUN"), durationMs: Type.Optional(DurationMs) }, "Without a duration as long as it may."),
    Body({
      kind: Type.Literal("DOSE"),
      amount: Type.Number({ exclusiveMinimum: 0 }),
      unit: Unit,
      durationMs: Type.Optional(DurationMs),
    }),
    Body({ kind: Type.Literal("SET"), value: Type.Number(), unit: Type.Optional(Unit) }),
    Body({ kind: Type.Literal("STOP") }, "Ends a run of no higher priority, and holds nothing."),
  ],
  { description: "What the actuator does." },
);

const Policy = Type.Enum(["skip", "run-once", "run-all"], {
  description:
    "What becomes of runs that nobody opened in time: nothing, the last runs late, or the last maxMissed run late.",
});
const WithinMs = Type.Integer({ minimum: 0, maximum: 604_800_000, description: "Older ones are not made up for." });
const MaxMissed = Type.Integer({
  minimum: 1,
  maximum: 100,
  description: "Of run-all: how many are made up for, and how many may wait beside the newest.",
});
const LatestStartMs = Type.Integer({
  minimum: 1_000,
  maximum: 86_400_000,
  description: "A run that cannot start within this is cancelled; an hour when absent.",
});

const Draft = {
  name: Name,
  actuator: SerialId,
  action: Action,
  ...Timing,
  missedRuns: Type.Optional(
    Body({
      policy: Type.Optional(Policy),
      missedWithinMs: Type.Optional(WithinMs),
      maxMissed: Type.Optional(MaxMissed),
    }),
  ),
  latestStartMs: Type.Optional(LatestStartMs),
};
const Change = {
  ...Draft,
  name: Type.Optional(Name),
  actuator: Type.Optional(SerialId),
  action: Type.Optional(Action),
  times: Type.Optional(Times),
};

export const ScheduleBody = Body({ ...Draft, key: Type.Optional(Slug) });

const Key = Type.String({ description: 'Its name for ever: "2026-10-25T02:30:00 Europe/Berlin #1".' });

const Schedule = Thing("Schedule", {
  id: SerialId,
  key: Slug,
  name: Name,
  actuator: SerialId,
  actuatorKey: Type.String(),
  device: Uid,
  action: Action,
  timeZone: TimeZone,
  isSiteTimeZone: Type.Boolean({ description: "It is that of the actuator's site, and follows it." }),
  times: Times,
  skippedTime: SkippedTime,
  repeatedTime: RepeatedTime,
  from: Nullable(Instant),
  until: Nullable(Instant),
  missedRuns: Type.Object({ policy: Policy, missedWithinMs: WithinMs, maxMissed: MaxMissed }),
  latestStartMs: LatestStartMs,
  paused: Nullable(
    Type.Object(
      { by: Type.String(), at: DateTime, until: Nullable(DateTime), reason: Nullable(Type.String()) },
      { description: "What comes meanwhile is skipped." },
    ),
  ),
  next: Nullable(
    Type.Object({ occurrence: Key, dueAt: DateTime }, { description: "Null when it has come to its end." }),
  ),
  problem: Nullable(Type.String({ description: "Why it cannot go on, such as a site without coordinates." })),
  createdAt: DateTime,
});

const Run = Thing("ScheduleRun", {
  occurrence: Key,
  dueAt: DateTime,
  state: Type.Enum(["opened", "missed", "skipped"]),
  reason: Type.Enum(["on-time", "late", "policy", "too-old", "limit", "superseded", "problem", "paused"]),
  execution: Nullable(Uuid),
  throughAt: Nullable(
    Type.Union([DateTime], { description: "Of many that passed at once: it stands for all up to here." }),
  ),
  recordedAt: DateTime,
});

const Upcoming = Thing("Occurrence", {
  timeZone: TimeZone,
  occurrences: Type.Array(
    Type.Object({
      occurrence: Key,
      local: Type.String({ description: "What the clock on the wall shows." }),
      utc: Nullable(DateTime),
      clockChange: Nullable(Type.Enum(["skipped", "shifted", "first-of-two", "second-of-two"])),
      note: Nullable(Type.String({ description: "What the change of the clock does to it." })),
    }),
  ),
});

const Params = Type.Object({ id: SerialId });
const DEFAULT_COUNT = 10;
const Count = {
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: DEFAULT_COUNT, description: "That happen." })),
};
const tags = ["automation"];

export interface ScheduleRoutesDependencies {
  readonly scheduling: Scheduling;
}

/** The second path is the aquaculture specification's name for the same. */
export function scheduleRoutes(api: Api, { scheduling }: ScheduleRoutesDependencies): void {
  for (const path of ["/api/v1/schedules", "/api/v1/automation/schedules"]) {
    readingRoutes(api, path, scheduling);
    changingRoutes(api, path, scheduling);
    pausingRoutes(api, path, scheduling);
  }
}

function readingRoutes(api: Api, path: string, scheduling: Scheduling): void {
  api.get(
    path,
    {
      config: { access: "automation:read" },
      schema: {
        tags,
        summary: "List schedules",
        querystring: Type.Object({
          ...PageQuery,
          actuator: Type.Optional(SerialId),
          device: Type.Optional(Uid),
          search: Type.Optional(Search),
        }),
        response: answers(200, Type.Array(Schedule)),
      },
    },
    async (request, reply) => {
      const schedules = await listSchedules(scheduling, organizationOf(request), {
        actuatorId: request.query.actuator,
        device: request.query.device,
        search: request.query.search,
        afterId: cursorNumber(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, schedules, ({ id }) => id);
    },
  );

  api.get(
    `${path}/:id`,
    {
      config: { access: "automation:read" },
      schema: { tags, summary: "One schedule", params: Params, response: taggedAnswers(Schedule) },
    },
    async (request, reply) => {
      const schedule = await requireSchedule(scheduling, organizationOf(request), request.params.id);
      return sendTagged(request, reply, schedule, editionOf(schedule));
    },
  );

  api.get(
    `${path}/:id/occurrences`,
    {
      config: { access: "automation:read" },
      schema: {
        tags,
        summary: "When a schedule happens next",
        description: "By the clock on the wall and in UTC; those that a change of the clock skips are listed between.",
        params: Params,
        querystring: Type.Object(Count),
        response: answers(200, Upcoming),
      },
    },
    (request) => {
      const { params, query } = request;
      return upcomingOf(scheduling, organizationOf(request), params.id, query.count ?? DEFAULT_COUNT);
    },
  );

  api.get(
    `${path}/:id/runs`,
    {
      config: { access: "automation:read" },
      schema: {
        tags,
        summary: "What became of each occurrence, newest first",
        params: Params,
        querystring: Type.Object({ ...PageQuery, state: Type.Optional(Run.properties.state) }),
        response: answers(200, Type.Array(Run)),
      },
    },
    async (request, reply) => {
      const runs = await listScheduleRuns(scheduling, organizationOf(request), request.params.id, {
        state: request.query.state,
        afterKey: cursorText(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, runs, ({ occurrence }) => occurrence);
    },
  );
}

function changingRoutes(api: Api, path: string, scheduling: Scheduling): void {
  api.post(
    path,
    {
      config: { access: "automation:write" },
      schema: {
        tags,
        summary: "Make a schedule",
        description: "Refused when it cannot be read, never comes, or asks of its actuator what that cannot do.",
        body: ScheduleBody,
        response: answers(201, Schedule),
      },
    },
    async (request, reply) => {
      const schedule = await createSchedule(scheduling, requesterFor(request), request.body);
      return reply.code(201).header("location", `${path}/${schedule.id}`).send(schedule);
    },
  );

  api.post(
    `${path}/preview`,
    {
      config: { access: "automation:read" },
      schema: {
        tags,
        summary: "When a schedule would happen that is not made yet",
        body: Body({ ...Timing, actuator: Type.Optional(SerialId), ...Count }),
        response: answers(200, Upcoming),
      },
    },
    (request) => {
      const { count = DEFAULT_COUNT, ...draft } = request.body;
      return previewSchedule(scheduling, organizationOf(request), draft, count);
    },
  );

  api.patch(
    `${path}/:id`,
    {
      config: { access: "automation:write" },
      schema: {
        tags,
        summary: "Change a schedule",
        description: "With other times it goes on with the first of them after now.",
        params: Params,
        headers: EditHeaders,
        body: Body(Change),
        response: answers(200, Schedule),
      },
    },
    async (request, reply) => {
      const editor = editorFor(request, editionOf);
      const schedule = await updateSchedule(scheduling, editor, request.params.id, request.body);
      return sendTagged(request, reply, schedule, editionOf(schedule));
    },
  );

  api.delete(
    `${path}/:id`,
    {
      config: { access: "automation:write" },
      schema: {
        tags,
        summary: "Delete a schedule",
        description: "Its executions stay.",
        params: Params,
        headers: EditHeaders,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deleteSchedule(scheduling, editorFor(request, editionOf), request.params.id);
      return reply.code(204).send();
    },
  );
}

function pausingRoutes(api: Api, path: string, scheduling: Scheduling): void {
  api.post(
    `${path}/:id/pause`,
    {
      config: { access: "automation:operate" },
      schema: {
        tags,
        summary: "Pause a schedule",
        description:
          "What comes meanwhile is skipped, and not made up for. It goes on by itself at `until`, if one is named.",
        params: Params,
        body: Body({
          until: Type.Optional(DateTime),
          reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
        }),
        response: answers(200, Schedule),
      },
      preValidation: allowAbsentBody,
    },
    (request) => pauseSchedule(scheduling, requesterFor(request), request.params.id, request.body),
  );

  api.post(
    `${path}/:id/resume`,
    {
      config: { access: "automation:operate" },
      schema: {
        tags,
        summary: "Let a paused schedule go on",
        params: Params,
        body: Body({}),
        response: answers(200, Schedule),
      },
      preValidation: allowAbsentBody,
    },
    (request) => resumeSchedule(scheduling, requesterFor(request), request.params.id),
  );
}

/** When it happens next, and whether it is paused, is not edited. */
function editionOf({ next: _next, paused: _paused, problem: _problem, ...schedule }: ScheduleView) {
  return schedule;
}
