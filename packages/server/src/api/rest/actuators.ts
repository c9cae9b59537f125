import type { Pool } from "pg";
import { Type } from "typebox";
import {
  type Actuation,
  type ActuatorView,
  changeActuator,
  findActuators,
  listActuators,
  viewActuator,
} from "../../actuation/index.ts";
import { type Accounts, nameOfPerson } from "../../auth/index.ts";
import { assertCallerMay, callerMay, organizationOf, principalOf } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import { MAX_STOPPING_BODY_BYTES } from "../rate-limits.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Nullable, SerialId, Thing, Uid, Uuid } from "../schemas.ts";
import { DeviceParams } from "./devices.ts";
import { Envelope, EnvelopeChange } from "./envelope-schema.ts";

const Mode = Type.Enum(["auto", "manual", "locked-out"], {
  description: "auto: rules and people start it. manual: people alone. locked-out: nobody; somebody works on it.",
});

export const SiteStop = Thing("SiteStop", {
  id: Uuid,
  by: Type.String(),
  at: DateTime,
  reason: Nullable(Type.String()),
});

const Hold = Type.Object(
  {
    by: Type.String(),
    reason: Nullable(Type.String()),
    since: DateTime,
    origins: Type.Array(Type.Enum(["person", "site", "trip"]), {
      description: "What ends it: a release, the end of the stop of its site, the reset of a trip.",
    }),
  },
  { additionalProperties: true },
);

const OpenTrip = Thing("OpenTrip", {
  id: Uuid,
  cause: Type.String({ description: "First-out: what tripped it first." }),
  message: Nullable(Type.String()),
  by: Type.String(),
  at: DateTime,
  causes: Type.Integer({ description: "How often it was tripped, the first time included." }),
  lastCause: Type.String(),
  lastAt: DateTime,
});

const Budget = Type.Object({
  startsToday: Type.Integer(),
  runMsToday: Type.Integer(),
  startsLeft: Nullable(Type.Integer()),
  runMsLeft: Nullable(Type.Integer()),
  dayEndsAt: DateTime,
});

export const Actuator = Type.Object(
  {
    id: SerialId,
    key: Type.String(),
    kind: Type.String(),
    device: Uid,
    site: Type.String({ description: "Its slug." }),
    status: Type.Enum(["IDLE", "RUNNING", "COOLDOWN", "ERROR", "UNKNOWN", "HELD"]),
    mode: Mode,
    lockedBy: Nullable(Type.String()),
    hold: Nullable(Hold),
    trip: Nullable(OpenTrip),
    siteStop: Nullable(SiteStop),
    lastActivationAt: Nullable(DateTime),
    totalActivations: Type.Integer(),
    cooldownUntil: Nullable(DateTime),
    envelope: Envelope,
    interlockGroup: Nullable(Type.String()),
    unfenced: Type.Boolean({ description: "It may be commanded although its device checks no fence." }),
    unfencedAllowedBy: Nullable(Type.String()),
    setPoint: Nullable(Type.Object({ value: Type.Number(), unit: Nullable(Type.String()) })),
    budget: Nullable(Budget),
    live: Nullable(Type.Object({ command: Uuid, state: Type.String(), endsAtLatest: DateTime })),
    waiting: Nullable(
      Type.Object({
        execution: Uuid,
        reason: Nullable(Type.String()),
        message: Nullable(Type.String()),
        until: Nullable(DateTime),
      }),
    ),
    observed: Nullable(Type.Object({ state: Type.Enum(["on", "off"]), at: DateTime })),
    fault: Nullable(Type.String()),
    connected: Type.Boolean(),
  },
  { title: "Actuator", additionalProperties: true },
);

export const ActuatorParams = Type.Object({ id: SerialId });

export interface ActuatorRoutesDependencies {
  readonly actuation: Actuation;
  readonly pool: Pool;
  readonly accounts: Accounts;
}

export function actuatorRoutes(api: Api, dependencies: ActuatorRoutesDependencies): void {
  const { actuation, pool, accounts } = dependencies;

  api.get(
    "/api/v1/devices/:uid/actuators",
    {
      config: { access: "actuation:read" },
      schema: {
        tags: ["actuators"],
        summary: "A device's actuators: what they do, and what they may do",
        params: DeviceParams,
        response: answers(200, Type.Array(Actuator)),
      },
    },
    (request) => listActuators(pool, organizationOf(request), request.params.uid),
  );

  api.get(
    "/api/v1/actuators",
    {
      config: { access: "actuation:read" },
      schema: {
        tags: ["actuators"],
        summary: "List actuators",
        querystring: Type.Object({
          ...PageQuery,
          device: Type.Optional(Uid),
          site: Type.Optional(Type.String({ maxLength: 63, description: "A site's slug." })),
        }),
        response: answers(200, Type.Array(Actuator)),
      },
    },
    async (request, reply) => {
      const { device, site } = request.query;
      const page = { afterId: cursorNumber(request.query), limit: fetchLimit(request.query) };
      const actuators = await findActuators(pool, organizationOf(request), { device, site, ...page });
      return sendPage(request, reply, actuators, ({ id }) => id);
    },
  );

  api.get(
    "/api/v1/actuators/:id",
    {
      config: { access: "actuation:read" },
      schema: {
        tags: ["actuators"],
        summary: "One actuator",
        params: ActuatorParams,
        response: taggedAnswers(Actuator),
      },
    },
    async (request, reply) => {
      const actuator = await viewActuator(pool, organizationOf(request), request.params.id);
      return sendTagged(request, reply, actuator, editionOf(actuator));
    },
  );

  api.patch(
    "/api/v1/actuators/:id",
    {
      config: { access: "commands:send", isStop: isLockOut },
      bodyLimit: MAX_STOPPING_BODY_BYTES,
      schema: {
        tags: ["actuators"],
        summary: "Change an actuator's mode or limits",
        description:
          "All of it, or nothing. Operators change the mode; a lock-out ends by who made it or by an administrator, and releases nothing. Limits, and `unfenced`, are an administrator's: what is absent stays, `null` takes a limit away. They hold from the next decision on, and the device is told.",
        params: ActuatorParams,
        headers: EditHeaders,
        body: Body({
          mode: Type.Optional(Mode),
          envelope: Type.Optional(EnvelopeChange),
          unfenced: Type.Optional(
            Type.Boolean({
              description: "Lets it be commanded although its device says no hello and checks no fence.",
            }),
          ),
        }),
        response: answers(200, Actuator),
      },
    },
    async (request, reply) => {
      const by = editorFor(request, editionOf);
      const { id: actuatorId } = request.params;
      const { mode, envelope, unfenced } = request.body;
      if (envelope !== undefined || unfenced !== undefined) assertCallerMay(request, "actuation:configure");
      await changeActuator(actuation, by, actuatorId, {
        envelope,
        unfenced,
        mode: mode && {
          mode,
          person: await nameOfPerson(accounts, principalOf(request)),
          isAdministrator: callerMay(request, "actuation:configure"),
        },
      });
      const actuator = await viewActuator(pool, by.organizationId, actuatorId);
      return sendTagged(request, reply, actuator, editionOf(actuator));
    },
  );
}

/** It stops first. */
function isLockOut(body: unknown): boolean {
  return typeof body === "object" && body !== null && "mode" in body && body.mode === "locked-out";
}

/** Its settings: what it does and did is not edited. */
function editionOf({ id, mode, lockedBy, envelope, interlockGroup, unfenced }: ActuatorView) {
  return { id, mode, lockedBy, envelope, interlockGroup, unfenced };
}
