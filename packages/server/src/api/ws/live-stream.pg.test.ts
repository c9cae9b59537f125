import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acknowledgeAlert } from "../../alerts/index.ts";
import { createClient, createUser, login, logout } from "../../auth/index.ts";
import { addOrganization } from "../../devices/testing/test-registry.ts";
import { notifyLive } from "../../platform/live-notice.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { PING_MS, RECHECK_MS, TOKEN_WITHIN_MS } from "./live-session.ts";
import { createTestStream, type TestStream } from "./testing/test-stream.ts";

let test: TestStream;

beforeEach(async () => {
  test = await createTestStream();
});
afterEach(() => test.stop());

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
    await client.say({ token: "x".repeat(20_000) });
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
    const again = { username: "operator@example.org", password: "correct horse battery", address: "10.0.0.1" };
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
    await test.stop();
    test = await createTestStream({ maxPerOrganization: 2, maxUnknown: 1 });
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
