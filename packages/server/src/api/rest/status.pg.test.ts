import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
});
afterAll(() => sluice.close());

test("the status is public, and 200 only when the server is ready", async () => {
  const ask = () => sluice.ask({ as: "nobody", url: "/api/status" });
  expect((await ask()).json()).toEqual({ status: "healthy", db: "connected", workers: "running" });
  expect((await ask()).headers["cache-control"]).toBe("no-store");
  sluice.status = { status: "degraded", db: "disconnected", workers: "running" };
  const unwell = await ask();
  expect(unwell.statusCode).toBe(503);
  expect(unwell.json()).toMatchObject({ status: "degraded", db: "disconnected" });
  sluice.status = { status: "healthy", db: "connected", workers: "running" };
});

test("what there is nothing at is a problem document, for everyone", async () => {
  const answer = await sluice.ask({ as: "nobody", url: "/api/v1/nothing?token=secret" });
  expect(answer.statusCode).toBe(404);
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  expect(answer.json()).toMatchObject({ code: "route.unknown" });
  expect(answer.body).not.toContain("secret");
  expect((await sluice.ask({ as: "nobody", url: "/%zz" })).json()).toMatchObject({
    status: 400,
    code: "request.malformed_url",
  });
});

test("every answer has an id that is in the log, and headers that keep others out", async () => {
  const { headers } = await sluice.ask({ as: "nobody", url: "/" });
  expect(headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers["content-security-policy"]).toContain("default-src 'self'");
  expect(headers["content-security-policy"]).not.toContain("unsafe");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["x-frame-options"]).toBe("DENY");
});

test("the status page has everything that it refers to, and nothing from elsewhere", async () => {
  const seen = new Set<string>();
  const wanted = ["/"];
  for (let url = wanted.pop(); url !== undefined; url = wanted.pop()) {
    if (seen.has(url)) continue;
    seen.add(url);
    const answer = await sluice.ask({ as: "nobody", url });
    expect(answer.statusCode, url).toBe(200);
    if (!/^(\/$|\/status-page\/)/.test(url)) continue;
    const references = [...answer.body.matchAll(/(?:(?:src|href)=|from )"([^"]+)"/g)].map(
      ([, reference]) => reference!,
    );
    wanted.push(
      ...references.map((reference) => new URL(reference, `http://here${url}`)).map(({ pathname }) => pathname),
    );
    expect(answer.body).not.toMatch(/https?:\/\/(?!www\.w3\.org\/)/);
  }
  expect([...seen]).toEqual(expect.arrayContaining(["/status-page/views.js", "/status-page/words.js", "/api/docs"]));
});

test("a file that the browser has is not sent again", async () => {
  const first = await sluice.ask({ as: "nobody", url: "/status-page/page.js" });
  expect(first.headers["content-type"]).toBe("text/javascript; charset=utf-8");
  const headers = { "if-none-match": String(first.headers.etag) };
  expect((await sluice.ask({ as: "nobody", url: "/status-page/page.js", headers })).statusCode).toBe(304);
});

test("the API describes itself as OpenAPI 3.1, with what each route asks for and answers", async () => {
  const document = (await sluice.ask({ as: "nobody", url: "/api/openapi.json" })).json();
  const routes = sluice.app.routeAccess.filter(({ access }) => access === "public");
  const open = new Set(routes.map(({ url }) => url.replaceAll(/:(\w+)/g, "{$1}")));
  expect(document.openapi).toBe("3.1.0");
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(["/api/auth/login", "/api/v1/devices/{uid}/telemetry"]),
  );
  for (const [path, operations] of Object.entries<
    Record<string, { summary?: string; responses: object; security: object[] }>
  >(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      expect(operation.summary, `${method} ${path}`).toBeTruthy();
      expect(
        Object.keys(operation.responses).some((status) => status.startsWith("2")),
        `${method} ${path}`,
      ).toBe(true);
      expect(operation.security, `${method} ${path}`).toEqual(open.has(path) ? [] : [{ bearer: [] }]);
    }
  }
});

test("the reference is complete without the internet", async () => {
  const page = await sluice.ask({ as: "nobody", url: "/api/docs" });
  const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
  for (const source of sources) {
    expect(source).toMatch(/^\//);
    expect((await sluice.ask({ as: "nobody", url: source })).statusCode, source).toBe(200);
  }
  const script = await sluice.ask({ as: "nobody", url: "/api/docs/scalar.js" });
  expect(script.body.length).toBeGreaterThan(1_000_000);
});

test("the overview shows devices with their newest values, units, actuators and age", async () => {
  await sluice.ask({
    method: "POST",
    url: "/api/v1/devices",
    payload: { uid: "zone-1", profile: "irrigation-zone", name: "Tomatoes" },
  });
  await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid: "silent", profile: "generic" } });
  await sluice.store("zone-1", Date.UTC(2026, 4, 1), { moisture: 12.5 });
  sluice.status = { ...sluice.status, readingsPerSecond: 42 };
  const overview = (await sluice.ask({ as: "operator", url: "/api/v1/overview" })).json();
  expect(overview).toMatchObject({
    organization: "Default organization",
    status: "healthy",
    readingsPerSecond: 42,
    sites: [{ slug: "default", timeZone: "Europe/Berlin" }],
    hasMoreDevices: false,
    devices: [
      { uid: "silent", lastMessageAt: null, values: [], actuators: [] },
      {
        uid: "zone-1",
        name: "Tomatoes",
        lastMessageAt: "2026-05-01T00:00:00.000Z",
        values: [{ metric: "moisture", value: 12.5, unit: "%", minimum: 0, maximum: 100 }],
        actuators: [{ key: "pump", status: "IDLE" }],
      },
    ],
  });
});

test("the overview reads the actuators of all its devices in one statement", async () => {
  const before = (await sluice.ask({ url: "/api/v1/overview" })).json().devices.length;
  const query = vi.spyOn(sluice.database.pool, "query");
  for (const uid of ["zone-a", "zone-b", "zone-c"]) {
    await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid, profile: "irrigation-zone" } });
  }
  query.mockClear();
  const { devices } = (await sluice.ask({ url: "/api/v1/overview" })).json();
  const statements = (query.mock.calls as unknown as [unknown][]).map(([text]) => String(text));
  query.mockRestore();
  expect(devices).toHaveLength(before + 3);
  expect(statements.filter((text) => /from actuator a\b/.test(text))).toHaveLength(1);
});

test("messages that could not be stored are listed with their reason, newest first", async () => {
  await sluice.database.pool.query(
    `insert into rejected_message (organization_id, device_uid, source, code, reason, payload)
     select $1, 'zone-1', 'mqtt', 'reading.time_ahead', 'attempt ' || n, '\\x7b22' from generate_series(1, 3) as n`,
    [sluice.organizationId],
  );
  const first = await sluice.ask({ url: "/api/v1/rejected-messages?limit=2" });
  expect(first.json()).toMatchObject([
    { reason: "attempt 3", payload: '{"', payloadBytes: 2, source: "mqtt" },
    { reason: "attempt 2" },
  ]);
  const next = /^<([^>]+)>/.exec(String(first.headers.link))?.[1];
  expect((await sluice.ask({ url: next! })).json()).toMatchObject([{ reason: "attempt 1" }]);
});
