import type { Clock } from "../clock.ts";
import type { DeviceModel } from "../device-model.ts";
import type { FleetDevice } from "../fleet.ts";
import type { HttpClient } from "../senders/http-client.ts";
import { toBulkItem } from "../senders/outgoing-reading.ts";
import { refusal, untilTaken } from "../senders/retry.ts";

/** A sensor without outputs that posts each reading with its own token, one after the other. */
export class HttpDevice implements FleetDevice {
  readonly uid: string;
  private readonly token: string;
  private readonly model: DeviceModel;
  private readonly client: HttpClient;
  private readonly clock: Clock;
  private last: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(uid: string, token: string, model: DeviceModel, client: HttpClient, clock: Clock) {
    this.uid = uid;
    this.token = token;
    this.model = model;
    this.client = client;
    this.clock = clock;
  }

  async start(): Promise<void> {}

  report(timeMicros: number): Promise<boolean> {
    const values = this.model.read(timeMicros);
    if (values.length === 0) return Promise.resolve(false);
    const body = toBulkItem(this.uid, { timeMicros, values });
    const posted = this.last.then(() => this.post(body));
    this.last = posted.catch(() => {});
    return posted.then(() => true);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
  }

  private async post(body: string): Promise<void> {
    const send = () => this.client.postJson("/api/readings", this.token, body);
    const answer = await untilTaken(send, this.clock, () => this.isStopped);
    if (answer.status >= 300) throw refusal(answer);
  }
}
