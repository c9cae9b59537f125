import type { Envelope } from "@sluice/core/safety/envelope.ts";
import { CommandGateway } from "../../actuation/index.ts";
import { ManualClock } from "../../actuation/testing/manual-clock.ts";
import { TestLink } from "../../actuation/testing/test-plant.ts";
import { createLogger } from "../../platform/logger.ts";
import type { TestApp } from "./test-app.ts";

export interface TestActuator {
  readonly id: number;
  readonly uid: string;
}

let devices = 0;

/** A device of a profile of its own, with one valve: 60 s at most, no cooldown, and what `limits` says. */
export async function addActuator(
  sluice: TestApp,
  limits: Partial<Envelope> = {},
  device: object = {},
): Promise<TestActuator> {
  const uid = `valve-${++devices}`;
  const actuators = [{ key: "valve", kind: "valve", maxRunMs: 60_000, cooldownMs: 0, ...limits }];
  await made(sluice, "/api/v1/profiles", { key: uid, name: uid, actuators });
  await made(sluice, "/api/v1/devices", { uid, profile: uid, ...device });
  const [{ id }] = (await sluice.ask({ url: `/api/v1/devices/${uid}/actuators` })).json();
  return { id, uid };
}

async function made(sluice: TestApp, url: string, payload: object): Promise<void> {
  const { statusCode, body } = await sluice.ask({ method: "POST", url, payload });
  if (statusCode !== 201) throw new Error(body);
}

/** A gateway beside the application, and the devices that listen to it. */
export interface TestGateway {
  readonly link: TestLink;
  connect(uid: string): Promise<void>;
  /** Sends what is queued. */
  send(): Promise<void>;
  /** The device says this of its last command. */
  say(uid: string, evidence: object): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestGateway({ actuation, database }: TestApp): Promise<TestGateway> {
  const link = new TestLink();
  const logger = createLogger("silent");
  // It polls when it is told to; its monotonic clock goes with the database's.
  const clock = Object.assign(new ManualClock(), { monotonicMs: () => performance.now() });
  const gateway = new CommandGateway({ actuation, publisher: link, clock, logger });
  await gateway.start();
  const deviceIdOf = async (uid: string): Promise<number> =>
    (await database.pool.query("select id from device where uid = $1", [uid])).rows[0].id;
  return {
    link,
    connect: async (uid) => {
      const deviceId = await deviceIdOf(uid);
      link.listen(deviceId);
      gateway.onListening(deviceId);
      await gateway.onHello(deviceId, "{}");
      await gateway.settled();
    },
    send: async () => {
      await gateway.poll();
      await gateway.settled();
    },
    say: async (uid, evidence) => {
      const { id, actuator, fence } = link.commands().at(-1)!;
      const payload = JSON.stringify({ id, actuator, fence, bootId: "boot-1", mono: 1, ...evidence });
      await gateway.onEvidence(await deviceIdOf(uid), payload);
      await gateway.settled();
    },
    stop: () => gateway.stop(),
  };
}
