import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { callApi, type ServerProcess, startServerProcess } from "@sluice/cli/bench/server-process.ts";
import { checkDeviceLog } from "@sluice/core/safety/check-device-log.ts";
import { PondDevice, pondLimits } from "@sluice/simulator/aquaculture/pond-device.ts";
import { PondModel } from "@sluice/simulator/aquaculture/pond-model.ts";
import { systemClock } from "@sluice/simulator/clock.ts";
import { deviceLogPath } from "@sluice/simulator/gated-device.ts";
import { readDeviceLog } from "@sluice/simulator/read-device-log.ts";
import { FakeClock } from "@sluice/simulator/testing/fake-clock.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";

const UID = "pond-1";
const MINUTE_MS = 60_000;
/** A pond that is full of algae: it breathes deeply by night, and makes oxygen as soon as the sun is up. */
const DENSE_POND = {
  startHour: 4.5,
  startOxygenMgPerLitre: 4.4,
  respirationMgPerLitreHour: 1,
  photosynthesisMgPerLitreHour: 6,
};
const LONGEST_STORY_MINUTES = 10 * 60;
const MEAL_GRAMS = 200;

interface Execution {
  readonly id: string;
  readonly type: string;
  readonly priority: string;
  readonly action: string;
  readonly actuatorKey: string;
  readonly status: string;
  readonly reason: string | null;
  readonly message: string | null;
}

interface TrailStep {
  readonly what: string;
  readonly status: string | null;
  readonly reason: string | null;
  readonly who: string | null;
  readonly command: { readonly id: string; readonly kind: string; readonly state: string } | null;
}

