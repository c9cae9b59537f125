import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createUser, login } from "../auth/index.ts";
import { addOrganization } from "../devices/testing/test-registry.ts";
import { createLogger } from "../platform/logger.ts";
import { type Operation, operationsOf } from "./testing/described-answers.ts";
import { bodyOf } from "./testing/sample.ts";
import type { TestApp } from "./testing/test-app.ts";
import { MARK, makeThings, pathTo, type Things } from "./testing/things.ts";
import { createWholeApp } from "./testing/whole-app.ts";

const PASSWORD = "correct horse battery";

let sluice: TestApp;
let operations: Operation[];
let things: Things;
let stranger: { readonly authorization: string };
const logged: string[] = [];

beforeAll(async () => {
  const logger = createLogger("trace", { write: (line) => void logged.push(line) });
  sluice = await createWholeApp({ logger, settings: { logsAccess: true } });
  operations = operationsOf(sluice.app);
  things = await makeThings(sluice);
  const { organizationId } = await addOrganization(sluice.database.pool, "other");
  const by = { organizationId, actor: "system" };
  const username = "stranger@example.org";
  await createUser(sluice.accounts, by, { email: username, password: PASSWORD, roles: ["admin"] });
  const { access_token } = await login(sluice.accounts, { username, password: PASSWORD, address: "10.0.0.1" });
  stranger = { authorization: `Bearer ${access_token}` };
});
afterAll(() => sluice.close());

const count = async (table: string) =>
  Number((await sluice.database.pool.query(`select count(*) as n from ${table}`)).rows[0].n);
const register = (uid: string, more: object = {}) =>
  sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid, profile: "generic", ...more } });
const named = ({ method, path }: Operation) => `${method} ${path}`;

describe("a foreigner who names our things in a body", () => {
  const thing = (key: string) => things.get(key)!;
  const ATTEMPTS: readonly (readonly [url: string, payload: () => object])[] = [
    ["/api/v1/assets", () => ({ kind: "zone", name: "Theirs", site: MARK })],
    ["/api/v1/assets", () => ({ kind: "zone", name: "Theirs", parent: Number(thing("assets/{asset}")) })],
    ["/api/v1/devices", () => ({ uid: "theirs", profile: MARK })],
    ["/api/v1/devices", () => ({ uid: "theirs", profile: "generic", site: MARK })],
    ["/api/v1/devices", () => ({ uid: "theirs", profile: "generic", asset: Number(thing("assets/{asset}")) })],
    ["/api/v1/rules", () => ({ ...example("createRule"), device: MARK })],
    ["/api/v1/schedules", () => ({ ...example("createSchedule"), actuator: Number(thing("actuators/{id}")) })],
    [
      "/api/v1/schedules/preview",
      () => ({ ...example("previewSchedules"), actuator: Number(thing("actuators/{id}")) }),
    ],
    ["/api/v1/notification-routes", () => ({ name: "Theirs", channels: [Number(thing("channels/{channel}"))] })],
    ["/api/v1/alerts/acknowledge", () => ({ ids: [thing("alerts/{id}")] })],
    [
      "/api/v1/automation/execute",
      () => ({ action: "RUN", actuator: Number(thing("actuators/{id}")), durationMs: 1000 }),
    ],
    ["/api/v1/rules/backtest", () => ({ ...example("backtestRules"), devices: [MARK] })],
  ];
  const example = (operationId: string) =>
    bodyOf(operations.find((each) => each.operationId === operationId)!) as object;

  test.each(ATTEMPTS)("meets nothing at %s", async (url, payload) => {
    const answer = await sluice.app.inject({ method: "POST", url, headers: stranger, payload: payload() });
    expect(answer.body).not.toContain("Name only-ours");
    if (answer.statusCode === 200) expect(JSON.stringify(answer.json())).not.toContain('"acknowledged":true');
    else expect([400, 404, 409], answer.body).toContain(answer.statusCode);
  });

  test("meets nothing by guessing numbers", async () => {
    const guessed = operations.filter(
      ({ method, path, parameters = [] }) =>
        method === "GET" &&
        parameters.some(({ in: where, schema }) => where === "path" && "minimum" in schema) &&
        !path.includes("{metric}"),
    );
    expect(guessed.length).toBeGreaterThan(5);
    for (const { path } of guessed) {
      for (let id = 1; id <= 20; id++) {
        const url = path.replace(/\{\w+\}/, String(id));
        const answer = await sluice.app.inject({ url, headers: stranger });
        // Their own organization was given channels, profiles and the like by nobody.
        expect(answer.statusCode, url).toBe(404);
      }
    }
  });

  test("is believed neither a header nor a query about who they are", async () => {
    const headers = {
      ...stranger,
      "x-organization-id": "1",
      "x-user-id": "1",
      "x-original-url": `/api/v1/devices/${MARK}`,
    };
    for (const query of ["", "?organizationId=1", `?access_token=${await sluice.tokenOf("admin")}`]) {
      const answer = await sluice.app.inject({ url: `/api/v1/devices/${MARK}${query}`, headers });
      expect(answer.statusCode).toBe(404);
    }
    const inQuery = await sluice.app.inject({ url: `/api/v1/devices?access_token=${await sluice.tokenOf("admin")}` });
    expect(inQuery.json()).toMatchObject({ code: "auth.token_missing" });
  });
});

