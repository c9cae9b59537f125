import type { FastifyInstance } from "fastify";
import { createIngest } from "../../ingest/index.ts";
import { createLogger } from "../../platform/logger.ts";
import { createHttpApp, LiveStream } from "../index.ts";

type Parts = Parameters<typeof createHttpApp>[0];

/** Whatever is asked of it is itself; it has no rows and no connection. */
const nothing: unknown = new Proxy(() => {}, {
  get: (_target, key) => (key === Symbol.toPrimitive ? () => 0 : key === "then" ? undefined : nothing),
  apply: () => nothing,
});

/** Told one by one, because it is copied by its keys. */
const INGEST = Object.fromEntries(
  ["directory", "log", "sessions", "clock", "logger", "authenticate", "recordRejected", "recordAttributes"].map(
    (name) => [name, nothing],
  ),
) as unknown as Parameters<typeof createIngest>[0];

/** All routes of the application with nothing behind them but `made`: it can say what it is, and answer nothing. */
export async function createDescribedApp(made: Partial<Parts> = {}): Promise<FastifyInstance> {
  const app = await createHttpApp(
    stub<Parts>({
      logger: createLogger("silent"),
      plugins: [createIngest(INGEST).httpRoutes, new LiveStream(stub({})).routes],
      ...made,
    }),
  );
  await app.ready();
  return app;
}

function stub<T extends object>(made: Partial<T>): T {
  return new Proxy(made as T, { get: (target, key) => (key in target ? Reflect.get(target, key) : nothing) });
}
