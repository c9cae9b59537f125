import { randomUUID } from "node:crypto";
import { eventually } from "../eventually.ts";
import type { ServerChild } from "./server-child.ts";

export interface Answer {
  readonly status: number;
  readonly body: { readonly id?: string; readonly code?: string };
}

/** Whom to ask now. */
export type WhoServes = () => ServerChild;

interface PlacedOrder {
  readonly key: string;
  readonly route: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly answers: Answer[];
}

/**
 * What people ask of an actuator. They hear nothing when a server dies, and then ask the same again, under the same key, until
 * somebody answers.
 */
export class OrderBook {
  readonly orders: PlacedOrder[] = [];
  /** Attempts that nobody answered, or that were told to come back later. */
  unanswered = 0;

  async place(server: WhoServes, actuatorId: number, body: Readonly<Record<string, unknown>>): Promise<Answer> {
    const route = `/api/v1/actuators/${actuatorId}/commands`;
    const order = { key: randomUUID(), route, body, answers: [] };
    this.orders.push(order);
    return this.ask(server, order);
  }

  get granted(): number {
    return this.orders.filter(({ answers }) => answers[0]?.status === 201).length;
  }

  /** Asks once more for everything that was ever asked and granted. */
  async repeatAll(server: WhoServes): Promise<void> {
    for (const order of this.orders) if (order.answers[0]?.status === 201) await this.ask(server, order);
  }

  /** Asks for something else under a key that was used. */
  async misuseKeys(server: ServerChild): Promise<readonly number[]> {
    const granted = this.orders.filter(({ answers }) => answers[0]?.status === 201);
    const statuses: number[] = [];
    for (const { key, route, body } of granted) {
      const other = body.kind === "RUN" ? { kind: "STOP" } : { kind: "RUN", durationMs: 1 };
      statuses.push((await attempt(server, route, other, key)).status);
    }
    return statuses;
  }

  /** Orders whose repetitions were not answered with the same command. */
  inconsistencies(): string[] {
    return this.orders.flatMap(({ key, body, answers }) => {
      const ids = new Set(answers.filter(({ status }) => status === 201).map((answer) => answer.body.id));
      return ids.size > 1 ? [`${JSON.stringify(body)} under ${key} became ${[...ids].join(" and ")}`] : [];
    });
  }

  private ask(server: WhoServes, { key, route, body, answers }: PlacedOrder): Promise<Answer> {
    return eventually(async () => {
      const answer = await attempt(server(), route, body, key).catch(() => undefined);
      if (answer === undefined || answer.status >= 500) {
        this.unanswered++;
        return undefined;
      }
      answers.push(answer);
      return answer;
    });
  }
}

/** A person does not wait longer for an answer. */
const PATIENCE_MS = 5_000;

async function attempt(server: ServerChild, route: string, body: unknown, key: string): Promise<Answer> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const response = await server.request("POST", route, { body, headers: { "idempotency-key": key }, signal });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}
