import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { foldAlerts } from "../../alerts/index.ts";
import { DEVICE_IDENTITY } from "../../ingest/testing/client-certificates.ts";
import { enqueueNotices, type Notice } from "../../notifications/index.ts";
import { inTransaction } from "../../platform/postgres.ts";
import type { TestApp } from "./test-app.ts";

/** In the name of every thing that is made here, and nowhere else. */
export const MARK = "only-ours";

const PASSWORD = "correct horse battery";

/** What stands in a path for one of our things, by the word before it: "sites/{site}". */
export type Things = ReadonlyMap<string, string>;

/** One of everything that a path can name, in the organization of the test application. */
export async function makeThings(sluice: TestApp): Promise<Things> {
  const post = async (url: string, payload: object): Promise<{ readonly [key: string]: number }> => {
    const answer = await sluice.ask({ method: "POST", url, payload });
    expect([200, 201, 202], `${url}: ${answer.body}`).toContain(answer.statusCode);
    return answer.json();
  };
  const name = `Name ${MARK}`;
  await post("/api/v1/sites", { slug: MARK, name, timeZone: "Europe/Berlin", region: MARK });
  const asset = await post("/api/v1/assets", { kind: "zone", name, site: MARK });
  const event = await post("/api/v1/asset-events", {
    kind: "note",
    note: name,
    asset: asset.id,
    at: "2020-01-01T00:00:00Z",
  });
  const periods = [{ name: MARK, price: 0.3 }];
  const tariff = await post("/api/v1/tariffs", { name, site: MARK, validFrom: "2020-01-01", periods });
  const metrics = [{ key: "level", unit: "m" }];
  const actuators = [{ key: "valve", kind: "valve", maxRunMs: 60_000, cooldownMs: 0 }];
  await post("/api/v1/profiles", { key: MARK, name, metrics, actuators });
  const device = await post("/api/v1/devices", { uid: MARK, name, profile: MARK, site: MARK, asset: asset.id });
  await sluice.store(MARK, Date.now() - 60_000, { level: 2 });
  const [valve] = (await sluice.ask({ url: `/api/v1/devices/${MARK}/actuators` })).json();
  const command = await post(`/api/v1/actuators/${valve.id}/commands`, { kind: "STOP", reason: MARK });
  await post(`/api/v1/actuators/${valve.id}/trip`, { cause: "dry_run" });
  const client = await post("/api/v1/clients", { name, scopes: ["ingest"] });
  const rule = await post("/api/v1/rules", {
    ...{ name, key: MARK, device: MARK, action: null, alert: { severity: "major" } },
    definition: { kind: "threshold", metric: "level", operator: "below", value: 1 },
  });
  const schedule = await post("/api/v1/schedules", {
    ...{ name, actuator: valve.id, action: { kind: "RUN", durationMs: 20_000 } },
    times: { kind: "cron", expression: "0 6 * * *" },
  });
  const channel = await post("/api/v1/channels", {
    ...{ name, kind: "webhook", configuration: { url: "http://127.0.0.1:9/" } },
  });
  const route = await post("/api/v1/notification-routes", { name, channels: [channel.id] });
  const report = { report: "water-quality-daily", location: MARK };
  const run = await post("/api/v1/reports", report);
  const times = { kind: "daily", at: "06:00" };
  const reportSchedule = await post("/api/v1/report-schedules", { ...report, name, times });
  const user = await post("/api/v1/users", {
    email: `${MARK}@example.org`,
    name,
    roles: ["operator"],
    password: PASSWORD,
  });
  const invitation = await post("/api/v1/invitations", { email: `invited-${MARK}@example.org`, roles: ["operator"] });
  const claim = await post("/api/v1/claims", { profile: MARK, uid: `claimed-${MARK}` });
  await post("/api/v1/entities", { name, slug: MARK, sites: [MARK] });
  const redirectUris = [`https://${MARK}.example.org/`];
  const application = await post("/api/v1/applications", { name, redirectUris });
  const certificates = `/api/v1/devices/${MARK}/certificates`;
  const { fingerprint } = await post(certificates, { certificate: DEVICE_IDENTITY.cert });
  const [session] = (await sluice.ask({ url: "/api/v1/me/sessions" })).json();
  const erasure = await post("/api/v1/erasures", { device: MARK, reason: MARK });
  const { alert, delivery } = await alarm(sluice, rule.id!);
  return new Map<string, string | number>([
    ["sites/{site}", MARK],
    ["assets/{asset}", asset.id!],
    ["asset-events/{event}", event.id!],
    ["tariffs/{tariff}", tariff.id!],
    ["zones/{zone}", asset.id!],
    ["profiles/{profile}", MARK],
    ["solutions/{solution}", "cold-chain"],
    ["metrics/{metric}", "level"],
    ["devices/{uid}", MARK],
    ["v1/{token}", device.token!],
    ["certificates/{fingerprint}", fingerprint!],
    ["clients/{id}", client.id!],
    ["actuators/{id}", valve.id],
    ["commands/{id}", command.id!],
    ["executions/{id}", command.execution!],
    ["rules/{id}", rule.id!],
    ["thresholds/{id}", rule.id!],
    ["schedules/{id}", schedule.id!],
    ["alerts/{id}", alert],
    ["channels/{channel}", channel.id!],
    ["notification-routes/{route}", route.id!],
    ["deliveries/{delivery}", delivery],
    ["reports/{id}", run.id!],
    ["report-schedules/{schedule}", reportSchedule.id!],
    ["users/{id}", user.id!],
    ["invitations/{id}", invitation.id!],
    ["registrations/{userId}", await registration(sluice)],
    ["sessions/{id}", session.id],
    ["identities/{id}", await identity(sluice)],
    ["claims/{id}", claim.id!],
    ["entities/{entity}", MARK],
    ["applications/{id}", application.id!],
    ["erasures/{erasure}", erasure.id!],
  ] as const) as Things;
}

