import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

const MAIN = path.resolve(import.meta.dirname, "../../../packages/cli/src/main.ts");
const ADMINISTRATOR = { email: "admin@example.com", password: "correct horse battery staple" };

export interface ServerSettings {
  readonly databaseUrl: string;
  /** Such as "worker,api"; all when absent. */
  readonly roles?: string;
}

export interface RequestParts {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * `sluice serve` on a database of the test's, in a process group of its own. Its ports stay the same from start to start, so
 * that whoever knew it finds it again; one that stands by has its API, and no broker yet.
 */
export class ServerChild {
  readonly httpUrl: string;
  readonly mqttPort: number;
  private readonly settings: ServerSettings;
  private readonly httpPort: number;
  private readonly home = mkdtempSync(path.join(tmpdir(), "sluice-real-"));
  private child: ChildProcess | undefined;
  private readonly ended: Promise<unknown>[] = [];
  private accessToken: string | undefined;

  private constructor(settings: ServerSettings, httpPort: number, mqttPort: number) {
    this.settings = settings;
    this.httpPort = httpPort;
    this.httpUrl = `http://127.0.0.1:${httpPort}`;
    this.mqttPort = mqttPort;
  }

  static async prepare(settings: ServerSettings): Promise<ServerChild> {
    return new ServerChild(settings, await freePort(), await freePort());
  }

  /** Resolves when it says that it is ready, which one that stands by does when it has become the owner. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN, "serve"], {
      env: this.environment(),
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
      cwd: this.home,
    });
    this.child = child;
    this.ended.push(once(child, "exit"));
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.includes('"event":"ready"')) continue;
      child.stdout.resume();
      return;
    }
    throw new Error("the server ended before it was ready");
  }

  /** SIGKILL to the whole group; returns at once, and the process does nothing more. */
  kill(): void {
    this.signal("SIGKILL");
    this.child = undefined;
  }

  pause(): void {
    this.signal("SIGSTOP");
  }

  resume(): void {
    this.signal("SIGCONT");
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Kills it if it still runs, and removes what it left on disk. */
  async remove(): Promise<void> {
    this.kill();
    await Promise.all(this.ended);
    rmSync(this.home, { recursive: true, force: true });
  }

  /** One request as the administrator. Rejects when nobody answers. */
  async request(method: string, route: string, { body, headers, signal }: RequestParts = {}): Promise<Response> {
    this.accessToken ??= await this.signIn();
    return fetch(this.httpUrl + route, {
      method,
      headers: { authorization: `Bearer ${this.accessToken}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Takes the session of another server of the same database, whose tokens are good here too. */
  signInAs(other: ServerChild): void {
    this.accessToken = other.accessToken;
  }

  private async signIn(): Promise<string> {
    const { email: username, password } = ADMINISTRATOR;
    const response = await fetch(`${this.httpUrl}/api/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username, password }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  }

  private signal(name: NodeJS.Signals): void {
    if (this.isRunning) process.kill(-this.child!.pid!, name);
  }

  private environment(): NodeJS.ProcessEnv {
    const { databaseUrl, roles } = this.settings;
    return {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      SLUICE_HOME: this.home,
      SLUICE_DATABASE_URL: databaseUrl,
      SLUICE_SECRET: "one secret of all servers of this database",
      SLUICE_HOST: "127.0.0.1",
      SLUICE_HTTP_PORT: String(this.httpPort),
      SLUICE_MQTT_PORT: String(this.mqttPort),
      SLUICE_ADMIN_EMAIL: ADMINISTRATOR.email,
      SLUICE_ADMIN_PASSWORD: ADMINISTRATOR.password,
      SLUICE_LOG_LEVEL: process.env.SLUICE_TEST_LOG_LEVEL ?? "fatal",
      ...(roles === undefined ? {} : { SLUICE_ROLES: roles }),
    };
  }
}

/** Below the ports that systems give to outgoing connections, so that none of those takes one while its server is away. */
const FIRST_PORT = 15_000;
const LAST_PORT = 32_000;
const taken = new Set<number>();

async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (taken.has(port) || !(await isFree(port))) continue;
    taken.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