/** The pond's time passes only as the story lets it; server and device keep the real one. */
describe("oxygen falls at dawn", () => {
  const stateDirectory = mkdtempSync(path.join(tmpdir(), "sluice-pond-"));
  const pondClock = new FakeClock();
  const pond = new PondModel(pondClock, { seed: 3, speedFactor: 1, pond: DENSE_POND });
  const actuators = new Map<string, number>();
  let server: ServerProcess;
  let device: PondDevice;

  beforeAll(async () => {
    server = await startServerProcess();
    const { token } = await api<{ token: string }>("POST", "/api/v1/devices", {
      uid: UID,
      profile: "aquaculture-pond",
    });
    const listed = await api<{ id: number; key: string }[]>("GET", `/api/v1/devices/${UID}/actuators`);
    for (const { id, key } of listed) actuators.set(key, id);
    device = new PondDevice({
      identity: { url: `mqtt://127.0.0.1:${server.mqttPort}`, uid: UID, token },
      stateDirectory,
      model: pond,
      clock: systemClock,
      bootId: "boot-1",
    });
    await device.start();
  });
  afterAll(async () => {
    await device?.stop();
    await server?.remove();
    rmSync(stateDirectory, { recursive: true, force: true });
  });

  it("by night a person tries the aerator, which was on while nobody could tell it anything", async () => {
    expect(device.isOn("aerator")).toBe(true);
    await eventually(() => api("POST", "/api/v1/automation/execute", { device: UID, action: "AERATE", minutes: 0.01 }));
    const [trial] = await eventually(() =>
      executionsThat(({ type, status }) => type === "MANUAL" && status === "SUCCEEDED"),
    );
    expect(trial).toMatchObject({ actuatorKey: "aerator", priority: "MANUAL" });
    expect(device.isOn("aerator")).toBe(false);
  });

  it("the aerator starts when there is less than 4 mg/L, and people are told", async () => {
    await liveUntil(() => pond.water.oxygenMgPerLitre < 3.85);
    await eventually(async () => (device.isOn("aerator") ? true : undefined));
    const [aerating] = await eventually(() => executionsThat(isOfRule));
    expect(aerating).toMatchObject({
      actuatorKey: "aerator",
      action: "RUN",
      priority: "THRESHOLD",
      status: "DISPATCHED",
    });
    const alert = await eventually(() => alertOf("major"));
    expect(alert).toMatchObject({ state: "firing", open: true, device: UID });
    expect(alert.value).toBeLessThan(4);
  });

  it("a scheduled feeding waits, and says for what", async () => {
    await api("POST", "/api/v1/automation/schedules", {
      name: "Morning feed",
      actuator: actuators.get("feeder"),
      action: { kind: "DOSE", amount: MEAL_GRAMS, unit: "g" },
      times: { kind: "every", everyMs: 86_400_000, anchor: inASecond() },
    });
    const [feeding] = await eventually(() =>
      executionsThat(({ type, reason }) => type === "SCHEDULED" && reason !== null),
    );
    expect(feeding).toMatchObject({ actuatorKey: "feeder", action: "DOSE", status: "WAITING", reason: "permissive" });
    expect(feeding!.message).toMatch(/^dissolved_oxygen has to be above 4, and it is 3\.\d+\.$/);
    expect(edgesOf("feeder")).toEqual([]);
  });

  it("a person's STOP wins over all: the rule still fires, and nothing starts", async () => {
    const aerator = actuators.get("aerator")!;
    await api("POST", `/api/v1/actuators/${aerator}/commands`, {
      kind: "STOP",
      reason: "a net is in the paddle wheel",
    });
    await eventually(async () => (device.isOn("aerator") ? undefined : true));
    await live(6);
    const [stopped] = await eventually(() => executionsThat((one) => isOfRule(one) && one.status === "FAILED"));
    expect(stopped).toMatchObject({ reason: "aborted" });
    await expect(
      api("POST", "/api/v1/automation/execute", { device: UID, action: "AERATE", minutes: 5 }),
    ).rejects.toThrow(/answered 409: .*"code":"actuator.held"/);
    expect(await executionsThat((one) => isOfRule(one) && one.status !== "FAILED")).toBeUndefined();
    expect(device.isOn("aerator")).toBe(false);
  });

  it("the fish are fed once the sun has brought the oxygen back", async () => {
    await liveUntil(() => pond.water.oxygenMgPerLitre > 4.3);
    await eventually(async () => (device.isOn("feeder") ? true : undefined));
    pondClock.advance((MEAL_GRAMS / pond.water.parameters.feederGramsPerSecond) * 1000);
    await eventually(() => executionsThat(({ type, status }) => type === "SCHEDULED" && status === "SUCCEEDED"));
    expect(pond.metered("feeder")).toBeCloseTo(MEAL_GRAMS, 6);
  });

  it("the alert ends with its cause", async () => {
    await liveUntil(() => pond.water.oxygenMgPerLitre > 5.3);
    const alert = await eventually(async () => {
      const found = await alertOf("major", "?open=false");
      return found?.state === "resolved" ? found : undefined;
    });
    const events = await api<{ what: string }[]>("GET", `/api/v1/alerts/${alert.id}/events`);
    expect(events.map(({ what }) => what)).toEqual(expect.arrayContaining(["fired", "resolved"]));
  });

  it("everything is in the history: what fired, what it waited for, what was commanded and by whom", async () => {
    const [aerating] = (await executionsThat(isOfRule))!;
    const aerated = await trailOf(aerating!);
    expect(aerated.find(({ what }) => what === "cause")?.who).toMatch(/^rule:\d+$/);
    const [run] = aerated.flatMap(({ command }) => (command?.kind === "RUN" ? command : []));
    expect(aerated.filter(({ command }) => command?.id === run!.id).map(({ command }) => command!.state)).toEqual(
      expect.arrayContaining(["QUEUED", "DISPATCHING", "ABORTED"]),
    );
    const [feeding] = (await executionsThat(({ type }) => type === "SCHEDULED"))!;
    const fed = await trailOf(feeding!);
    expect(fed.flatMap(({ status, reason }) => (status === null ? [] : `${status} ${reason}`))).toEqual([
      "PENDING null",
      "WAITING permissive",
      "DISPATCHED null",
      expect.stringMatching(/^SUCCEEDED/),
    ]);
    expect(fed[0]!.who).toMatch(/^schedule:\d+$/);
    const [stop] = (await executionsThat(({ action }) => action === "STOP"))!;
    expect((await trailOf(stop!))[0]!.who).toMatch(/^user:/);
    expect(await executionsThat(({ reason }) => reason === "held")).toMatchObject([
      { type: "MANUAL", status: "CANCELLED" },
    ]);
  });

  it("the device's own log agrees, and keeps the safety contract", () => {
    const { events, onEdgesByFence } = readDeviceLog(deviceLogPath(stateDirectory, UID));
    expect(checkDeviceLog(events, pondLimits())).toEqual([]);
    expect([...onEdgesByFence.get("aerator")!.values()]).toEqual([1, 1]);
    expect([...onEdgesByFence.get("feeder")!.values()]).toEqual([1]);
    expect(edgesOf("aerator").map(({ edge, reason }) => (edge === "ON" ? edge : `${edge} ${reason}`))).toEqual([
      "OFF boot",
      "SAFE boot",
      "ON",
      "OFF duration",
      "ON",
      "OFF stop",
    ]);
    expect(
      edgesOf("inlet")
        .concat(edgesOf("outlet"))
        .filter(({ edge }) => edge === "ON"),
    ).toEqual([]);
  });

  function api<Answer = Record<string, unknown>>(method: string, route: string, body?: unknown): Promise<Answer> {
    return callApi<Answer>(server, method, route, body);
  }

  /** So many minutes of the pond, with a reading every two. */
  async function live(minutes: number): Promise<void> {
    for (let lived = 0; lived < minutes; lived += 2) {
      pondClock.advance(2 * MINUTE_MS);
      await device.report(systemClock.nowMicros());
    }
  }

  async function liveUntil(isReached: () => boolean): Promise<void> {
    for (let lived = 0; !isReached(); lived += 2) {
      if (lived > LONGEST_STORY_MINUTES) throw new Error(`the pond has ${pond.water.oxygenMgPerLitre} mg/L of oxygen`);
      await live(2);
    }
  }

  function isOfRule({ type }: Execution): boolean {
    return type === "THRESHOLD";
  }

  /** Undefined while there is none. */
  async function executionsThat(isWanted: (execution: Execution) => boolean): Promise<Execution[] | undefined> {
    const wanted = (await api<Execution[]>("GET", "/api/v1/automation/executions")).filter(isWanted);
    return wanted.length === 0 ? undefined : wanted;
  }

  function trailOf({ id }: Execution): Promise<TrailStep[]> {
    return api<TrailStep[]>("GET", `/api/v1/automation/executions/${id}/events`);
  }

  async function alertOf(severity: string, query = "?open=true") {
    const alerts = await api<{ id: string; severity: string; state: string; value: number }[]>(
      "GET",
      `/api/v1/alerts${query}`,
    );
    return alerts.find((alert) => alert.severity === severity);
  }

  function edgesOf(actuator: string) {
    const { edges } = readDeviceLog(deviceLogPath(stateDirectory, UID));
    const own = edges.filter((edge) => edge.actuator === actuator);
    return actuator === "aerator" ? own : own.filter(({ reason }) => reason !== "boot");
  }

  function inASecond(): string {
    return new Date(Math.ceil(Date.now() / 1000 + 1) * 1000).toISOString();
  }
});
