import type { DeviceModel } from "../device-model.ts";
import type { FleetDevice } from "../fleet.ts";
import type { OutgoingReading } from "../senders/outgoing-reading.ts";
import type { Gatherer } from "./gatherer.ts";

/** What the readings travel over; every one of its devices starts and stops it, and it minds only the first. */
export interface Startable {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A sensor whose readings travel together with others. */
export class GatheredDevice<Item> implements FleetDevice {
  readonly uid: string;
  private readonly model: DeviceModel;
  private readonly gatherer: Gatherer<Item>;
  private readonly link: Startable | undefined;
  private readonly encode: (uid: string, reading: OutgoingReading) => Item;

  constructor(
    uid: string,
    model: DeviceModel,
    gatherer: Gatherer<Item>,
    encode: (uid: string, reading: OutgoingReading) => Item,
    link?: Startable,
  ) {
    this.uid = uid;
    this.model = model;
    this.gatherer = gatherer;
    this.encode = encode;
    this.link = link;
  }

  async start(): Promise<void> {
    await this.link?.start();
  }

  report(timeMicros: number): Promise<boolean> {
    const values = this.model.read(timeMicros);
    if (values.length === 0) return Promise.resolve(false);
    return this.gatherer.add(this.encode(this.uid, { timeMicros, values })).then(() => true);
  }

  async stop(): Promise<void> {
    await this.link?.stop();
  }
}