describe("mass assignment", () => {
  const PRIVILEGED = {
    ...{
      id: 1,
      organizationId: 2,
      organization_id: 2,
      isBuiltIn: true,
      isAdmin: true,
      createdAt: "2020-01-01T00:00:00Z",
    },
    ...{ tokenHash: "x", state: "resolved", fence: 0, userId: 1, actor: "system" },
  };

  test("no operation takes a property that it does not name", async () => {
    const surprises: string[] = [];
    const taking = operations.filter(
      ({ method, requestBody, ...operation }) =>
        method !== "GET" && operation["x-permission"] && requestBody?.content["application/json"]?.schema,
    );
    expect(taking.length).toBeGreaterThan(40);
    for (const operation of taking) {
      const known = (operation.requestBody!.content["application/json"]!.schema as { properties?: object }).properties;
      const body = bodyOf(operation);
      if (Array.isArray(body)) continue;
      for (const [key, value] of Object.entries(PRIVILEGED)) {
        if (known && key in known) continue;
        const answer = await sluice.ask({
          method: operation.method as "POST",
          url: pathTo(things, operation.path),
          payload: { ...(body as object), [key]: value },
        });
        const isRefused = answer.statusCode === 400 && answer.json().code === "request.invalid";
        if (!isRefused) surprises.push(`${named(operation)} with ${key}: ${answer.statusCode} ${answer.body}`);
      }
    }
    expect(surprises).toEqual([]);
  }, 60_000);
});

describe("SQL in every text", () => {
  /** Evaluated, the first is a division by zero, and the others end or widen what they stand in. */
  const INJECTIONS = ["' || (1/0)::text || '", "x') or 1=1 --", "'; truncate device cascade; --", "$1; select 1"];

  test("is text: nothing of it is evaluated", async () => {
    const devices = await count("device");
    const surprises: string[] = [];
    for (const operation of operations.filter((each) => each["x-permission"] !== undefined)) {
      for (const request of injected(operation)) {
        const answer = await sluice.app.inject({
          ...request,
          headers: { ...request.headers, authorization: `Bearer ${await sluice.tokenOf("admin")}` },
        });
        const isEvaluated = answer.statusCode >= 500 || answer.body.includes("request.unstorable");
        if (isEvaluated) surprises.push(`${named(operation)} ${JSON.stringify(request)}: ${answer.body}`);
      }
    }
    expect(surprises).toEqual([]);
    expect(await count("device")).toBeGreaterThanOrEqual(devices);
  }, 120_000);

  function injected(operation: Operation) {
    const method = operation.method as "GET";
    const url = pathTo(things, operation.path);
    return INJECTIONS.flatMap((text) => {
      const inPath = operation.path.includes("{")
        ? [{ url: operation.path.replaceAll(/\{\w+\}/g, encodeURIComponent(text)) }]
        : [];
      const inQuery = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === "query")
        .map(({ name }) => ({ url: `${url}?${new URLSearchParams({ [name]: text })}` }));
      const inHeader = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === "header")
        .map(({ name }) => ({ url, headers: { [name]: text } }));
      const inBody =
        method === "GET" ? [] : textsReplaced(bodyOf(operation), text).map((payload) => ({ url, payload }));
      return [...inPath, ...inQuery, ...inHeader, ...inBody].map((request) => ({ method, headers: {}, ...request }));
    });
  }

  /** The body once for each text in it, with that text replaced. */
  function textsReplaced(body: unknown, text: string): object[] {
    if (typeof body !== "object" || body === null) return [];
    return Object.entries(body).flatMap(([key, value]) => {
      const changed = typeof value === "string" ? [text] : textsReplaced(value, text);
      return changed.map((one) => (Array.isArray(body) ? body.with(Number(key), one) : { ...body, [key]: one }));
    });
  }

  test("a search for a wildcard finds what has it in its name", async () => {
    await register("percent%underscore_");
    const found = async (search: string) =>
      (await sluice.ask({ url: `/api/v1/devices?${new URLSearchParams({ search })}` }))
        .json()
        .map(({ uid }: { uid: string }) => uid);
    expect(await found("%")).toEqual(["percent%underscore_"]);
    expect(await found("_u")).toEqual([]);
    expect(await found("\\")).toEqual([]);
  });
});

