import { afterAll, beforeAll, expect, test } from "vitest";
import { foldAlerts } from "../alerts/index.ts";
import type { Role } from "../auth/index.ts";
import { inTransaction } from "../platform/postgres.ts";
import { addActuator } from "./testing/test-actuators.ts";
import { createTestApp, type TestApp } from "./testing/test-app.ts";
import { MARK, makeThings, pathTo, type Things } from "./testing/things.ts";

let sluice: TestApp;
let things: Things;
beforeAll(async () => {
  sluice = await createTestApp();
  things = await makeThings(sluice);
});
afterAll(() => sluice.close());

const PASSWORD = "correct horse battery";
const fresh = `fresh-${MARK}`;
const thing = (name: string) => Number(things.get(name));

async function made(url: string, payload: object): Promise<{ readonly id: string }> {
  const answer = await sluice.ask({ method: "POST", url, payload });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
}

/** An alert that fires; with "resolved" one whose condition is over, and which stays open for somebody to clear. */
async function alert(state: "firing" | "resolved"): Promise<string> {
  const severity = { severity: "warning", isLatched: true };
  const { id: rule } = await made("/api/v1/rules", { ...ruleDraft(), key: `alert-${state}`, alert: severity });
  const { pool } = sluice.database;
  const device = (await pool.query("select id from device where uid = $1", [MARK])).rows[0].id;
  const transition = { ruleId: Number(rule), deviceId: device, episode: 1, readingMicros: 1.79e15, value: 0 };
  const transitions = [
    { ...transition, seq: 1, state: "firing" as const },
    { ...transition, seq: 2, state },
  ];
  await inTransaction(pool, (client) =>
    foldAlerts(client, state === "firing" ? transitions.slice(0, 1) : transitions, sluice.alerts),
  );
  return (await pool.query("select id from alert where rule_id = $1", [rule])).rows[0].id;
}

/** An execution that waits for a reading, which never comes. */
async function waiting(): Promise<string> {
  const permissives = [{ metric: "level", operator: "above", value: 1 }] as const;
  const { id } = await addActuator(sluice, { permissives });
  const url = `/api/v1/actuators/${id}/commands`;
  const answer = await sluice.ask({ method: "POST", url, payload: { ...run, waitMs: 600_000 } });
  expect(answer.statusCode, answer.body).toBe(202);
  return answer.json().id;
}

/** A second sign-in of the administrator. */
async function signIn(): Promise<{ readonly refresh_token: string }> {
  const payload = { username: "admin@example.org", password: PASSWORD };
  return (await sluice.ask({ method: "POST", url: "/api/auth/login", payload })).json();
}

async function otherSession(): Promise<string> {
  await signIn();
  const sessions = (await sluice.ask({ url: "/api/v1/me/sessions" })).json();
  return sessions.find(({ isCurrent }: { isCurrent: boolean }) => !isCurrent).id;
}

async function userPath(name: string): Promise<string> {
  const user = await made("/api/v1/users", { email: `${name}@example.org`, roles: ["operator"] });
  return `/api/v1/users/${user.id}`;
}

async function deadDelivery(): Promise<void> {
  const sql = "update delivery set state = 'dead', finished_at = now(), attempts = 5 where id = $1";
  await sluice.database.pool.query(sql, [things.get("deliveries/{delivery}")]);
}

interface Change {
  /** That of the route with our things in it, when absent. */
  readonly url?: () => Promise<string>;
  readonly body?: () => object | Promise<object>;
  /** An administrator when absent. */
  readonly as?: Role;
}

