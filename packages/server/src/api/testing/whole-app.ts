import { composeLiveStream } from "../../compose-http.ts";
import { composeIngest } from "../../compose-ingest.ts";
import { createLogger } from "../../platform/logger.ts";
import { createTelemetryReader } from "../../telemetry/index.ts";
import { createTestApp, type TestApp, type TestAppOptions } from "./test-app.ts";

const logger = createLogger("silent");

/** The test application with every route that the server has: how readings come in, and the live stream. */
export function createWholeApp(options: TestAppOptions = {}): Promise<TestApp> {
  return createTestApp((parts) => {
    const { accounts, database, directory, pipeline, clock } = parts;
    const { pool } = database;
    const latestValues = () => pipeline.latestValues();
    const telemetry = createTelemetryReader({ pool, partition: 0, latestValues });
    const live = composeLiveStream({ pool, accounts, directory, telemetry, latestValues, clock, logger });
    const ingest = composeIngest({ ...parts, pool, logger, gateway: () => undefined });
    return [ingest.httpRoutes, live.routes];
  }, options);
}
