import type { DeviceLimits } from "@sluice/core/commands/messages.ts";
import { DeviceProcess } from "./device-process.ts";
import type { ServerChild } from "./server-child.ts";

export const METRIC = "moisture";
const PROFILE = "short-pump";
const UID = "pump-1";
const THRESHOLD = 10;
/** What the rule asks for. */
const RULE_RUN_MS = 250;

export interface PumpOptions {
  /** The device's own, and what the server is told of them. */
  readonly limits: DeviceLimits;
  /** Of all its boots; each has one of its own when absent. */
  readonly bootId?: string | undefined;
  /** Where the broker is for it. */
  readonly url: string;
  readonly stateDirectory: string;
}

export interface InstalledPump {
  readonly device: DeviceProcess;
  readonly token: string;
  readonly actuatorId: number;
}

/** Registers a device with a pump, and a rule that runs it when it is dry; resolves when the device is connected. */
export async function installPump(server: ServerChild, options: PumpOptions): Promise<InstalledPump> {
  const { limits, bootId, url, stateDirectory } = options;
  await call(server, "POST", "/api/v1/profiles", profileWith(limits));
  const { token } = await call<{ token: string }>(server, "POST", "/api/v1/devices", { uid: UID, profile: PROFILE });
  const [actuator] = await call<{ id: number }[]>(server, "GET", `/api/v1/devices/${UID}/actuators`);
  const device = new DeviceProcess({ identity: { url, uid: UID, token }, stateDirectory, limits, bootId });
  await device.boot();
  return { device, token, actuatorId: actuator!.id };
}

async function call<Body>(server: ServerChild, method: string, route: string, body?: unknown): Promise<Body> {
  const response = await server.request(method, route, { body });
  if (!response.ok) throw new Error(`${method} ${route} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Body;
}

function profileWith({ maxRunMs, cooldownMs }: DeviceLimits) {
  const action = { actuator: "pump", kind: "RUN", durationMs: RULE_RUN_MS };
  return {
    key: PROFILE,
    name: "A pump for tests",
    metrics: [{ key: METRIC }],
    actuators: [{ key: "pump", kind: "pump", maxRunMs, cooldownMs }],
    rules: [{ key: "dry", name: "Too dry", metric: METRIC, comparison: "below", threshold: THRESHOLD, action }],
  };
}
