import type { DeviceFleet } from "./device-fleet.ts";
import { Latencies } from "./latencies.ts";
import { machineMs } from "./one-clock.ts";
import { callApi, type ServerProcess } from "./server-process.ts";

export interface StopResult {
  /** From the request to the device's handler. */
  readonly arrival: Latencies;
  /** From the request to its answer, when the STOP is recorded as well. */
  readonly answer: Latencies;
  readonly commandIds: readonly string[];
}

/** STOP, and SET with release, of one actuator after the other; each waits until the device has it. */
export async function loadStops(
  server: ServerProcess,
  fleet: DeviceFleet,
  stops: number,
  interruption: AbortSignal,
): Promise<StopResult> {
  const arrival = new Latencies();
  const answer = new Latencies();
  const commandIds: string[] = [];
  for (let number = 0; number < stops; number++) {
    interruption.throwIfAborted();
    const { actuatorId } = fleet.devices[number % fleet.devices.length]!;
    const route = `/api/v1/actuators/${actuatorId}/commands`;
    const sentMs = machineMs();
    const { id } = await callApi<{ id: string }>(server, "POST", route, { kind: "STOP" });
    answer.add(machineMs() - sentMs);
    arrival.add((await fleet.stopArrivedMs(id)) - sentMs);
    commandIds.push(id);
    await callApi(server, "POST", route, { kind: "SET", release: true });
  }
  return { arrival, answer, commandIds };
}
