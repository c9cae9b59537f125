import type { Clock } from "./clock.ts";
import type { FleetDevice } from "./fleet.ts";
import type { IrrigationModel } from "./irrigation-model.ts";
import type { HttpClient } from "./senders/http-client.ts";
import { postLines, readAnswer } from "./senders/http-senders.ts";
import { toBulkItem, toLine } from "./senders/outgoing-reading.ts";
import { refusal, untilTaken } from "./senders/retry.ts";

/** A sensor without a pump that posts each reading with its own token, one after the other. */
export class HttpDevice implements FleetDevice {
  readonly uid: string;
  private readonly token: string;
  private readonly model: IrrigationModel;
  private readonly client: HttpClient;
  private readonly clock: Clock;
  private last: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(uid: string, token: string, model: IrrigationModel, client: HttpClient, clock: Clock) {
    this.uid = uid;
    this.token = token;
    this.model = model;
    this.client = client;
    this.clock = clock;
  }

  async start(): Promise<void> {}

  report(timeMicros: number): Promise<void> {
    const values = this.model.read();
    if (values.length === 0) return Promise.resolve();
    const body = toBulkItem(this.uid, { timeMicros, values });
    const posted = this.last.then(() => this.post(body));
    this.last = posted.catch(() => {});
    return posted;
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

/** Lines in one request. */
const MAX_LINES = 5_000;
/** Lines wait no longer than this for company. */
const MAX_WAIT_MS = 20;

interface WaitingLine {
  readonly line: string;
  resolve(): void;
  reject(error: unknown): void;
}

/** Sends the readings of many sensors as line protocol with one key, one request after the other, as a gateway does. */
export class LineGateway {
  private readonly client: HttpClient;
  private readonly token: string;
  private readonly clock: Clock;
  private waiting: WaitingLine[] = [];
  private isSending = false;
  private isStopped = false;

  constructor(client: HttpClient, token: string, clock: Clock) {
    this.client = client;
    this.token = token;
    this.clock = clock;
  }

  send(line: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.waiting.push({ line, resolve, reject });
    if (!this.isSending) this.sendSoon();
    return promise;
  }

  stop(): void {
    this.isStopped = true;
  }

  private sendSoon(): void {
    this.isSending = true;
    this.clock.after(MAX_WAIT_MS, () => void this.sendAll());
  }

  private async sendAll(): Promise<void> {
    while (this.waiting.length > 0) await this.sendSome(this.waiting.splice(0, MAX_LINES));
    this.isSending = false;
  }

  private async sendSome(lines: readonly WaitingLine[]): Promise<void> {
    const body = lines.map(({ line }) => line).join("\n");
    try {
      const answer = await untilTaken(
        () => postLines(this.client, this.token, body),
        this.clock,
        () => this.isStopped,
      );
      const { refused, firstRefusal } = readAnswer(answer, lines.length);
      // The answer counts the refused lines; which ones they were makes no difference to the counters.
      for (const line of lines.slice(0, refused)) line.reject(new Error(firstRefusal));
      for (const line of lines.slice(refused)) line.resolve();
    } catch (error) {
      for (const line of lines) line.reject(error);
    }
  }
}

/** A sensor whose readings go through a gateway. */
export class LineDevice implements FleetDevice {
  readonly uid: string;
  private readonly model: IrrigationModel;
  private readonly gateway: LineGateway;

  constructor(uid: string, model: IrrigationModel, gateway: LineGateway) {
    this.uid = uid;
    this.model = model;
    this.gateway = gateway;
  }

  async start(): Promise<void> {}

  report(timeMicros: number): Promise<void> {
    const values = this.model.read();
    return values.length === 0 ? Promise.resolve() : this.gateway.send(toLine(this.uid, { timeMicros, values }));
  }

  async stop(): Promise<void> {
    this.gateway.stop();
  }
}
