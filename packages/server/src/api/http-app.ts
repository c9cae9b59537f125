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
import type { Metrics } from "../platform/metrics.ts";
import { RefusedTokens } from "../platform/refused-tokens.ts";
import type { TelemetryReader } from "../telemetry/index.ts";
import { guardRoutes } from "./access.ts";
import { serveAccountPage } from "./account-page.ts";
import { Admission, admitInTurn } from "./admission.ts";
import { answerClientError } from "./client-errors.ts";
import { allowOrigins } from "./cors.ts";
import { type ProblemAnswer, problemOf } from "./error-mapping.ts";
import type { GraphDependencies } from "./graphql/context.ts";
import { graphqlRoutes } from "./graphql/graphql-routes.ts";
import { measureChecks, measureRequests } from "./http-metrics.ts";
import { HTTP_SETTINGS, type HttpSettings } from "./http-settings.ts";
import { metricsRoute } from "./metrics-route.ts";
import { type OAuthDependencies, oauthRoutes } from "./oauth/index.ts";
import { describeRoutes } from "./openapi.ts";
import { limitRates } from "./rate-limits.ts";
import { serveReference } from "./reference-page.ts";
import { assertShallow, limitConnections, limitUrls } from "./request-limits.ts";
import { loggedRequest, logRequests, requestIdOf } from "./request-log.ts";
import { actuatorCommandRoutes } from "./rest/actuator-commands.ts";
import { actuatorRoutes } from "./rest/actuators.ts";
import { alertActionRoutes } from "./rest/alert-actions.ts";
import { alertRoutes } from "./rest/alerts.ts";
import { applicationRoutes } from "./rest/applications.ts";
import { assetEventRoutes } from "./rest/asset-events.ts";
import { assetRoutes } from "./rest/assets.ts";
import { auditRoutes } from "./rest/audit.ts";
import { authenticationRoutes } from "./rest/authentication.ts";
import { type AutomationRoutesDependencies, automationRoutes } from "./rest/automation.ts";
import { type BacktestRoutesDependencies, backtestRoutes } from "./rest/backtest.ts";
import { channelRoutes } from "./rest/channels.ts";
import { claimRoutes } from "./rest/claims.ts";
import { clientRoutes } from "./rest/clients.ts";
import { commandRoutes } from "./rest/commands.ts";
import { configurationRoutes } from "./rest/configuration.ts";
import { deliveryRoutes } from "./rest/deliveries.ts";
import { deviceBulkRoutes } from "./rest/device-bulk.ts";
import { deviceCredentialRoutes } from "./rest/device-credentials.ts";
import { deviceRoutes } from "./rest/devices.ts";
import { entityRoutes } from "./rest/entities.ts";
import { erasureRoutes } from "./rest/erasures.ts";
import { type ExecutionRoutesDependencies, executionRoutes } from "./rest/executions.ts";
import { externalDataRoutes } from "./rest/external-data.ts";
import { identityRoutes } from "./rest/identities.ts";
import { invitationRoutes } from "./rest/invitations.ts";
import { latestRoutes } from "./rest/latest.ts";
import { notificationRouteRoutes } from "./rest/notification-routes.ts";
import { organizationRoutes } from "./rest/organization.ts";
import { overviewRoutes } from "./rest/overview.ts";
import { ownOrganizationRoutes } from "./rest/own-organizations.ts";
import { ownProfileRoutes } from "./rest/profile.ts";
import { profileRoutes } from "./rest/profiles.ts";
import { readingRoutes } from "./rest/readings.ts";
import { registrationRoutes } from "./rest/registration.ts";
import { type RejectedMessageRoutesDependencies, rejectedMessageRoutes } from "./rest/rejected-messages.ts";
import { reportScheduleRoutes } from "./rest/report-schedules.ts";
import { type ReportRoutesDependencies, reportRoutes } from "./rest/reports.ts";
import { retentionRoutes } from "./rest/retention.ts";
import { type RuleRoutesDependencies, ruleRoutes } from "./rest/rules.ts";
import { type ScheduleRoutesDependencies, scheduleRoutes } from "./rest/schedules.ts";
import { sensorRoutes } from "./rest/sensors.ts";
import { sessionRoutes } from "./rest/sessions.ts";
import { siteRoutes } from "./rest/sites.ts";
import { type SolutionRoutesDependencies, solutionRoutes } from "./rest/solutions.ts";
import { type ReadStatus, statusRoutes } from "./rest/status.ts";
import { tariffRoutes } from "./rest/tariffs.ts";
import { telemetryRoutes } from "./rest/telemetry.ts";
import { telemetryExportRoutes } from "./rest/telemetry-export.ts";
import { tripRoutes } from "./rest/trips.ts";
import { userRoutes } from "./rest/users.ts";
import { type WhyNotRoutesDependencies, whyNotRoutes } from "./rest/why-not.ts";
import { zoneRoutes } from "./rest/zones.ts";
import { type Api, compileValidator } from "./schema-validation.ts";
import { keepOutOfCaches, securityHeaders } from "./security-headers.ts";
import { serveStatusPage } from "./status-page.ts";

export interface HttpAppDependencies
  extends AutomationRoutesDependencies,
    BacktestRoutesDependencies,
    ExecutionRoutesDependencies,
    OAuthDependencies,
    RejectedMessageRoutesDependencies,
    ReportRoutesDependencies,
    RuleRoutesDependencies,
    ScheduleRoutesDependencies,
    SolutionRoutesDependencies,
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
  readonly energy: GraphDependencies["energy"];
  readonly liveEvents: GraphDependencies["liveEvents"];
  readonly status: ReadStatus;
  /** Further routes, which authenticate their own callers: how readings come in. */
  readonly plugins: readonly FastifyPluginAsync[];
  readonly metrics: Metrics;
  readonly settings?: Partial<HttpSettings>;
}

