import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRoute, type RouteDraft, updateRoute } from "./manage-routes.ts";
import { listRoutes } from "./route-store.ts";
import { createTestNotifications, type TestNotifications } from "./testing/test-notifications.ts";

let sluice: TestNotifications;
let server: SMTPServer;
let mails: string[];
let first: number;
let second: number;

beforeAll(async () => {
  mails = [];
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    async onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      mails.push(Buffer.concat(chunks).toString().replaceAll("=\r\n", ""));
      done();
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const smtpUrl = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  sluice = await createTestNotifications({ email: { smtpUrl, from: "ops@farm.example" } });
  first = (await sluice.addChannel({ kind: "email", to: ["ada@example.org"] })).channel.id;
  second = (await sluice.addChannel({ kind: "email", to: ["ben@example.org"] })).channel.id;
});
afterAll(async () => {
  await sluice.close();
  await new Promise<void>((resolve) => server.close(resolve));
});

const quiet = { timeZone: "Europe/Berlin", from: "22:00", to: "06:00", breakThrough: [], action: "hold" } as const;
const step = (afterMinutes: number, ...channels: number[]) => ({ afterMinutes, channels });

test.each<[string, string, () => RouteDraft]>([
  ["a channel that escalates to itself", "route.escalation_cycle", () => ({ escalation: [step(5, first)] })],
  [
    "a later step that comes back",
    "route.escalation_cycle",
    () => ({ escalation: [step(5, second), step(9, second)] }),
  ],
  [
    "a step that is not later",
    "route.escalation_order",
    () => ({ escalation: [step(9, second), step(9, first)], channels: [9_999] }),
  ],
  ["a step without a channel", "route.channels_missing", () => ({ escalation: [step(5)] })],
  ["no channel", "route.channels_missing", () => ({ channels: [] })],
  ["a channel that does not exist", "channel.unknown", () => ({ channels: [9_999] })],
  ["a site that does not exist", "site.unknown", () => ({ match: { sites: [9_999] } })],
  ["a template that cannot render", "route.template_invalid", () => ({ templates: { email: { body: "{titel}" } } })],
  ["a zone that does not exist", "time_zone.unknown", () => ({ quietHours: { ...quiet, timeZone: "Mars/Base" } })],
  ["an hour that does not exist", "route.quiet_hours_invalid", () => ({ quietHours: { ...quiet, from: "25:00" } })],
  ["quiet hours without an end", "route.quiet_hours_invalid", () => ({ quietHours: { ...quiet, from: "06:00" } })],
  ["no event", "route.events_invalid", () => ({ match: { events: [] } })],
  ["what is escalated already", "route.events_invalid", () => ({ match: { events: ["escalated"] } })],
])("%s is refused: %s", async (_what, code, draft) => {
  await expect(sluice.addRoute([first], draft())).rejects.toMatchObject({ code });
});

test("a channel and a site of another organization are as unknown as any", async () => {
  const stranger = await sluice.stranger();
  const route = (draft: RouteDraft) => createRoute(sluice.notifications, stranger, { name: "Theirs", ...draft });
  await expect(route({ channels: [first] })).rejects.toMatchObject({ code: "channel.unknown" });
  await expect(
    sluice.rows("insert into notification_route_channel values ($1, $2, $3, 0)", [
      stranger.organizationId,
      (await sluice.addRoute([second])).id,
      first,
    ]),
  ).rejects.toMatchObject({ code: "23503" });
});

test("a route that takes the place of another puts it behind itself", async () => {
  const { organizationId } = sluice.by;
  const places = async () =>
    (await listRoutes(sluice.database.pool, organizationId, { limit: 100 })).map(({ name }) => name);
  await sluice.rows("delete from notification_route");
  for (const name of ["one", "two", "three"]) await sluice.addRoute([first], { name });
  const zero = await sluice.addRoute([first], { name: "zero", position: 1 });
  expect(await places()).toEqual(["zero", "one", "two", "three"]);
  await updateRoute(sluice.notifications, sluice.by, zero.id, { position: 3 });
  expect(await places()).toEqual(["one", "zero", "two", "three"]);
  await sluice.rows("delete from notification_route");
});

test("a change is checked as a whole: what was good before may not fit what is new", async () => {
  const { id } = await sluice.addRoute([first], { escalation: [step(5, second)] });
  const change = (draft: RouteDraft) => updateRoute(sluice.notifications, sluice.by, id, draft);
  await expect(change({ channels: [second] })).rejects.toMatchObject({ code: "route.escalation_cycle" });
  expect(await change({ channels: [second], escalation: [] })).toMatchObject({ channels: [second], escalation: [] });
});

test("a template that throws gives way to the plain text, and the delivery's log says so", async () => {
  const { id: channelId } = (await sluice.addChannel({ kind: "email", to: ["log@example.org"] })).channel;
  await sluice.addRoute([channelId], {
    position: 1,
    match: { rules: [71] },
    templates: { email: { subject: "{site}: {title}", body: "{data.value:1} of {data.threshold:1}" } },
  });
  await sluice.enqueue(sluice.notice({ ruleId: 71 }), sluice.notice({ ruleId: 71, data: { value: 3, threshold: 4 } }));
  const worker = sluice.startWorker();
  await worker.settled();
  expect(mails).toHaveLength(2);
  expect(mails[0]).toContain("Subject: [MAJOR] Oxygen is low in pond 3");
  expect(mails[1]).toMatch(/Subject: .*: Oxygen is low in pond 3/);
  expect(mails[1]).toContain("3.0 of 4.0");
  expect(
    await sluice.rows("select outcome, note from delivery_attempt where channel_id = $1 order by id", [channelId]),
  ).toEqual([
    { outcome: "sent", note: expect.stringContaining("data.threshold is no number in this notice") },
    { outcome: "sent", note: null },
  ]);
});

test("what falls into quiet hours is told when they end, as one digest; what breaks through is told at once", async () => {
  const { id: channelId } = (await sluice.addChannel({ kind: "email", to: ["night@example.org"] })).channel;
  const night = { ...quiet, timeZone: "UTC", from: "00:00", to: "23:59", breakThrough: ["major" as const] };
  await sluice.addRoute([channelId], { position: 1, match: { rules: [72] }, quietHours: night });
  const before = mails.length;
  const quietly = () => sluice.notice({ ruleId: 72, severity: "warning" });
  await sluice.enqueue(quietly(), quietly(), sluice.notice({ ruleId: 72, severity: "major" }));
  const worker = sluice.startWorker();
  await worker.settled();
  expect(mails.slice(before).map((mail) => /Subject: (.*)/.exec(mail)?.[1])).toEqual([
    "[MAJOR] Oxygen is low in pond 3",
  ]);
  await sluice.pass(worker, 24 * 3_600_000, 3_600_000);
  expect(mails.slice(before).map((mail) => /Subject: (.*)/.exec(mail)?.[1])).toEqual([
    "[MAJOR] Oxygen is low in pond 3",
    "[WARNING] 2 alerts, 2 notices",
  ]);
});
