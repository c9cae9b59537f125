import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createTestDatabase, type TestDatabase } from "@sluice/server/platform/testing/test-database.ts";
import { Rest } from "./rest.ts";
import { SluiceHome, type SluiceProcess } from "./run-sluice.ts";

export const SIGN_IN = { email: "admin@example.org", password: "a password of the test" };

/** `sluice serve` as a process of its own on a database of its own. */
export interface TestServer {
  readonly home: SluiceHome;
  readonly rest: Rest;
  readonly process: SluiceProcess;
  /** For commands that talk to it. */
  readonly endpoints: readonly string[];
  /** Kills it as a power cut would, and starts it again in the same place. */
  crashAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestServer(): Promise<TestServer> {
  const database = await createTestDatabase();
  const home = new SluiceHome({ ...(await serverEnvironment(database)) });
  let process = home.start(["serve"]);
  const { http, mqtt } = await whenReady(process);
  const rest = new Rest(http);
  await rest.signIn(SIGN_IN.email, SIGN_IN.password);
  return {
    home,
    rest,
    endpoints: ["--server", http, "--mqtt", mqtt],
    get process() {
      return process;
    },
    async crashAndRestart() {
      process.signal("SIGKILL");
      await process.ended;
      process = home.start(["serve"]);
      await whenReady(process);
    },
    async stop() {
      process.signal("SIGTERM");
      await process.ended;
      home.remove();
      await database.drop();
    },
  };
}

async function whenReady(process: SluiceProcess): Promise<{ http: string; mqtt: string }> {
  return JSON.parse((await process.printed(/^\{"event":"ready".*\}$/m))[0]) as { http: string; mqtt: string };
}

async function serverEnvironment(database: TestDatabase): Promise<Record<string, string>> {
  return {
    SLUICE_DATABASE_URL: database.url,
    SLUICE_HOST: "127.0.0.1",
    SLUICE_HTTP_PORT: String(await freePort()),
    SLUICE_MQTT_PORT: String(await freePort()),
    SLUICE_LOG_LEVEL: "warn",
    SLUICE_ADMIN_EMAIL: SIGN_IN.email,
    SLUICE_ADMIN_PASSWORD: SIGN_IN.password,
  };
}

/** A port that the system chose, free again: a restart needs the same one twice. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
