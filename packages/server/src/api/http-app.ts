import { randomUUID } from "node:crypto";
import helmet from "@fastify/helmet";
import { SluiceError } from "@sluice/core/errors.ts";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
  LogController,
} from "fastify";
import type { Pool } from "pg";
import type { Actuation } from "../actuation/index.ts";
import type { Alerts } from "../alerts/index.ts";
import type { Accounts } from "../auth/index.ts";
import type { DeviceDirectory, Registry } from "../devices/index.ts";
import type { Notifications } from "../notifications/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { TelemetryReader } from "../telemetry/index.ts";
import { guardRoutes } from "./access.ts";
import { type ProblemAnswer, problemOf } from "./error-mapping.ts";
import { describeRoutes } from "./openapi.ts";
import { serveReference } from "./reference-page.ts";
import { actuatorCommandRoutes } from "./rest/actuator-commands.ts";
import { actuatorRoutes } from "./rest/actuators.ts";
import { alertActionRoutes } from "./rest/alert-actions.ts";
import { alertRoutes } from "./rest/alerts.ts";
import { assetRoutes } from "./rest/assets.ts";
import { authenticationRoutes } from "./rest/authentication.ts";
import { type AutomationRoutesDependencies, automationRoutes } from "./rest/automation.ts";
import { type BacktestRoutesDependencies, backtestRoutes } from "./rest/backtest.ts";
import { channelRoutes } from "./rest/channels.ts";
import { clientRoutes } from "./rest/clients.ts";
import { commandRoutes } from "./rest/commands.ts";
import { deliveryRoutes } from "./rest/deliveries.ts";
import { deviceRoutes } from "./rest/devices.ts";
import { type ExecutionRoutesDependencies, executionRoutes } from "./rest/executions.ts";
import { notificationRouteRoutes } from "./rest/notification-routes.ts";
import { organizationRoutes } from "./rest/organization.ts";
import { overviewRoutes } from "./rest/overview.ts";
import { profileRoutes } from "./rest/profiles.ts";
import { readingRoutes } from "./rest/readings.ts";
import { type RejectedMessageRoutesDependencies, rejectedMessageRoutes } from "./rest/rejected-messages.ts";
import { type RuleRoutesDependencies, ruleRoutes } from "./rest/rules.ts";
import { type ScheduleRoutesDependencies, scheduleRoutes } from "./rest/schedules.ts";
import { sensorRoutes } from "./rest/sensors.ts";
import { siteRoutes } from "./rest/sites.ts";
import { type ReadStatus, statusRoutes } from "./rest/status.ts";
import { telemetryRoutes } from "./rest/telemetry.ts";
import { tripRoutes } from "./rest/trips.ts";
import { type WhyNotRoutesDependencies, whyNotRoutes } from "./rest/why-not.ts";
import { type Api, compileValidator } from "./schema-validation.ts";
import { securityHeaders } from "./security-headers.ts";
import { serveStatusPage } from "./status-page.ts";

/** Of a request to the registry; what takes readings in has limits of its own. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** A request that has not arrived whole by then never will. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Longest uid or metric key in a path, each byte of it escaped. */
const MAX_PARAMETER_LENGTH = 1024;

export interface HttpAppDependencies
  extends AutomationRoutesDependencies,
    BacktestRoutesDependencies,
    ExecutionRoutesDependencies,
    RejectedMessageRoutesDependencies,
    RuleRoutesDependencies,
    ScheduleRoutesDependencies,
    WhyNotRoutesDependencies {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly accounts: Accounts;
  readonly registry: Registry;
  readonly actuation: Actuation;
  readonly alerts: Alerts;
  readonly notifications: Notifications;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
  readonly status: ReadStatus;
  /** Further routes, which authenticate their own callers: how readings come in. */
  readonly plugins: readonly FastifyPluginAsync[];
  /** True behind a proxy that sets `X-Forwarded-For`. */
  readonly trustProxy?: boolean;
}

/** Builds the HTTP server; `listen` and `close` are the caller's. */
export async function createHttpApp(dependencies: HttpAppDependencies): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    loggerInstance: dependencies.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    frameworkErrors: (error, _request, reply) => sendProblem(reply, problemOf(error)),
    genReqId: () => randomUUID(),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: dependencies.trustProxy ?? false,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
  });
  answerWithProblems(app);
  await app.register(helmet, securityHeaders);
  guardRoutes(app, dependencies.accounts.authenticator);
  await describeRoutes(app);
  serveReference(app);
  serveStatusPage(app);
  await app.register(async (scope) => registerRest(scope, dependencies));
  for (const plugin of dependencies.plugins) await app.register(async (scope) => registerOwn(scope, plugin));
  return app;
}

function registerRest(scope: FastifyInstance, dependencies: HttpAppDependencies): void {
  const api: Api = scope.withTypeProvider();
  api.setValidatorCompiler(compileValidator);
  // The schemas of answers describe them, and the tests hold every answer against them; checking each again would cost more
  // than writing it.
  api.setSerializerCompiler(() => (value) => JSON.stringify(value));
  acceptEmptyBodies(scope);
  authenticationRoutes(api, dependencies);
  organizationRoutes(api, dependencies);
  siteRoutes(api, dependencies);
  assetRoutes(api, dependencies);
  profileRoutes(api, dependencies);
  deviceRoutes(api, dependencies);
  clientRoutes(api, dependencies);
  telemetryRoutes(api, dependencies);
  sensorRoutes(api, dependencies);
  readingRoutes(api, dependencies);
  rejectedMessageRoutes(api, dependencies);
  actuatorRoutes(api, dependencies);
  actuatorCommandRoutes(api, dependencies);
  tripRoutes(api, dependencies);
  whyNotRoutes(api, dependencies);
  commandRoutes(api, dependencies);
  executionRoutes(api, dependencies);
  automationRoutes(api, dependencies);
  ruleRoutes(api, dependencies);
  backtestRoutes(api, dependencies);
  scheduleRoutes(api, dependencies);
  alertRoutes(api, dependencies);
  alertActionRoutes(api, dependencies);
  channelRoutes(api, dependencies);
  notificationRouteRoutes(api, dependencies);
  deliveryRoutes(api, dependencies);
  statusRoutes(api, dependencies);
  overviewRoutes(api, dependencies);
}

async function registerOwn(scope: FastifyInstance, plugin: FastifyPluginAsync): Promise<void> {
  scope.addHook("onRoute", (route) => {
    route.config = { access: "own", ...route.config };
  });
  await scope.register(plugin);
}

/** Many clients name JSON as the type of the body that they do not send. */
function acceptEmptyBodies(scope: FastifyInstance): void {
  const parseJson = scope.getDefaultJsonParser("error", "error");
  scope.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else parseJson(request, body as string, done);
  });
}

function answerWithProblems(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  app.setErrorHandler((error, request, reply) => {
    const answer = problemOf(error);
    if (answer.status >= 500) {
      request.log.error({ err: error, code: answer.body.code, url: request.url }, "request failed");
    }
    return sendProblem(reply, answer);
  });
  app.setNotFoundHandler((request) => {
    throw new SluiceError(
      "not-found",
      "route.unknown",
      `There is nothing at ${request.method} ${request.url.split("?")[0]}.`,
    );
  });
}

function sendProblem(reply: FastifyReply, { status, headers, body }: ProblemAnswer): FastifyReply {
  return reply.code(status).headers(headers).type("application/problem+json").serializer(JSON.stringify).send(body);
}
