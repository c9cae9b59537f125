import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { createYoga } from "graphql-yoga";
import { abortedWith } from "../aborted-with.ts";
import { bearerToken, principalOf, requesterFor } from "../access.ts";
import { type Admission, callerOf } from "../admission.ts";
import { assertShallow } from "../request-limits.ts";
import { Budget } from "./budget.ts";
import type { GraphContext, GraphDependencies } from "./context.ts";
import { tellError } from "./errors.ts";
import { QUERY_LIMITS, type QueryLimits } from "./limits.ts";
import { createLoaders } from "./loaders.ts";
import { limitQueries } from "./query-limits-plugin.ts";
import { schema } from "./schema.ts";
import { isStopOperation } from "./stop-operation.ts";
import { type Subscription, Subscriptions } from "./subscriptions.ts";

export const GRAPHQL_PATH = "/graphql";
/** Arrays and objects within one another in a request's variables. */
const MAX_JSON_DEPTH = 32;

/**
 * `/graphql`, by the GraphQL-over-HTTP specification: queries by GET or POST, mutations by POST alone, subscriptions as
 * server-sent events to whoever accepts `text/event-stream`. Bodies are JSON: what a form of another page can send is refused.
 */
export function graphqlRoutes(
  scope: FastifyInstance,
  deps: GraphDependencies,
  admission: Admission,
  limits: QueryLimits = QUERY_LIMITS,
): void {
  const yoga = createYoga<GraphContext>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    plugins: [limitQueries(limits, deps.clock)],
    maskedErrors: { maskError: (error) => tellError(error, deps.logger) },
    // Documents of strangers would be kept by the thousand.
    parserAndValidationCache: false,
    batching: false,
    multipart: false,
    graphiql: false,
    landingPage: false,
    cors: false,
    logging: false,
    maxRequestBodySize: limits.maxBodyBytes,
    // Those of Node itself, whose streams end when their reader goes away.
    fetchAPI: { Request, Response, Headers, ReadableStream, TextEncoder, URL, URLSearchParams },
  });
  const subscriptions = new Subscriptions();
  scope.addHook("preClose", async () => subscriptions.stop());
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<string>(
    ["application/json", "application/graphql-response+json"],
    { parseAs: "string", bodyLimit: limits.maxBodyBytes },
    (_request, body, done) => {
      try {
        assertShallow(body, MAX_JSON_DEPTH);
        done(null, body);
      } catch (error) {
        done(error as Error);
      }
    },
  );
  scope.route<{ Body: string | undefined }>({
    method: ["GET", "POST"],
    url: GRAPHQL_PATH,
    exposeHeadRoute: false,
    config: { access: "signed-in", cost: 2, isStop: isStopOperation },
    handler: async (request, reply) => {
      let subscription: Subscription | undefined;
      const begin = (): Subscription => {
        subscription = subscriptions.begin(principalOf(request).organizationId);
        return subscription;
      };
      const answer = await yoga.fetch(
        `http://localhost${request.url}`,
        {
          method: request.method,
          headers: headersOf(request),
          ...(request.method === "POST" ? { body: request.body ?? "" } : {}),
        },
        contextOf(request, abortedWith(reply), deps, admission, begin),
      );
      reply.code(answer.status);
      answer.headers.forEach((value, name) => {
        if (!OF_CONNECTION.has(name)) reply.header(name, value);
      });
      if (answer.headers.get("content-type")?.startsWith("text/event-stream")) {
        return sendEvents(reply, answer.body as unknown as NodeReadableStream<Uint8Array>, subscription);
      }
      // Begun for somebody who does not accept events.
      subscription?.stop();
      return reply.send(await answer.text());
    },
  });
}

/** What the server itself says of the connection. */
const OF_CONNECTION: ReadonlySet<string> = new Set(["connection", "content-encoding", "content-length"]);

/** Nothing else of a request concerns the query. */
function headersOf({ headers }: FastifyRequest): Record<string, string> {
  const { accept, "content-type": contentType } = headers;
  return {
    ...(accept === undefined ? {} : { accept }),
    ...(contentType === undefined ? {} : { "content-type": contentType }),
  };
}

function contextOf(
  request: FastifyRequest,
  signal: AbortSignal,
  deps: GraphDependencies,
  admission: Admission,
  beginSubscription: () => Subscription,
): GraphContext {
  const principal = principalOf(request);
  const { organizationId } = principal;
  const token = bearerToken(request);
  const caller = callerOf(request);
  return {
    deps,
    principal,
    by: requesterFor(request),
    organizationId,
    loaders: createLoaders(deps, organizationId),
    signal,
    // Each execution is given its own.
    budget: new Budget(0),
    inTurn: async (work) => {
      await admission.enter(caller);
      const release = admission.hold(caller);
      try {
        return await work();
      } finally {
        release();
      }
    },
    beginSubscription,
    authenticateAgain: () => deps.accounts.authenticator.authenticate(token),
  };
}

function sendEvents(
  reply: FastifyReply,
  body: NodeReadableStream<Uint8Array>,
  subscription: Subscription | undefined,
): FastifyReply {
  const stream = Readable.fromWeb(body);
  stream.once("close", () => subscription?.end());
  subscription?.onStop(() => stream.destroy());
  // Whoever has gone away meanwhile reads nothing, and nobody would notice that.
  if (reply.raw.destroyed) stream.destroy();
  return reply.send(stream);
}
