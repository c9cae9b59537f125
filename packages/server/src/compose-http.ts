import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createHttpApp, createLiveReaders, LiveStream } from "./api/index.ts";
import type { Accounts } from "./auth/index.ts";
import { type Backtester, findExecution, listExecutions, listRules, readNeed } from "./automation/index.ts";
import type { OnStop } from "./compose-database.ts";
import { composeSingleSignOn } from "./compose-sign-on.ts";
import type { Workers } from "./compose-workers.ts";
import type { Config } from "./config.ts";
import type { Ingest } from "./ingest/index.ts";
import { listRejected } from "./pipeline/index.ts";

export type LiveStreamParts = Pick<
  ConstructorParameters<typeof LiveStream>[0],
  "pool" | "directory" | "telemetry" | "latestValues" | "clock" | "logger"
> & { readonly accounts: Accounts };

export function composeLiveStream({ accounts, ...parts }: LiveStreamParts): LiveStream {
  const { pool } = parts;
  return new LiveStream({
    ...parts,
    readers: createLiveReaders({ pool, listExecutions: (id, filter) => listExecutions(pool, id, filter) }),
    authenticate: (token) => accounts.authenticator.authenticate(token),
    streamId: randomUUID(),
  });
}

type AppOptions = Parameters<typeof createHttpApp>[0];

/** What is made here of what `HttpParts` brings. */
type Made =
  | "listExecutions"
  | "findExecution"
  | "workers"
  | "readNeed"
  | "listRules"
  | "runBacktest"
  | "listRejectedMessages"
  | "liveEvents"
  | "settings"
  | "singleSignOn"
  | "plugins";

export interface HttpParts extends Omit<AppOptions, Made> {
  readonly automation: Parameters<typeof readNeed>[0];
  readonly backtester: Backtester;
  readonly live: LiveStream;
  /** Undefined in a process that takes no readings. */
  readonly ingest: Ingest | undefined;
  readonly workers: Workers | undefined;
}

/** Answers the address. */
export async function startHttp(parts: HttpParts, config: Config, onStop: OnStop): Promise<string> {
  const { host, httpPort, http, publicUrl } = config;
  const { pool, automation, backtester, live, ingest, workers } = parts;
  const app = await createHttpApp({
    ...parts,
    publicUrl,
    singleSignOn: await composeSingleSignOn(pool, parts.clock, config),
    settings: { ...http, isHttps: publicUrl?.startsWith("https:") ?? false },
    listExecutions: (organizationId, filter) => listExecutions(pool, organizationId, filter),
    findExecution: (organizationId, id) => findExecution(pool, organizationId, id),
    workers: () => Object.values(workers ?? {}).map((worker) => worker.health()),
    readNeed: (execution) => readNeed(automation, execution),
    listRules: (organizationId, filter) => listRules(pool, organizationId, filter),
    runBacktest: (job, signal) => backtester.run(job, signal),
    liveEvents: live.events,
    listRejectedMessages: (organizationId, page) => listRejected(pool, organizationId, page),
    plugins: [live.routes, ...(ingest === undefined ? [] : [ingest.httpRoutes])],
  });
  await app.listen({ host, port: httpPort });
  onStop(() => app.close());
  return urlOf("http", host, (app.server.address() as AddressInfo).port);
}

export function urlOf(scheme: string, host: string, port: number): string {
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `${scheme}://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}
