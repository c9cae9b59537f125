import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addActuator } from "./testing/test-actuators.ts";
import { createTestApp, type TestApp } from "./testing/test-app.ts";

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
});
afterAll(() => sluice.close());

let made = 0;
/** Another of its kind with every call. */
const fresh = () => `thing-${++made}`;

async function post(url: string, payload: object): Promise<{ readonly id: number }> {
  const answer = await sluice.ask({ method: "POST", url, payload });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
}

interface Editable {
  /** Makes one, and answers its path. */
  readonly make: () => Promise<string>;
  readonly method?: "PATCH" | "PUT";
  readonly first: object;
  readonly second: object;
  readonly isKept?: boolean;
}

const channel = () => ({
  ...{ name: fresh(), kind: "webhook", configuration: { url: "http://127.0.0.1:9/" } },
});
const flat = { periods: [{ name: "all", price: 0.3 }] };
let year = 2000;

const EDITABLE: Readonly<Record<string, Editable>> = {
  "/api/v1/organization": {
    make: async () => {
      const url = "/api/v1/organization";
      await sluice.ask({ method: "PATCH", url, payload: { name: fresh() } });
      return url;
    },
    ...{ first: { name: "First" }, second: { name: "Second" }, isKept: true },
  },
  "/api/v1/sites/{site}": {
    make: async () => {
      const slug = fresh();
      await post("/api/v1/sites", { slug, name: slug, timeZone: "UTC" });
      return `/api/v1/sites/${slug}`;
    },
    ...{ first: { region: "north" }, second: { region: "south" } },
  },
  "/api/v1/assets/{asset}": {
    make: async () => `/api/v1/assets/${(await post("/api/v1/assets", { kind: "pond", name: fresh() })).id}`,
    ...{ first: { name: "First" }, second: { name: "Second" } },
  },
  "/api/v1/asset-events/{event}": {
    make: async () => {
      const asset = await post("/api/v1/assets", { kind: "pond", name: fresh() });
      const draft = { kind: "note", asset: asset.id, at: "2020-01-01T00:00:00Z", note: "fine" };
      return `/api/v1/asset-events/${(await post("/api/v1/asset-events", draft)).id}`;
    },
    ...{ first: { note: "first" }, second: { note: "second" } },
  },
  "/api/v1/profiles/{profile}/retention": {
    make: async () => {
      const key = fresh();
      await post("/api/v1/profiles", { key, name: key });
      return `/api/v1/profiles/${key}/retention`;
    },
    ...{ method: "PUT", first: { policy: "thin" }, second: { policy: "own", rawDays: 9 }, isKept: true },
  },
  "/api/v1/tariffs/{tariff}": {
    make: async () => {
      const dates = { validFrom: `${++year}-01-01`, validUntil: `${year}-12-31` };
      return `/api/v1/tariffs/${(await post("/api/v1/tariffs", { name: fresh(), ...dates, ...flat })).id}`;
    },
    ...{ first: { feedInPrice: 1 }, second: { feedInPrice: 2 } },
  },
  "/api/v1/profiles/{profile}": {
    make: async () => {
      const key = fresh();
      await post("/api/v1/profiles", { key, name: key });
      return `/api/v1/profiles/${key}`;
    },
    ...{ first: { name: "First" }, second: { name: "Second" } },
  },
  "/api/v1/profiles/{profile}/metrics/{metric}": {
    make: async () => {
      const key = fresh();
      await post("/api/v1/profiles", { key, name: key, metrics: [{ key: "level" }] });
      return `/api/v1/profiles/${key}/metrics/level`;
    },
    ...{ method: "PUT", first: { unit: "m" }, second: { unit: "cm" }, isKept: true },
  },
  "/api/v1/devices/{uid}": {
    make: async () => {
      const uid = fresh();
      await post("/api/v1/devices", { uid, profile: "generic" });
      return `/api/v1/devices/${uid}`;
    },
    ...{ first: { name: "First" }, second: { name: "Second" } },
  },
  "/api/v1/actuators/{id}": {
    make: async () => `/api/v1/actuators/${(await addActuator(sluice)).id}`,
    ...{ first: { envelope: { cooldownMs: 1_000 } }, second: { envelope: { cooldownMs: 2_000 } }, isKept: true },
  },
  "/api/v1/rules/{id}": {
    make: async () => {
      const uid = fresh();
      await post("/api/v1/devices", { uid, profile: "irrigation-zone" });
      const [rule] = (await sluice.ask({ url: `/api/v1/rules?device=${uid}` })).json();
      return `/api/v1/rules/${rule.id}`;
    },
    ...{ first: { name: "First" }, second: { name: "Second" } },
  },
  "/api/v1/schedules/{id}": {
    make: async () => {
      const { id: actuator } = await addActuator(sluice);
      const times = { kind: "cron", expression: "0 6 * * *" };
      const draft = { name: fresh(), actuator, action: { kind: "RUN", durationMs: 1_000 }, times };
      return `/api/v1/schedules/${(await post("/api/v1/schedules", draft)).id}`;
    },
    ...{ first: { name: "First" }, second: { name: "Second" } },
  },
  "/api/v1/channels/{channel}": {
    make: async () => `/api/v1/channels/${(await post("/api/v1/channels", channel())).id}`,
    ...{ first: { limits: { burst: 2 } }, second: { limits: { burst: 3 } } },
  },
  "/api/v1/notification-routes/{route}": {
    make: async () => {
      const { id } = await post("/api/v1/channels", channel());
      const route = await post("/api/v1/notification-routes", { name: fresh(), channels: [id] });
      return `/api/v1/notification-routes/${route.id}`;
    },
    ...{ first: { isEnabled: false }, second: { name: "Second" } },
  },
};