describe("text that wants to be a header", () => {
  const SPLIT = "x\r\nSet-Cookie: stolen=1\r\n\r\n<script>";

  test("is refused as a uid, and written as a letter elsewhere", async () => {
    expect((await register(SPLIT)).json()).toMatchObject({ status: 400, code: "device.uid_invalid" });
    const odd = await register('quo"te\\back; filename=x');
    expect(odd.statusCode).toBe(201);
    expect(odd.headers.location).toBe(`/api/v1/devices/${encodeURIComponent('quo"te\\back; filename=x')}`);
  });

  test("stays inside the link to the next page", async () => {
    await register("page-1");
    await register("page-2");
    const query = new URLSearchParams({ limit: "1", status: "active", search: "page" });
    const answer = await sluice.ask({ url: `/api/v1/devices?${query}&x=${encodeURIComponent(SPLIT)}` });
    const list = answer.statusCode === 400 ? await sluice.ask({ url: `/api/v1/devices?${query}` }) : answer;
    expect(list.headers["set-cookie"]).toBeUndefined();
    expect(list.headers.link).toMatch(/^<\/api\/v1\/devices\?[\w&=%.+-]+>; rel="next"$/);
  });

  test("is nowhere in the headers of any answer", async () => {
    for (const operation of operations.filter(({ method }) => method === "GET")) {
      const query = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === "query")
        .map(({ name }) => [name, SPLIT]);
      const url = `${operation.path.replaceAll(/\{\w+\}/g, encodeURIComponent(SPLIT))}?${new URLSearchParams(query)}`;
      const answer = await sluice.ask({ url, headers: { accept: "text/csv" } });
      expect(JSON.stringify(answer.headers), url).not.toMatch(/stolen|[\r\n]/);
    }
  });
});

describe("paths that lead elsewhere", () => {
  const TARGETS = ["package.json", "etc/passwd", "server/src/config.ts"];
  const WAYS = [
    "/../../../../",
    "/..%2f..%2f..%2f..%2f",
    "/%2e%2e/%2e%2e/",
    "/..\\..\\..\\",
    "//",
    "/%00/../../",
    "/....//....//",
  ];

  test("end at nothing, written as a socket writes them", async () => {
    const address = new URL(await sluice.app.listen({ host: "127.0.0.1", port: 0 }));
    for (const prefix of ["", "/status-page", "/api/docs", "/api/v1/devices", "/graphql"]) {
      for (const way of WAYS) {
        for (const target of TARGETS) {
          const answer = await rawGet(address, `${prefix}${way}${target}`);
          expect(answer, `${prefix}${way}${target}`).toMatch(/^HTTP\/1\.1 (400|401|404) /);
          expect(answer).not.toMatch(/"workspaces"|root:|process\.env/);
        }
      }
    }
  });

  function rawGet({ hostname, port }: URL, path: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString();
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
    return promise;
  }
});