const at = "2020-01-01T00:00:00Z";
const cron = { kind: "cron", expression: "0 6 * * *" };
const run = { kind: "RUN", durationMs: 1_000 };
const flat = { periods: [{ name: "all", price: 0.3 }] };
const webhook = { kind: "webhook", configuration: { url: "http://127.0.0.1:9/" } };
const below = { kind: "threshold", metric: "level", operator: "below", value: 2 };
const ruleDraft = () => ({ name: fresh, device: MARK, alert: { severity: "warning" }, definition: below });
const scheduleDraft = () => ({ name: fresh, actuator: thing("actuators/{id}"), action: run, times: cron });
const reportDraft = { report: "water-quality-daily", location: MARK };
const mornings = { name: fresh, times: { kind: "daily", at: "06:00" } };
const rulePath = async (path: string, key: string) => `${path}/${(await made(path, { ...ruleDraft(), key })).id}`;
const schedulePath = async (path: string, key: string) =>
  `${path}/${(await made(path, { ...scheduleDraft(), key })).id}`;

/** One sample of every change that the API makes; each leaves an entry in the audit. In their order. */
const CHANGES: Readonly<Record<string, Change>> = {
  "POST /api/auth/login": { body: () => ({ username: "admin@example.org", password: PASSWORD }) },
  "POST /api/auth/logout": { body: async () => ({ refresh_token: (await signIn()).refresh_token }) },
  "POST /api/auth/switch": { body: () => ({ organization: sluice.organizationId }) },
  "PATCH /api/v1/me": { body: () => ({ name: "Ada" }) },
  "POST /api/v1/me/second-factor": { as: "scientist", body: () => ({ password: PASSWORD }) },
  "DELETE /api/v1/me/sessions": {},
  "DELETE /api/v1/me/sessions/{id}": { url: async () => `/api/v1/me/sessions/${await otherSession()}` },
  "DELETE /api/v1/me/identities/{id}": {},
  "POST /api/auth/password": {
    as: "operator",
    body: () => ({ current_password: PASSWORD, new_password: `another ${PASSWORD}` }),
  },
  "POST /api/v1/users": { body: () => ({ email: "made@example.org", roles: ["operator"] }) },
  "PATCH /api/v1/users/{id}": {
    url: () => userPath("changed"),
    body: () => ({ roles: ["scientist"] }),
  },
  "DELETE /api/v1/users/{id}/sessions": { url: async () => `${await userPath("ended")}/sessions` },
  "DELETE /api/v1/users/{id}": { url: () => userPath("deleted") },
  "POST /api/v1/invitations": { body: () => ({ email: "invited@example.org", roles: ["operator"] }) },
  "DELETE /api/v1/invitations/{id}": {
    url: async () => {
      const draft = { email: "uninvited@example.org", roles: ["operator"] };
      return `/api/v1/invitations/${(await made("/api/v1/invitations", draft)).id}`;
    },
  },
  "POST /api/v1/entities": { body: () => ({ name: fresh }) },
  "PATCH /api/v1/entities/{entity}": { url: async () => `/api/v1/entities/${fresh}`, body: () => ({ name: "other" }) },
  "DELETE /api/v1/entities/{entity}": { url: async () => `/api/v1/entities/${fresh}` },
  "POST /api/v1/applications": { body: () => ({ name: fresh, redirectUris: ["https://example.org/back"] }) },
  "DELETE /api/v1/applications/{id}": {
    url: async () => {
      const draft = { name: "deleted", redirectUris: ["https://example.org/back"] };
      return `/api/v1/applications/${(await made("/api/v1/applications", draft)).id}`;
    },
  },
  "PATCH /api/v1/organization": { body: () => ({ name: fresh }) },
  "POST /api/v1/sites": { body: () => ({ slug: fresh, name: fresh, timeZone: "UTC" }) },
  "PATCH /api/v1/sites/{site}": { body: () => ({ name: fresh }) },
  "PUT /api/v1/configuration": { body: () => ({ version: 1, sites: [{ slug: fresh, name: `other ${fresh}` }] }) },
  "DELETE /api/v1/sites/{site}": { url: async () => `/api/v1/sites/${fresh}` },
  "POST /api/v1/sites/{site}/stop": {},
  "POST /api/v1/sites/{site}/release": {},
  "POST /api/v1/assets": { body: () => ({ kind: "zone", name: fresh }) },
  "PATCH /api/v1/assets/{asset}": { body: () => ({ name: fresh }) },
  "DELETE /api/v1/assets/{asset}": {
    url: async () => `/api/v1/assets/${(await made("/api/v1/assets", { kind: "zone", name: fresh })).id}`,
  },
  "POST /api/v1/asset-events": {
    body: () => ({ kind: "note", note: fresh, at, asset: thing("assets/{asset}") }),
  },
  "PATCH /api/v1/asset-events/{event}": { body: () => ({ note: "other" }) },
  "DELETE /api/v1/asset-events/{event}": {},
  "POST /api/v1/reports": { body: () => reportDraft },
  "DELETE /api/v1/reports/{id}": {},
  "POST /api/v1/report-schedules": { body: () => ({ ...reportDraft, ...mornings }) },
  "PATCH /api/v1/report-schedules/{schedule}": { body: () => ({ keepDays: 30 }) },
  "DELETE /api/v1/report-schedules/{schedule}": {},
  "POST /api/v1/tariffs": { body: () => ({ name: fresh, validFrom: "1990-01-01", validUntil: "1991-01-01", ...flat }) },
  "PATCH /api/v1/tariffs/{tariff}": { body: () => ({ name: fresh }) },
  "DELETE /api/v1/tariffs/{tariff}": {},
  "POST /api/v1/solutions/{solution}/install": {},
  "DELETE /api/v1/solutions/{solution}": {},
  "POST /api/v1/erasures": { body: () => ({ device: MARK, reason: "asked for" }) },
  "POST /api/v1/profiles": { body: () => ({ key: fresh, name: fresh }) },
  "PATCH /api/v1/profiles/{profile}": { body: () => ({ name: fresh }) },
  "PUT /api/v1/profiles/{profile}/metrics/{metric}": { body: () => ({ unit: "cm" }) },
  "PUT /api/v1/profiles/{profile}/retention": { body: () => ({ policy: "thin" }) },
  "DELETE /api/v1/profiles/{profile}": { url: async () => `/api/v1/profiles/${fresh}` },
  "POST /api/v1/devices": { body: () => ({ uid: fresh, profile: "generic" }) },
  "PATCH /api/v1/devices/{uid}": { body: () => ({ name: fresh }) },
  "POST /api/v1/devices/{uid}/token": {},
  "DELETE /api/v1/devices/{uid}/token": {},
  "POST /api/v1/devices/bulk": { body: () => [{ uid: `bulk-${MARK}`, profile: "generic" }] },
  "POST /api/v1/claims": { body: () => ({ profile: "generic" }) },
  "DELETE /api/v1/claims/{id}": {
    url: async () => `/api/v1/claims/${(await made("/api/v1/claims", { profile: "generic" })).id}`,
  },
  "DELETE /api/v1/devices/{uid}": { url: async () => `/api/v1/devices/${fresh}` },
  "POST /api/v1/clients": { body: () => ({ name: fresh, scopes: ["ingest"] }) },
  "PATCH /api/v1/clients/{id}": { body: () => ({ name: "other" }) },
  "POST /api/v1/clients/{id}/rotate": {},
  "DELETE /api/v1/clients/{id}": {},
  "PATCH /api/v1/actuators/{id}": { body: () => ({ envelope: { cooldownMs: 5 } }) },
  "POST /api/v1/actuators/{id}/trip/reset": { body: () => ({ reason: "looked at" }) },
  "POST /api/v1/rules": { body: ruleDraft },
  "PATCH /api/v1/rules/{id}": { body: () => ({ name: fresh }) },
  "DELETE /api/v1/rules/{id}": { url: () => rulePath("/api/v1/rules", "deleted") },
  "POST /api/v1/automation/thresholds": { body: () => ({ ...ruleDraft(), key: "threshold" }) },
  "PATCH /api/v1/automation/thresholds/{id}": { body: () => ({ name: fresh }) },
  "DELETE /api/v1/automation/thresholds/{id}": { url: () => rulePath("/api/v1/automation/thresholds", "deleted") },
  "POST /api/v1/schedules": { body: scheduleDraft },
  "PATCH /api/v1/schedules/{id}": { body: () => ({ name: fresh }) },
  "POST /api/v1/schedules/{id}/pause": {},
  "POST /api/v1/schedules/{id}/resume": {},
  "DELETE /api/v1/schedules/{id}": { url: () => schedulePath("/api/v1/schedules", "deleted") },
  "POST /api/v1/automation/schedules": { body: () => ({ ...scheduleDraft(), key: "schedule" }) },
  "PATCH /api/v1/automation/schedules/{id}": { body: () => ({ name: fresh }) },
  "POST /api/v1/automation/schedules/{id}/pause": {},
  "POST /api/v1/automation/schedules/{id}/resume": {},
  "DELETE /api/v1/automation/schedules/{id}": { url: () => schedulePath("/api/v1/automation/schedules", "deleted") },
  "POST /api/v1/executions/{id}/cancel": { url: async () => `/api/v1/executions/${await waiting()}/cancel` },
  "POST /api/v1/automation/executions/{id}/cancel": {
    url: async () => `/api/v1/automation/executions/${await waiting()}/cancel`,
  },
  "POST /api/v1/alerts/{id}/acknowledge": {},
  "POST /api/v1/alerts/acknowledge": { body: async () => ({ ids: [await alert("firing")] }) },
  "POST /api/v1/alerts/{id}/clear": { url: async () => `/api/v1/alerts/${await alert("resolved")}/clear` },
  "POST /api/v1/alerts/{id}/comments": { body: () => ({ comment: "seen" }) },
  "POST /api/v1/alerts/{id}/shelve": { body: () => ({ until: new Date(Date.now() + 3_600_000), reason: "work" }) },
  "POST /api/v1/alerts/{id}/unshelve": {},
  "POST /api/v1/channels": { body: () => ({ name: fresh, ...webhook }) },
  "PATCH /api/v1/channels/{channel}": { body: () => ({ limits: { burst: 2 } }) },
  "POST /api/v1/channels/{channel}/rotate-secret": {},
  "POST /api/v1/channels/{channel}/disable": {},
  "POST /api/v1/channels/{channel}/enable": {},
  "POST /api/v1/channels/{channel}/replay": {
    url: async () => {
      await deadDelivery();
      return `/api/v1/channels/${thing("channels/{channel}")}/replay`;
    },
  },
  "POST /api/v1/deliveries/{delivery}/replay": {
    url: async () => {
      await deadDelivery();
      return `/api/v1/deliveries/${things.get("deliveries/{delivery}")}/replay`;
    },
  },
  "DELETE /api/v1/channels/{channel}": {
    url: async () => `/api/v1/channels/${(await made("/api/v1/channels", { name: "deleted", ...webhook })).id}`,
  },
  "POST /api/v1/notification-routes": { body: () => ({ name: fresh, channels: [thing("channels/{channel}")] }) },
  "PATCH /api/v1/notification-routes/{route}": { body: () => ({ name: fresh }) },
  "DELETE /api/v1/notification-routes/{route}": {},
};

