import type { Clock } from "../clock.ts";
import { MqttConnection, type MqttIdentity } from "../senders/mqtt-connection.ts";
import type { OutgoingReading } from "../senders/outgoing-reading.ts";
import { toTelemetryJson } from "../senders/outgoing-reading.ts";
import { Gatherer } from "./gatherer.ts";
import { publishUntilAcknowledged } from "./publish-until-acknowledged.ts";

/** Readings in one message: with twelve metrics each, well below a packet's 256 KiB. */
const MAX_TOGETHER = 500;
const GATHER_MS = 100;
/** Messages not acknowledged at once. */
const MAX_UNDER_WAY = 8;
const TOPIC = "v1/gateway/telemetry";

/** One connection that speaks for many devices: `{"uid":[{"ts":…,"values":{…}}],…}`, as ThingsBoard's gateways do. */
export class MqttGateway {
  readonly gatherer: Gatherer<ReadingOf>;
  private readonly connection: MqttConnection;
  private starting: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;

  constructor(identity: MqttIdentity, clock: Clock) {
    this.connection = new MqttConnection(identity, clock);
    this.gatherer = new Gatherer({
      clock,
      most: MAX_TOGETHER,
      waitMs: GATHER_MS,
      mostUnderWay: MAX_UNDER_WAY,
      send: async (items) => {
        const payload = toGatewayJson(items);
        const publish = () => this.connection.publishTo(TOPIC, payload);
        await publishUntilAcknowledged(publish, clock, () => this.stopping !== undefined);
        return { refused: 0 };
      },
    });
  }

  /** Each of its devices starts it; the first one does. */
  start(): Promise<void> {
    this.starting ??= this.connection.start();
    return this.starting;
  }

  stop(): Promise<void> {
    this.stopping ??= this.connection.stop();
    return this.stopping;
  }
}

export interface ReadingOf {
  readonly uid: string;
  readonly json: string;
}

export function toReadingOf(uid: string, reading: OutgoingReading): ReadingOf {
  return { uid, json: toTelemetryJson(reading) };
}

/** A device that says two things within one message is named once, with both. */
function toGatewayJson(readings: readonly ReadingOf[]): string {
  const byDevice = new Map<string, string[]>();
  for (const { uid, json } of readings) {
    const told = byDevice.get(uid);
    if (told === undefined) byDevice.set(uid, [json]);
    else told.push(json);
  }
  return `{${[...byDevice].map(([uid, told]) => `${JSON.stringify(uid)}:[${told.join(",")}]`).join(",")}}`;
}
