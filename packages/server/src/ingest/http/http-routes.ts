import type { FastifyPluginAsync } from "fastify";
import { readRawBodies } from "./http-ingest.ts";
import { influxPings, influxRoutes } from "./influx-routes.ts";
import { type JsonRoutesDeps, jsonRoutes } from "./json-routes.ts";

/** All HTTP endpoints that take readings. Errors of the JSON routes are left to the application's error handler. */
export function httpRoutes(deps: JsonRoutesDeps): FastifyPluginAsync {
  return async (app) => {
    readRawBodies(app, deps.bodies);
    await app.register(async (scope) => influxPings(scope));
    await app.register(async (scope) => influxRoutes(scope, deps));
    await app.register(async (scope) => jsonRoutes(scope, deps));
  };
}