const COMMANDS = "commands and executions have a trail of their own, which names who asked and cannot be changed";
/** Their tests are beside them: they need a mail, an app, a provider or a device. */
const PROTOCOL = "is a step that begins elsewhere";
const READS = "it changes nothing";

/** What writes nothing into the audit, and why. */
const EXEMPT: Readonly<Record<string, string>> = {
  "POST /api/auth/refresh": "a session goes on",
  "POST /oauth2/token": "a token of a program is used, and nothing changed; of a person it is a sign-in",
  "POST /oauth2/revoke": PROTOCOL,
  "POST /api/auth/oidc/token": PROTOCOL,
  "POST /api/auth/login/second-factor": PROTOCOL,
  "POST /api/auth/register": PROTOCOL,
  "POST /api/auth/confirm-email": PROTOCOL,
  "POST /api/auth/forgot-password": PROTOCOL,
  "POST /api/auth/reset-password": PROTOCOL,
  "POST /api/auth/accept-invitation": PROTOCOL,
  "POST /api/auth/join": PROTOCOL,
  "POST /api/v1/registrations/{userId}/confirm": PROTOCOL,
  "DELETE /api/v1/registrations/{userId}": PROTOCOL,
  "POST /api/v1/me/email": PROTOCOL,
  "POST /api/v1/me/second-factor/confirm": PROTOCOL,
  "POST /api/v1/me/second-factor/recovery-codes": PROTOCOL,
  "POST /api/v1/me/second-factor/disable": PROTOCOL,
  "DELETE /api/v1/users/{id}/second-factor": PROTOCOL,
  "POST /api/v1/organizations": "its entry is the new organization's",
  "POST /api/v1/devices/claim": PROTOCOL,
  "POST /api/v1/devices/{uid}/certificates": PROTOCOL,
  "DELETE /api/v1/devices/{uid}/certificates/{fingerprint}": PROTOCOL,
  "POST /api/v1/executions/{id}/replay": COMMANDS,
  "POST /api/v1/automation/executions/{id}/replay": COMMANDS,
  "POST /api/v1/actuators/{id}/commands": COMMANDS,
  "POST /api/v1/actuators/{id}/trip": COMMANDS,
  "POST /api/v1/automation/execute": COMMANDS,
  "POST /api/v1/channels/{channel}/test": "it sends a message, and changes nothing",
  "POST /api/v1/profiles/{profile}/retention/dry-run": READS,
  "POST /api/v1/rules/backtest": READS,
  "POST /api/v1/rules/{id}/backtest": READS,
  "POST /api/v1/schedules/preview": READS,
  "POST /api/v1/automation/schedules/preview": READS,
};