/** The path with our things in it. Throws if it names something that is not made here. */
export function pathTo(things: Things, template: string): string {
  const parts = template.split("/");
  return parts
    .map((part, index) => {
      if (!part.startsWith("{")) return part;
      const thing = things.get(`${parts[index - 1]}/${part}`);
      if (thing === undefined)
        throw new Error(`makeThings makes nothing for ${template}: add one to ${import.meta.filename}`);
      return encodeURIComponent(thing);
    })
    .join("/");
}

/** Somebody who waits to be confirmed. Registration itself is closed. */
async function registration({ database, organizationId }: TestApp): Promise<string> {
  const id = randomUUID();
  await database.pool.query(
    `insert into registration (user_id, organization_id, token_hash, username, email, password_hash, created_at, expires_at)
     values ($1, $2, '\\x00', $3, $4, '', now(), now() + interval '1 day')`,
    [id, organizationId, MARK, `waiting-${MARK}@example.org`],
  );
  return id;
}

/** By which the administrator signs on, besides a password. */
async function identity({ database }: TestApp): Promise<string> {
  const { rows } = await database.pool.query(
    `insert into external_identity (issuer, subject, user_id, is_managed, last_used_at)
     select 'https://' || $1, $1, id, false, now() from app_user where email = 'admin@example.org'
     returning id`,
    [MARK],
  );
  return rows[0].id;
}

/** A firing alert, and a notice of it that waits to be delivered. */
async function alarm({ database, alerts, organizationId }: TestApp, ruleId: number) {
  const { pool } = database;
  const { rows } = await pool.query("select id from device where uid = $1", [MARK]);
  const transition = { ruleId, deviceId: rows[0].id, seq: 1, episode: 1, readingMicros: 1.79e15, value: 0 };
  await inTransaction(pool, (client) => foldAlerts(client, [{ ...transition, state: "firing" }], alerts));
  const alert: string = (await pool.query("select id from alert where rule_id = $1", [ruleId])).rows[0].id;
  const notice: Notice = {
    ...{ id: randomUUID(), organizationId, alertId: alert, event: "fired", severity: "major" },
    ...{ siteId: null, ruleId, deviceId: rows[0].id, title: MARK, message: MARK, occurredAtMicros: Date.now() * 1000 },
    data: {},
  };
  await inTransaction(pool, (client) => enqueueNotices(client, [notice]));
  const delivery: string = (await pool.query("select id from delivery")).rows[0].id;
  return { alert, delivery };
}
