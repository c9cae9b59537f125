import { SluiceError } from "@sluice/core/errors.ts";
import type { Clock } from "../clock.ts";
import type { DeviceModel } from "../device-model.ts";
import type { FleetDevice } from "../fleet.ts";
import { MqttConnection, type MqttIdentity } from "../senders/mqtt-connection.ts";
import { toTelemetryJson } from "../senders/outgoing-reading.ts";
import { publishUntilAcknowledged } from "./publish-until-acknowledged.ts";

/** Not acknowledged at once; past it the newest are dropped, as small devices do. */
const MAX_WAITING = 500;

/** A device that only measures, on an MQTT connection of its own. It keeps what was not acknowledged, and says it again. */
export class MqttStation implements FleetDevice {
  readonly uid: string;
  private readonly model: DeviceModel;
  private readonly connection: MqttConnection;
  private readonly clock: Clock;
  private waiting = 0;
  private isStopped = false;

  constructor(identity: MqttIdentity, model: DeviceModel, clock: Clock) {
    this.uid = identity.uid;
    this.model = model;
    this.clock = clock;
    this.connection = new MqttConnection(identity, clock);
  }

  start(): Promise<void> {
    return this.connection.start();
  }

  async report(timeMicros: number): Promise<boolean> {
    const values = this.model.read(timeMicros);
    if (values.length === 0) return false;
    if (this.waiting >= MAX_WAITING) {
      throw new SluiceError("unavailable", "simulator.dropped", `${this.uid} dropped a reading.`);
    }
    const payload = toTelemetryJson({ timeMicros, values });
    const publish = () => this.connection.publish("telemetry", payload);
    this.waiting += 1;
    try {
      await publishUntilAcknowledged(publish, this.clock, () => this.isStopped);
    } finally {
      this.waiting -= 1;
    }
    return true;
  }

  stop(): Promise<void> {
    this.isStopped = true;
    return this.connection.stop();
  }
}
