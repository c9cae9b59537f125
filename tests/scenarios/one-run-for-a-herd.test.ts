import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { callApi, type ServerProcess, startServerProcess } from "@sluice/cli/bench/server-process.ts";
import { systemClock } from "@sluice/simulator/clock.ts";
import { IrrigationModel } from "@sluice/simulator/irrigation/irrigation-model.ts";
import { deviceLogPath, SimulatedDevice } from "@sluice/simulator/irrigation/simulated-device.ts";
import { readDeviceLog } from "@sluice/simulator/read-device-log.ts";
import { MqttConnection } from "@sluice/simulator/senders/mqtt-connection.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";

const READINGS = 1000;
/** The device's own limit is shorter than the command's, so that the run is over while we watch. */
const LIMITS = { maxRunMs: 700, cooldownMs: 15 * 60_000, linkLossMs: 10_000 };

describe(`${READINGS} low readings for one zone at once, by HTTP and MQTT`, () => {
  const stateDirectory = mkdtempSync(path.join(tmpdir(), "sluice-herd-"));
  const log = deviceLogPath(stateDirectory, "zone-1");
  let server: ServerProcess;
  let token: string;
  let device: SimulatedDevice;

  beforeAll(async () => {
    server = await startServerProcess();
    const registered = await callApi(server, "POST", "/api/v1/devices", { uid: "zone-1", profile: "irrigation-zone" });
    token = registered.token as string;
    device = new SimulatedDevice({
      identity: { url: mqttUrl(), uid: "zone-1", token },
      stateDirectory,
      model: new IrrigationModel(systemClock, { seed: 1, speedFactor: 1 }),
      clock: systemClock,
      bootId: "boot-1",
      limits: LIMITS,
    });
    await device.start();
  });
  afterAll(async () => {
    await device?.stop();
    await server?.remove();
    rmSync(stateDirectory, { recursive: true, force: true });
  });

  const mqttUrl = () => `mqtt://127.0.0.1:${server.mqttPort}`;

  it("start the pump once: its own log has one ON edge", async () => {
    const connection = new MqttConnection({ url: mqttUrl(), uid: "zone-1", token }, systemClock);
    await connection.start();
    const nowMs = Date.now();
    const acknowledged = await Promise.all(
      Array.from({ length: READINGS }, (_, i) => {
        const moisture = 5 + (i % 40) / 10;
        if (i % 2 === 0)
          return connection.publish("telemetry", JSON.stringify({ ts: nowMs + i, values: { moisture } }));
        return postLow(moisture, nowMs + i);
      }),
    );
    expect(acknowledged).toHaveLength(READINGS);
    await connection.stop();

    await eventually(async () =>
      readDeviceLog(log).edges.some(({ reason }) => isEndOfRun(reason)) ? true : undefined,
    );
    await untilSettled();
    const { onEdgesByFence, intervals } = readDeviceLog(log);
    expect([...onEdgesByFence.get("pump")!.values()]).toEqual([1]);
    expect(intervals[0]!.ranMs).toBeLessThanOrEqual(LIMITS.maxRunMs + 100);
  });

  it("are one execution, and one command with its whole trail", async () => {
    const [pump] = await actuators();
    const commands = await callApi<{ id: string; state: string }[]>(
      server,
      "GET",
      `/api/v1/commands?actuator=${pump!.id}`,
    );
    expect(commands).toHaveLength(1);
    expect(pump).toMatchObject({ key: "pump", totalActivations: 1 });
    const [command] = commands;
    expect(command!.state).toBe("COMPLETED");
    const states = await callApi<{ state: string }[]>(server, "GET", `/api/v1/commands/${command!.id}/events`);
    expect(states.map(({ state }) => state)).toEqual(expect.arrayContaining(["QUEUED", "DISPATCHING", "COMPLETED"]));
  });

  async function postLow(moisture: number, timestamp: number): Promise<void> {
    const response = await fetch(`${server.httpUrl}/api/sensors/data`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ sensor_id: "zone-1", moisture, timestamp }),
    });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  }

  function isEndOfRun(reason: string | undefined): boolean {
    return reason !== undefined && reason !== "boot";
  }

  function actuators(): Promise<{ id: number; status: string }[]> {
    return callApi(server, "GET", "/api/v1/devices/zone-1/actuators");
  }

  /** The end of the run has come back, and the zone, still dry, waits for its cooldown. */
  function untilSettled(): Promise<boolean> {
    return eventually(async () => ((await actuators())[0]!.status === "COOLDOWN" ? true : undefined));
  }
});
