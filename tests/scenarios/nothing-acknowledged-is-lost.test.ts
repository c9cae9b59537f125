import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { callApi, postmasterOf, type ServerProcess, startServerProcess } from "@sluice/cli/bench/server-process.ts";
import { seededRandom } from "@sluice/simulator/random.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { RepeatingSender } from "../support/repeating-sender.ts";
import { openStoredHome, type StoredHome } from "../support/stored-devices.ts";

const SEED = 20;
const KILLS = 20;
const DATABASE_CRASHES = 10;
const ZONES = 5;
const SENDERS = 4;
const STEPS_PER_BODY = 10;
const START_MS = Date.UTC(2026, 0, 1);

/** Dry and wet in turn, so that every reading begins or ends an episode. */
const moistureAt = (step: number) => (step % 2 === 0 ? 5 : 50);
const uidOf = (zone: number) => `zone-${zone}`;

/**
 * Everything is killed at moments that nobody chose while senders send, and send again. Afterwards the store is opened
 * without the server and compared with what was acknowledged.
 */
describe(`under load, kill -9 of all ${KILLS} times and of the database ${DATABASE_CRASHES} times (seed ${SEED})`, () => {
  const home = mkdtempSync(path.join(tmpdir(), "sluice-crash-"));
  const random = seededRandom(SEED);
  const acknowledged = Array.from({ length: ZONES }, () => new Set<number>());
  const nextStep = new Array<number>(ZONES).fill(0);
  let server: ServerProcess;
  let sender: RepeatingSender;
  let acks = 0;
  let onAck = () => {};
  let stored: StoredHome;

  beforeAll(async () => {
    server = await startServerProcess({ home, env: { SLUICE_LOG_LEVEL: "fatal" } });
    for (let zone = 0; zone < ZONES; zone++) {
      await callApi(server, "POST", "/api/v1/devices", { uid: uidOf(zone), profile: "irrigation-zone" });
    }
    await callApi(server, "POST", "/api/v1/devices", { uid: "marker", profile: "irrigation-zone" });
    const client = await callApi(server, "POST", "/api/v1/clients", { name: "load", scopes: ["ingest"] });
    sender = new RepeatingSender(server.httpUrl, client.token as string);
    await crashUnderLoad();
    await untilAllIsFolded();
    await server.stop();
    stored = await openStoredHome(home);
  }, 300_000);

  afterAll(async () => {
    sender?.close();
    await stored?.close();
    await server?.remove();
    rmSync(home, { recursive: true, force: true });
  });

  async function crashUnderLoad(): Promise<void> {
    let isOver = false;
    const load = Promise.all(
      Array.from({ length: SENDERS }, async () => {
        while (!isOver) await deliverNext();
      }),
    );
    for (let crash = 0; crash < KILLS + DATABASE_CRASHES; crash++) {
      await acksToCome(1 + Math.floor(random() * 25));
      if (crash % 3 === 2) process.kill(postmasterOf(server.pid), "SIGQUIT");
      else {
        await server.kill();
        server = await startServerProcess({ home, env: { SLUICE_LOG_LEVEL: "fatal" } });
        sender.url = server.httpUrl;
      }
    }
    await acksToCome(10);
    isOver = true;
    await load;
  }

  async function deliverNext(): Promise<void> {
    const zone = Math.floor(random() * ZONES);
    const first = nextStep[zone]!;
    nextStep[zone] = first + STEPS_PER_BODY;
    const steps = Array.from({ length: STEPS_PER_BODY }, (_, i) => first + i);
    const readings = steps.map((step) => ({
      device_id: uidOf(zone),
      ts_utc: new Date(START_MS + step * 1000).toISOString(),
      payload: { moisture: moistureAt(step), step },
    }));
    await sender.deliver("/api/readings/bulk", JSON.stringify({ readings }), random() < 0.3);
    for (const step of steps) acknowledged[zone]!.add(step);
    acks++;
    onAck();
  }

  function acksToCome(count: number): Promise<void> {
    const target = acks + count;
    return new Promise((resolve) => {
      onAck = () => {
        if (acks >= target) resolve();
      };
    });
  }

  /** Transitions are folded in order: when a later one has its execution, all have been. */
  async function untilAllIsFolded(): Promise<void> {
    const body = { device_id: "marker", ts_utc: new Date(START_MS).toISOString(), payload: { moisture: 1 } };
    await sender.deliver("/api/readings", JSON.stringify(body), false);
    const [pump] = await callApi<{ id: number }[]>(server, "GET", "/api/v1/devices/marker/actuators");
    await eventually(async () => {
      const executions = await callApi<unknown[]>(server, "GET", `/api/v1/executions?actuator=${pump!.id}`);
      return executions.length > 0 ? true : undefined;
    });
  }

  it("had work to do: every crash broke off some attempt", () => {
    expect(sender.failures).toBeGreaterThan(KILLS);
    expect(acknowledged.reduce((sum, steps) => sum + steps.size, 0)).toBeGreaterThan(1000);
  });

  it("has every acknowledged reading once, with its value", async () => {
    for (let zone = 0; zone < ZONES; zone++) {
      const { series, metrics } = await stored.series(uidOf(zone));
      const steps = series.columns.get(metrics.get("step")!)!;
      const moistures = series.columns.get(metrics.get("moisture")!)!;
      expect([...series.timesMicros]).toEqual([...steps].map((step) => (START_MS + step * 1000) * 1000));
      const found = new Map([...steps].map((step, row) => [step, moistures[row]]));
      expect(found.size).toBe(steps.length);
      const lost = [...acknowledged[zone]!].filter((step) => found.get(step) !== moistureAt(step));
      expect(lost).toEqual([]);
    }
  });

  it("has every transition with its reading, in order, and every cause in an execution", async () => {
    const { rows: orphans } = await stored.pool.query(
      "select * from rule_transition t where not exists (select from flush f where f.partition = t.partition and f.seq = t.seq)",
    );
    expect(orphans).toEqual([]);
    const { rows: broken } = await stored.pool.query(
      `select * from (
         select rule_id, episode, state, value, lag(episode) over w as before, lag(state) over w as was
           from rule_transition window w as (partition by rule_id, device_id order by partition, seq, ordinal)) t
        where (state = 'firing') <> (value < 10)
           or (state = 'firing' and episode <> coalesce(before, 0) + 1)
           or (state = 'resolved' and (episode <> before or was <> 'firing'))`,
    );
    expect(broken).toEqual([]);
    const { rows: forgotten } = await stored.pool.query(
      `select t.rule_id, t.episode from rule_transition t
        where t.state = 'firing' and not exists (
          select from execution_cause c where c.rule_id = t.rule_id and c.device_id = t.device_id
             and t.episode between c.first_episode and c.last_episode)`,
    );
    expect(forgotten).toEqual([]);
    const { rows: counted } = await stored.pool.query("select count(*)::int as transitions from rule_transition");
    expect(counted[0].transitions).toBeGreaterThan(100);
  });
});
