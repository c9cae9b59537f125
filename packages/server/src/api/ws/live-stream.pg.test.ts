import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { acknowledgeAlert } from "../../alerts/index.ts";
import { createClient, createUser, login, logout } from "../../auth/index.ts";
import { addOrganization } from "../../devices/testing/test-registry.ts";
import { notifyLive } from "../../platform/live-notice.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { PING_MS, RECHECK_MS, TOKEN_WITHIN_MS } from "./live-session.ts";
import { POLL_MS } from "./readings-feed.ts";
import { createTestStream, type Received, type TestStream, type TestStreamOptions } from "./testing/test-stream.ts";

let stream: TestStream;
/** Each test has an organization of its own. */
let test: TestStream;

beforeAll(async () => {
  stream = await createTestStream();
});
beforeEach(async () => {
  test = await stream.anew();
});
afterAll(() => stream.stop());

async function ownStream(options?: TestStreamOptions): Promise<TestStream> {
  const own = await createTestStream(options);
  onTestFinished(() => own.stop());
  return own;
}

describe("whoever connects", () => {
  it("is known by the token of its header", async () => {
    const client = test.connect({ authorization: `Bearer ${await test.tokenOf("operator")}` });
    expect(await client.next()).toEqual({ seq: 1, type: "ready" });
  });

  it("is known by the token of its first message", async () => {
    const client = test.connect();
    await client.say({ token: await test.tokenOf("operator") });
    expect(await client.next()).toEqual({ seq: 1, type: "ready" });
  });

  it("and says nothing for 5 s is turned away", async () => {
    const client = test.connect();
    await client.say({ token: await test.tokenOf("operator") });
    await client.next();
    const silent = test.connect();
    await new Promise((resolve) => silent.socket.addEventListener("open", resolve));
    test.clock.advance(TOKEN_WITHIN_MS);
    expect(await silent.closed).toMatchObject({ code: 4408 });
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  it.each([
    ["a wrong token", { token: "nonsense" }, 4401, "auth.token_invalid"],
    ["a subscription before a token", { subscribe: { alerts: {} } }, 4401, "auth.token_missing"],
    ["no JSON", "hello", 4400, "stream.message_invalid"],
    ["something else", { hello: 1 }, 4400, "stream.message_invalid"],
    ["an unknown filter", { subscribe: { alerts: { colour: "red" } } }, 4400, "stream.message_invalid"],
  ])("with %s is told why, and turned away", async (_what, message, code, error) => {
    const client = test.connect();
    await client.say(message);
    expect(await client.next()).toMatchObject({ seq: 1, type: "error", code: error });
    expect(await client.closed).toMatchObject({ code });
  });

  it("as a program, which may not read, is turned away", async () => {
    const client = test.connect();
    const { token } = await createClient(test.accounts, test.operator, { name: "probe", scopes: ["ingest"] });
    await client.say({ token });
    expect(await client.closed).toMatchObject({ code: 4403 });
  });

  it("without a WebSocket is told to use one", async () => {
    expect(await (await fetch(test.httpUrl)).json()).toMatchObject({ code: "stream.upgrade_required" });
  });

  it("with a message that is too large is turned away", async () => {
    const client = test.connect();
    await client.say({ token: "x".repeat(70_000) });
    expect((await client.closed).code).toBe(1009);
  });
});

describe("a subscriber", () => {
  it("gets what is open, and then every change of it, each message numbered", async () => {
    const probe = await test.addDevice({ severity: "major" });
    const other = await test.addDevice({ severity: "info" });
    await test.fold(probe);
    const client = test.connect();
    await client.say({ token: await test.tokenOf("scientist"), subscribe: { alerts: {} } });
    await client.next();
    expect(await client.next()).toMatchObject({
      seq: 2,
      type: "snapshot",
      alerts: [{ device: probe.uid, state: "firing" }],
      truncated: [],
    });
    await test.fold(other);
    expect(await client.next()).toMatchObject({
      seq: 3,
      type: "change",
      kind: "alert",
      item: { device: other.uid, state: "firing" },
    });
    await test.fold({ ...probe, state: "resolved" });
    expect(await client.next()).toMatchObject({ seq: 4, item: { device: probe.uid, state: "resolved", open: false } });
  });

  it("is shown the very thing that the REST interface shows", async () => {
    const client = await test.subscribe({ alerts: {} });
    await test.fold(await test.addDevice({ severity: "major", group: "g", isLatched: true }));
    const [alert] = await test.list();
    const { item } = await client.next();
    expect(item).toEqual(JSON.parse(JSON.stringify(alert)));
  });

  it("is told that a pending alert has vanished", async () => {
    const probe = await test.addDevice({ severity: "major" });
    const client = await test.subscribe({ alerts: {} });
    await test.fold({ ...probe, state: "pending" });
    const { id } = await client.next();
    await test.fold({ ...probe, state: "resolved" });
    expect(await client.next()).toMatchObject({ kind: "alert", id, item: null });
  });

  it("sees only what it asked for: by severity, site and region", async () => {
    await test.pool.query("update site set region = 'north'");
    const critical = await test.subscribe({ alerts: { severity: ["critical", "major"], region: "north" } });
    const south = await test.subscribe({ alerts: { region: "south" } });
    const nothing = await test.subscribe({ commands: {} });
    await test.fold(await test.addDevice({ severity: "info" }), await test.addDevice({ severity: "critical" }));
    expect(await critical.next()).toMatchObject({ item: { severity: "critical" } });
    await test.stream.hub.settled();
    expect([critical, south, nothing].map(({ unread }) => unread.length)).toEqual([0, 0, 0]);
  });

  it("is told when something that it was shown is no longer what it asked for", async () => {
    const probe = await test.addDevice({ severity: "critical", isLatched: true });
    const client = await test.subscribe({ alerts: { severity: "critical" } });
    await test.fold(probe, { ...probe, state: "resolved" });
    const { id } = await client.next();
    await test.pool.query("update rule set alert = $1", [{ severity: "info", isLatched: true }]);
    await test.fold({ ...probe, episode: 2 });
    expect(await client.next()).toMatchObject({ id, item: null });
  });

  it("sees nothing of another organization", async () => {
    const stranger = await addOrganization(test.pool, "elsewhere");
    const client = await test.subscribe({ alerts: {} });
    const { rows } = await test.pool.query(
      `insert into alert (id, organization_id, source, severity, title, message, state, first_episode, episode, occurrences,
                          opened_at, fired_at)
       values (gen_random_uuid(), $1, 'disk', 'info', 't', 'm', 'firing', 1, 1, 1, date_trunc('milliseconds', now()), now())
       returning id`,
      [stranger.organizationId],
    );
    // Even a notice that names the wrong organization shows nothing.
    for (const organizationId of [stranger.organizationId, test.operator.organizationId]) {
      const notice = { organizationId, kind: "alert", id: rows[0].id } as const;
      await inTransaction(test.pool, (client) => notifyLive(client, [notice]));
    }
    await test.fold(await test.addDevice({ severity: "info" }));
    expect(await client.next()).toMatchObject({ item: { severity: "info", source: null } });
  });

  it("may subscribe anew, and gets a snapshot of that", async () => {
    await test.fold(await test.addDevice({ severity: "info" }));
    const client = await test.subscribe({ executions: {} });
    await client.say({ subscribe: { alerts: {}, commands: { actuator: 1 }, executions: {} } });
    expect(await client.next()).toMatchObject({ alerts: [{ severity: "info" }], commands: [], executions: [] });
  });

  it("gets a snapshot after a gap in the notices", async () => {
    const client = await test.subscribe({ alerts: {} });
    await test.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sluice/listen'",
    );
    expect(await client.next()).toMatchObject({ type: "snapshot" });
  });

  it("gets many changes of one thing, the last of them as it is now", async () => {
    const probe = await test.addDevice({ severity: "info", isLatched: true });
    const client = await test.subscribe({ alerts: {} });
    for (let episode = 1; episode <= 50; episode++) {
      await test.fold({ ...probe, episode }, { ...probe, episode, state: "resolved" });
    }
    let item: unknown;
    do ({ item } = await client.next());
    while ((item as { occurrences: number }).occurrences < 50);
    expect(item).toMatchObject({ state: "resolved", occurrences: 50 });
  });
});

describe("a connection ends", () => {
  it("when its token expires, and not if a newer one came in time", async () => {
    const stale = await test.subscribe({ alerts: {} });
    const renewed = await test.subscribe({ alerts: {} }, "operator");
    test.clock.advance(14 * 60_000);
    const again = { username: test.emailOf("operator"), password: "correct horse battery", address: "10.0.0.1" };
    await renewed.say({ token: (await login(test.accounts, again)).access_token, subscribe: { alerts: {} } });
    await renewed.next();
    test.clock.advance(60_000 + RECHECK_MS);
    expect(await stale.next()).toMatchObject({ type: "error", code: "auth.token_expired" });
    expect(await stale.closed).toMatchObject({ code: 4401 });
    await renewed.say({ subscribe: { alerts: {} } });
    expect(await renewed.next()).toMatchObject({ type: "snapshot" });
  });

  it("when its session has ended", async () => {
    const person = { email: "ben@example.org", password: "correct horse battery" };
    await createUser(test.accounts, test.operator, { ...person, roles: ["operator"] });
    const pair = await login(test.accounts, { username: person.email, password: person.password, address: "10.0.0.1" });
    const client = test.connect();
    await client.say({ token: pair.access_token });
    await client.next();
    await logout(test.accounts, pair.refresh_token);
    test.clock.advance(RECHECK_MS);
    expect(await client.closed).toMatchObject({ code: 4401 });
  });

  it("with “going away” when the server stops", async () => {
    test = await ownStream();
    const client = await test.subscribe({ alerts: {} });
    await test.app.close();
    expect(await client.closed).toMatchObject({ code: 1001 });
  });

  it("when the client answers no ping, and not when it does", async () => {
    const client = await test.subscribe({ alerts: {} });
    for (let round = 0; round < 3; round++) {
      test.clock.advance(PING_MS);
      // An answer to a later message has come after the answer to the ping.
      await client.say({ subscribe: { alerts: {} } });
      await client.next();
    }
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    test.clock.advance(PING_MS);
    test.clock.advance(PING_MS);
    expect((await client.closed).code).toBe(1006);
  });
});

describe("connections of one organization", () => {
  it("have a limit, and a place is free again once one has closed", async () => {
    test = await ownStream({ limits: { maxPerOrganization: 2, maxKnown: 10, maxUnknown: 10, maxUnknownOfAddress: 1 } });
    const first = await test.subscribe({ alerts: {} });
    await test.subscribe({ alerts: {} });
    const third = test.connect();
    await third.say({ token: await test.tokenOf("scientist") });
    expect(await third.closed).toMatchObject({ code: 4429 });
    first.socket.close();
    await first.closed;
    const fourth = await test.subscribe({ alerts: {} });
    expect(fourth.socket.readyState).toBe(WebSocket.OPEN);
    const unknown = [test.connect(), test.connect()];
    expect(await Promise.race(unknown.map(({ closed }) => closed))).toMatchObject({ code: 4429 });
  });
});

it("a change by a person is on the stream as well", async () => {
  const probe = await test.addDevice({ severity: "info" });
  await test.fold(probe);
  const [alert] = await test.list();
  const client = await test.subscribe({ alerts: {} });
  await acknowledgeAlert(test.alerts, test.operator, alert!.id);
  expect(await client.next()).toMatchObject({ item: { id: alert!.id, acknowledged: { by: "user:ada" } } });
});

describe("readings", () => {
  it("come as they are stored, by device and by site", async () => {
    const probe = await test.addDevice(null);
    const client = await test.watch({ devices: [probe.uid] });
    expect(client.snapshot).toEqual([{ device: probe.uid, ts: null, values: {} }]);
    await test.store(probe.uid, 1_790_000_000_000, { ph: 7.2, temp: 15 });
    expect(await client.next()).toMatchObject({
      type: "readings",
      items: [{ device: probe.uid, ts: 1_790_000_000_000, values: { ph: 7.2, temp: 15 } }],
    });
    const atSite = await test.watch({ site: "default", metrics: ["temp"] });
    expect(atSite.snapshot).toEqual([{ device: probe.uid, ts: 1_790_000_000_000, values: { temp: 15 } }]);
  });

  it("are polled where another process stores them", async () => {
    test = await ownStream({ isOwner: false });
    const probe = await test.addDevice(null);
    await test.store(probe.uid, 1_790_000_000_000, { ph: 7.2 });
    const client = await test.watch({ devices: [probe.uid] });
    expect(client.snapshot).toMatchObject([{ values: { ph: 7.2 } }]);
    await test.store(probe.uid, 1_790_000_001_000, { ph: 7.3 });
    test.clock.advance(POLL_MS);
    expect(await client.next()).toMatchObject({ items: [{ values: { ph: 7.3 } }] });
  });

  it("of what there is not, or of too much, are refused", async () => {
    const tooMany = Array.from({ length: 1_001 }, (_, number) => `d${number}`);
    for (const [readings, code] of [
      [{ devices: ["nobody"] }, "device.unknown"],
      [{ site: "nowhere" }, "site.unknown"],
      [{}, "stream.message_invalid"],
      [{ devices: tooMany }, "stream.message_invalid"],
    ] as const) {
      const client = test.connect();
      await client.say({ token: await test.tokenOf("operator") });
      await client.next();
      await client.say({ subscribe: { readings } });
      expect(await client.next()).toMatchObject({ type: "error", code });
      expect(await client.closed).toMatchObject({ code: 4400 });
    }
  });

  it("of another organization's device are as unknown as if there were none", async () => {
    const stranger = await addOrganization(test.pool, "far-away");
    await test.pool.query(
      `with p as (insert into device_profile (organization_id, key, name) values ($1, 'generic', 'Generic') returning id),
            s as (insert into site (organization_id, slug, name, time_zone) values ($1, 'there', 'There', 'UTC') returning id)
       insert into device (organization_id, uid, name, profile_id, site_id)
       select $1, 'theirs', 'Theirs', p.id, s.id from p, s`,
      [stranger.organizationId],
    );
    const client = test.connect();
    await client.say({ token: await test.tokenOf("admin"), subscribe: { readings: { devices: ["theirs"] } } });
    await client.next();
    expect(await client.next()).toMatchObject({ type: "error", code: "device.unknown" });
  });
});

describe("a program", () => {
  it("with the scope may watch what the scope says, and nothing else", async () => {
    const probe = await test.addDevice(null);
    const { token } = await createClient(test.accounts, test.operator, { name: "board", scopes: ["telemetry:read"] });
    const client = test.connect({ authorization: `Bearer ${token}` });
    await client.say({ subscribe: { readings: { devices: [probe.uid] } } });
    await client.next();
    expect(await client.next()).toMatchObject({ type: "readings", snapshot: true });
    await client.say({ subscribe: { alerts: {} }, id: "more" });
    expect(await client.next()).toMatchObject({ type: "error", code: "auth.forbidden" });
    expect(await client.closed).toMatchObject({ code: 4403 });
  });
});

describe("what a browser sends by itself", () => {
  it("opens nothing: neither a cookie nor an address with a token in it, from whatever page", async () => {
    const token = await test.tokenOf("admin");
    const headers = { cookie: `access_token=${token}; token=${token}`, origin: "https://evil.example" };
    const client = test.connect(headers, `?access_token=${token}&token=${token}`);
    await client.say({ subscribe: { alerts: {} } });
    expect(await client.next()).toMatchObject({ type: "error", code: "auth.token_missing" });
    expect(await client.closed).toMatchObject({ code: 4401 });
  });
});

describe("after a drop", () => {
  it("no change is lost: what ended meanwhile is told besides what is open", async () => {
    const [ended, open, quiet] = [
      await test.addDevice({ severity: "major" }),
      await test.addDevice({ severity: "major" }),
      await test.addDevice({ severity: "major" }),
    ];
    const seen = new Map<string, string>();
    let cursor: string | undefined;
    const see = (message: Received) => {
      cursor = (message.cursor as string | undefined) ?? cursor;
      const items = message.type === "snapshot" ? message.alerts : [message.item];
      for (const alert of items as { device: string; state: string }[]) seen.set(alert.device, alert.state);
    };
    const first = test.connect();
    await first.say({ token: await test.tokenOf("scientist"), subscribe: { alerts: {} } });
    await first.next();
    see(await first.next());
    await test.fold(quiet);
    see(await first.next());
    // Cut, as by a network that went away: no goodbye of either side.
    test.cut();
    await first.closed;
    await test.fold(ended, open);
    await test.fold({ ...ended, state: "resolved" }, { ...quiet, state: "resolved" });
    const again = test.connect();
    await again.say({ token: await test.tokenOf("scientist"), subscribe: { alerts: {} }, resume: cursor });
    await again.next();
    const snapshot = await again.next();
    expect(snapshot).toMatchObject({ type: "snapshot", resumed: true, alerts: [{ device: open.uid }] });
    see(snapshot);
    see(await again.next());
    see(await again.next());
    expect(Object.fromEntries(seen)).toEqual({
      [ended.uid]: "resolved",
      [open.uid]: "firing",
      [quiet.uid]: "resolved",
    });
  });

  it("a cursor of another process, or of before a gap, is answered with all that is open", async () => {
    const client = test.connect();
    await client.say({ token: await test.tokenOf("scientist"), subscribe: { alerts: {} }, resume: "elsewhere-12" });
    await client.next();
    expect(await client.next()).toMatchObject({ type: "snapshot", resumed: false });
  });
});