describe("the log", () => {
  test("has one line an event, whatever a request brings, and no escape code and no secret in it", async () => {
    logged.length = 0;
    const evil = 'x\n{"level":"fatal","msg":"forged"}\u001b[2J\u009b31m';
    const token = await sluice.tokenOf("admin");
    await sluice.app.inject({
      url: `/api/v1/devices/${encodeURIComponent(evil)}?search=${encodeURIComponent(evil)}`,
      headers: {
        authorization: `Bearer ${token}`,
        "user-agent": "a\u001b[31m",
        "x-request-id": "b\u001b[31m",
        referer: "c\u001b[2J",
      },
    });
    await register(evil);
    const attempt = { username: evil, password: "a secret of mine" };
    await sluice.app.inject({ method: "POST", url: "/api/auth/login", payload: attempt });
    await sluice.app.inject({ method: "POST", url: `/api/v1/${encodeURIComponent(evil)}/telemetry`, payload: "{}" });
    await sluice.app.inject({
      method: "POST",
      url: "/write",
      payload: evil,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(logged.length).toBeGreaterThan(0);
    for (const line of logged) {
      expect(line.endsWith("\n")).toBe(true);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      expect(JSON.parse(line).msg).not.toBe("forged");
      expect(line).not.toContain("a secret of mine");
      expect(line).not.toContain(token);
    }
  });
});

describe("bodies made to break the reader", () => {
  const post = (url: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
    sluice.ask({ method: "POST", url, payload, headers: { "content-type": "application/json", ...headers } });

  test("what is too large is a 413 before it is read", async () => {
    const large = `{"uid":"${"x".repeat(2 * 1024 * 1024)}"}`;
    expect((await post("/api/v1/devices", large)).json()).toMatchObject({ status: 413, code: "request.too_large" });
  });

  test("what unpacks to too much is a 413", async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, "0"));
    const client = (
      await sluice.ask({ method: "POST", url: "/api/v1/clients", payload: { name: "Bomb", scopes: ["ingest"] } })
    ).json();
    for (const url of ["/write", "/api/readings/bulk"]) {
      const headers = {
        authorization: `Bearer ${client.token}`,
        "content-encoding": "gzip",
        "content-type": "text/plain",
      };
      const answer = await sluice.app.inject({ method: "POST", url, payload: bomb, headers });
      expect(answer.statusCode, url).toBe(413);
    }
  });

  test.each([
    ["arrays", "[".repeat(100_000) + "]".repeat(100_000)],
    ["objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
    [
      "arrays in a free property",
      `{"uid":"deep","profile":"generic","properties":{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`,
    ],
  ])("%s a hundred thousand deep are refused", async (_what, payload) => {
    const { statusCode } = await post("/api/v1/devices", payload);
    expect(statusCode).toBeGreaterThanOrEqual(400);
    expect(statusCode).toBeLessThan(500);
  });

  test("no body reaches the prototype of anything", async () => {
    for (const evil of ['"__proto__":{"isAdmin":true}', '"constructor":{"prototype":{"isAdmin":true}}']) {
      const { statusCode } = await post(
        "/api/v1/devices",
        `{"uid":"polluted","profile":"generic","properties":{${evil}}}`,
      );
      expect(statusCode).toBe(400);
    }
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  test("a metric may be called like what every object has", async () => {
    await register("odd-metrics");
    const keys = ["constructor", "toString", "hasOwnProperty"];
    await sluice.store("odd-metrics", Date.now() - 1_000, Object.fromEntries(keys.map((key, index) => [key, index])));
    const { series } = (await sluice.ask({ url: "/api/v1/devices/odd-metrics/telemetry" })).json();
    expect(keys.map((key) => series[key])).toEqual([[0], [1], [2]]);
  });

  test("of a key that comes twice the last holds, for the check and for what is done", async () => {
    const twice = '{"uid":"twice","profile":"generic","name":"first","name":7}';
    expect((await post("/api/v1/devices", twice)).json()).toMatchObject({ status: 400, code: "request.invalid" });
    const made = await post("/api/v1/devices", '{"uid":"no/uid","uid":"twice","profile":"generic"}');
    expect(made.json()).toMatchObject({ uid: "twice" });
  });

  test("a query key that comes twice is refused", async () => {
    for (const query of ["limit=1&limit=1000", "site=default&site=north", "search=a&search=b"]) {
      const answer = await sluice.ask({ url: `/api/v1/devices?${query}` });
      expect(answer.json(), query).toMatchObject({ status: 400, code: "request.invalid" });
    }
  });
});

describe("names that look alike", () => {
  test.each([
    ["composed and decomposed", "caf\u00e9", "cafe\u0301"],
    ["capitals", "pump-a", "Pump-A"],
    ["Latin and Cyrillic", "pump-c", "pump-\u0441"],
    ["with and without a zero-width space", "pump-z", "pump-z\u200b"],
  ])("%s are two devices or one, and never one in the place of the other", async (_what, one, other) => {
    const first = (await register(one, { name: "The first" })).json();
    const second = await register(other, { name: "The second" });
    const shown = (await sluice.ask({ url: `/api/v1/devices/${encodeURIComponent(one)}` })).json();
    expect(shown).toMatchObject({ id: first.id, name: "The first" });
    if (second.statusCode !== 201) return expect([400, 409]).toContain(second.statusCode);
    const found = (await sluice.ask({ url: `/api/v1/devices/${encodeURIComponent(other)}` })).json();
    expect(found).toMatchObject({ id: second.json().id, name: "The second" });
    await sluice.store(one, Date.now() - 1_000, { level: 1 });
    const other_ = await sluice.ask({ url: `/api/v1/devices/${encodeURIComponent(other)}/latest` });
    expect(JSON.stringify(other_.json())).not.toContain('"level":1');
  });
});
