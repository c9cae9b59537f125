import { callApi, type ServerProcess, startServerProcess } from "@sluice/cli/bench/server-process.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";

const ZONES = 30;

describe("a zone whose first reading is low and comes right after its registration", () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await startServerProcess();
  });
  afterAll(() => server?.remove());

  it("has its execution: no reading slips past the rules that the device came with", async () => {
    for (let zone = 0; zone < ZONES; zone++) await registerAndSayLow(`zone-${zone}`);
    const devices = await eventually(async () => {
      const executions = await callApi<{ device: string }[]>(server, "GET", `/api/v1/executions?limit=${ZONES + 1}`);
      return executions.length >= ZONES ? executions.map(({ device }) => device) : undefined;
    });
    expect(new Set(devices).size).toBe(ZONES);
  });

  async function registerAndSayLow(uid: string): Promise<void> {
    const { token } = await callApi<{ token: string }>(server, "POST", "/api/v1/devices", {
      uid,
      profile: "irrigation-zone",
    });
    const reading = { sensor_id: uid, moisture: 3 };
    const answer = await callApi({ ...server, accessToken: token }, "POST", "/api/sensors/data", reading);
    expect(answer.status).toBe("success");
  }
});