test.each(Object.entries(CHANGES))("%s is audited", async (route, { url, body = () => ({}), as = "admin" }) => {
  const [method, template] = route.split(" ") as ["POST" | "PATCH" | "PUT" | "DELETE", string];
  const path = url === undefined ? pathTo(things, template) : await url();
  await sluice.tokenOf(as);
  const payload = method === "DELETE" ? {} : { payload: await body() };
  const before = await newestEntry();
  const answer = await sluice.ask({ as, method, url: path, ...payload });
  expect([200, 201, 202, 204], answer.body).toContain(answer.statusCode);
  const [entry] = (await sluice.ask({ url: "/api/v1/audit?limit=1" })).json();
  expect(entry.id).toBeGreaterThan(before);
  expect(entry).toMatchObject({ actorName: `${as}@example.org`, address: "127.0.0.1" });
  expect(entry.action).toMatch(/^[a-z-]+\.[a-z_-]+$/);
  expect(entry.subject).toMatch(/^[a-z-]+:.+$/);
});

async function newestEntry(): Promise<number> {
  const [entry] = (await sluice.ask({ url: "/api/v1/audit?limit=1" })).json();
  return entry?.id ?? 0;
}

test("every route that changes something is in this table, or says why it need not be", () => {
  const paths = sluice.app.swagger().paths as Record<string, object>;
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations)
      .filter((method) => method !== "get")
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
  const untold = routes.filter((route) => !(route in CHANGES) && !(route in EXEMPT));
  expect(untold).toEqual([]);
  const gone = Object.keys({ ...CHANGES, ...EXEMPT }).filter((route) => !routes.includes(route));
  expect(gone).toEqual([]);
});
