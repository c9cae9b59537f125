import { callApi, type ServerProcess, startServerProcess } from "@sluice/cli/bench/server-process.ts";
import { TestReceiver } from "@sluice/server/notifications/testing/test-receiver.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";

interface Delivery {
  readonly id: string;
}

interface Attempt {
  readonly number: number;
  readonly outcome: string;
  readonly httpStatus: number;
}

describe("a pond whose oxygen falls and rises again", () => {
  const receiver = new TestReceiver();
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    await receiver.start();
    const allowed = `127.0.0.1:${receiver.port}`;
    server = await startServerProcess({ env: { SLUICE_WEBHOOK_ALLOW_PRIVATE: allowed } });
    const configuration = { url: receiver.url };
    const { id, secret } = await api("POST", "/api/v1/channels", {
      name: "Control room",
      kind: "webhook",
      configuration,
    });
    receiver.secrets = [secret as string];
    await api("POST", "/api/v1/notification-routes", { name: "Everything", channels: [id] });
    token = (await api("POST", "/api/v1/devices", { uid: "pond-1", profile: "generic" })).token as string;
    await say(8);
    const definition = { kind: "threshold", metric: "oxygen", operator: "below", value: 4 };
    await api("POST", "/api/v1/rules", {
      key: "low",
      name: "Oxygen is low",
      device: "pond-1",
      definition,
      alert: { severity: "critical" },
    });
  });
  afterAll(async () => {
    await server?.remove();
    await receiver.stop();
  });

  it("is told to the control room, signed, as it fires and as it is over; each has its log", async () => {
    await say(3);
    await told(1);
    await say(8);
    await told(2);
    expect(receiver.requests.map(({ isSigned }) => isSigned)).toEqual([true, true]);
    const bodies = receiver.bodies<{ type: string; data: { alertId: string; severity: string } }>();
    expect(bodies.map(({ type }) => type)).toEqual(["alert.fired", "alert.resolved"]);
    expect(new Set(bodies.map(({ data }) => data.alertId)).size).toBe(1);

    const deliveries = await eventually(async () => {
      const sent = (await api("GET", "/api/v1/deliveries?state=sent")) as unknown as Delivery[];
      return sent.length === 2 ? sent : undefined;
    });
    expect(deliveries.map(({ id }) => id).toReversed()).toEqual(
      receiver.requests.map(({ headers }) => headers["webhook-id"]),
    );
    const log = (await api("GET", `/api/v1/deliveries/${deliveries[0]!.id}/attempts`)) as unknown as Attempt[];
    expect(log).toMatchObject([{ number: 1, outcome: "sent", httpStatus: 204 }]);
  });

  async function told(times: number): Promise<void> {
    await eventually(async () => (receiver.requests.length === times ? true : undefined));
  }

  async function say(oxygen: number): Promise<void> {
    await callApi({ ...server, accessToken: token }, "POST", "/api/sensors/data", { sensor_id: "pond-1", oxygen });
  }

  function api(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    return callApi(server, method, path, body);
  }
});