/** Builds the HTTP server; `listen` and `close` are the caller's. */
export async function createHttpApp(dependencies: HttpAppDependencies): Promise<FastifyInstance> {
  const { accounts, clock, metrics } = dependencies;
  const settings: HttpSettings = { ...HTTP_SETTINGS, ...dependencies.settings };
  const app = createServer(dependencies.logger, settings);
  const admission = new Admission(clock, settings.admissionLimits);
  const onLimited = measureRequests(app, metrics, admission);
  logRequests(app, settings);
  answerWithProblems(app);
  await app.register(helmet, securityHeaders(settings));
  keepOutOfCaches(app);
  await allowOrigins(app, settings.corsOrigins);
  limitUrls(app, settings.requestLimits);
  const refused = new RefusedTokens({ clock, limit: settings.rateLimits.address });
  guardRoutes(app, accounts.authenticator, refused, measureChecks(metrics, clock));
  limitRates(app, { clock, limits: settings.rateLimits, onLimited });
  admitInTurn(app, admission);
  metricsRoute(app, { metrics, authenticator: accounts.authenticator, access: settings.metricsAccess });
  await describeRoutes(app);
  serveReference(app);
  serveStatusPage(app);
  serveAccountPage(app);
  await app.register(async (scope) => registerRest(scope, dependencies, settings));
  await app.register(async (scope) => graphqlRoutes(scope, dependencies, admission));
  await oauthRoutes(app, dependencies, (scope) => prepareApi(scope, settings));
  for (const plugin of dependencies.plugins) await app.register(async (scope) => registerOwn(scope, plugin));
  return app;
}

function createServer(logger: Logger, { requestLimits: limits, trustedProxies }: HttpSettings): FastifyInstance {
  const app: FastifyInstance = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    frameworkErrors: (error, _request, reply) => sendProblem(reply, problemOf(error)),
    clientErrorHandler: answerClientError,
    genReqId: requestIdOf,
    bodyLimit: limits.maxBodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    http: {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
    },
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    routerOptions: { maxParamLength: limits.maxParameterLength },
  });
  limitConnections(app.server, limits);
  return app;
}

function registerRest(scope: FastifyInstance, dependencies: HttpAppDependencies, settings: HttpSettings): void {
  const api = prepareApi(scope, settings);
  authenticationRoutes(api, dependencies);
  registrationRoutes(api, dependencies);
  ownProfileRoutes(api, dependencies);
  sessionRoutes(api, dependencies);
  identityRoutes(api, dependencies);
  ownOrganizationRoutes(api, dependencies);
  userRoutes(api, dependencies);
  invitationRoutes(api, dependencies);
  organizationRoutes(api, dependencies);
  siteRoutes(api, dependencies);
  assetRoutes(api, dependencies);
  assetEventRoutes(api, dependencies);
  tariffRoutes(api, dependencies);
  profileRoutes(api, dependencies);
  deviceRoutes(api, dependencies);
  deviceCredentialRoutes(api, dependencies);
  claimRoutes(api, dependencies);
  deviceBulkRoutes(api, dependencies);
  clientRoutes(api, dependencies);
  entityRoutes(api, dependencies);
  applicationRoutes(api, dependencies);
  externalDataRoutes(api, dependencies);
  configurationRoutes(api, dependencies);
  auditRoutes(api, dependencies);
  retentionRoutes(api, dependencies);
  erasureRoutes(api, dependencies);
  telemetryRoutes(api, dependencies);
  telemetryExportRoutes(api, dependencies);
  latestRoutes(api, dependencies);
  zoneRoutes(api, dependencies);
  sensorRoutes(api, dependencies);
  solutionRoutes(api, dependencies);
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
  reportRoutes(api, dependencies);
  reportScheduleRoutes(api, dependencies);
  statusRoutes(api, dependencies);
  overviewRoutes(api, dependencies);
}

/** What makes a scope one of the API: requests are checked by their schemas. */
function prepareApi(scope: FastifyInstance, settings: HttpSettings): Api {
  const api: Api = scope.withTypeProvider();
  api.setValidatorCompiler(compileValidator);
  // The schemas of answers describe them, and the tests hold every answer against them; checking each again would cost more
  // than writing it.
  api.setSerializerCompiler(() => (value) => JSON.stringify(value));
  readJsonBodies(scope, settings.requestLimits.maxJsonDepth);
  return api;
}

async function registerOwn(scope: FastifyInstance, plugin: FastifyPluginAsync): Promise<void> {
  scope.addHook("onRoute", (route) => {
    route.config = { access: "own", ...route.config };
  });
  await scope.register(plugin);
}

/** Many clients name JSON as the type of the body that they do not send. */
function readJsonBodies(scope: FastifyInstance, maxDepth: number): void {
  const parseJson = scope.getDefaultJsonParser("error", "error");
  scope.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") return done(null, undefined);
    try {
      assertShallow(body, maxDepth);
    } catch (error) {
      return done(error as Error);
    }
    parseJson(request, body, done);
  });
}

function answerWithProblems(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  app.setErrorHandler((error, request, reply) => {
    const answer = problemOf(error);
    if (answer.status >= 500) {
      request.log.error({ err: error, code: answer.body.code, ...loggedRequest(request) }, "request failed");
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