describe.each(Object.entries(EDITABLE))("%s", (_path, { make, method = "PATCH", first, second, isKept }) => {
  const edit = (url: string, payload: object, tag: string) =>
    sluice.ask({ method, url, payload, headers: { "if-match": tag } });

  test("is edited by who has seen it as it is, and by nobody else", async () => {
    const url = await make();
    const read = await sluice.ask({ url });
    const tag = String(read.headers.etag);
    expect(tag).toMatch(/^"[\w.-]+"$/);
    const known = await sluice.ask({ url, headers: { "if-none-match": `"other", W/${tag}` } });
    expect([known.statusCode, known.body, known.headers.etag]).toEqual([304, "", tag]);

    const edited = await edit(url, first, `"other", ${tag}`);
    expect([edited.statusCode, edited.body]).toEqual([200, expect.anything()]);
    expect(edited.headers.etag).not.toBe(tag);
    expect((await sluice.ask({ url, headers: { "if-none-match": tag } })).headers.etag).toBe(edited.headers.etag);

    for (const stale of [tag, `W/${edited.headers.etag}`, "nonsense"]) {
      const refused = await edit(url, second, stale);
      expect([refused.statusCode, refused.json().code]).toEqual([412, "request.stale"]);
    }
    if (!isKept) {
      const refused = await sluice.ask({ method: "DELETE", url, headers: { "if-match": tag } });
      expect(refused.statusCode).toBe(412);
    }
    const after = await sluice.ask({ url });
    expect(after.headers.etag).toBe(edited.headers.etag);
    expect((await edit(url, second, "*")).statusCode).toBe(200);
    if (isKept) return;
    const removed = await sluice.ask({ method: "DELETE", url, headers: { "if-match": "*" } });
    expect(removed.statusCode).toBe(204);
  });

  test("of two edits of what both have seen at once, one comes too late", async () => {
    const url = await make();
    const tag = String((await sluice.ask({ url })).headers.etag);
    const answers = await Promise.all([edit(url, first, tag), edit(url, second, tag)]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
    const done = answers.find(({ statusCode }) => statusCode === 200)!;
    expect((await sluice.ask({ url })).headers.etag).toBe(done.headers.etag);
  });
});

test("what a site is doing changes what is read, and no edit of it", async () => {
  const url = await EDITABLE["/api/v1/sites/{site}"]!.make();
  const tag = String((await sluice.ask({ url })).headers.etag);
  expect((await sluice.ask({ method: "POST", url: `${url}/stop`, payload: {} })).statusCode).toBe(200);
  expect((await sluice.ask({ url, headers: { "if-none-match": tag } })).statusCode).toBe(200);
  const edited = await sluice.ask({ method: "PATCH", url, payload: { name: "New" }, headers: { "if-match": tag } });
  expect(edited.statusCode).toBe(200);
});

/** Edits without a precondition, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  "PATCH /api/v1/me": "one's own, which nobody else edits",
  "PUT /api/v1/configuration": "it says what is wanted, whatever is there",
  "DELETE /api/v1/clients/{id}": "revoking is meant, whatever the client has become",
};

test("what can be edited is edited, and deleted, with If-Match", () => {
  const paths = sluice.app.swagger().paths as Record<string, Record<string, { parameters?: { name: string }[] }>>;
  const without = Object.entries(paths).flatMap(([path, operations]) =>
    ["patch", "put", "delete"]
      .filter(() => "patch" in operations || "put" in operations)
      .filter((method) => method in operations)
      .filter((method) => !(operations[method]!.parameters ?? []).some(({ name }) => name === "if-match"))
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(without.filter((route) => !(route in WITHOUT))).toEqual([]);
});

test("a tag tells nothing of an address that its reader may not see", async () => {
  const payload = { name: "hook", kind: "webhook", configuration: { url: "https://example.org/one" } };
  const { id } = (await sluice.ask({ method: "POST", url: "/api/v1/channels", payload })).json();
  const url = `/api/v1/channels/${id}`;
  const tagFor = async (as: "admin" | "operator") => String((await sluice.ask({ as, url })).headers.etag);
  const before = { admin: await tagFor("admin"), operator: await tagFor("operator") };
  const change = { configuration: { url: "https://example.org/two" } };
  const edited = await sluice.ask({ method: "PATCH", url, payload: change, headers: { "if-match": before.admin } });
  expect(edited.statusCode).toBe(200);
  expect(await tagFor("admin")).not.toBe(before.admin);
  expect(await tagFor("operator")).toBe(before.operator);
});
