import { isSluiceError } from "@sluice/core/errors.ts";
import type { Pool } from "pg";
import { sqlStateOf } from "../../../../platform/postgres.ts";
import type { ActuationStore, ActuationTransaction, ActuatorPlace } from "../../../actuation-store.ts";
import { createPostgresActuationStore } from "../../../postgres-actuation-store.ts";
import type { Plant } from "../model-database.ts";
import { ModelDatabase } from "../model-database.ts";
import { createModelStore } from "../model-store.ts";
import { type Known, type Slot, STORE_STEPS, type Step, TRANSACTION_STEPS } from "./steps.ts";
import { ageModel, agePostgres, contentsOfModel, contentsOfPostgres } from "./table-contents.ts";

/** Locks are waited for this long here. */
export const LOCK_WAIT_MS = 40;

/** What one store did: what it answered, or the error that it threw, by its code. */
export type Outcome = { readonly answer: unknown } | { readonly error: string };

export interface Compared {
  readonly name: string;
  readonly postgres: Outcome;
  readonly model: Outcome;
}

/** PostgreSQL and the model, to which the same is done, step by step. */
export class TwoStores {
  private readonly pool: Pool;
  private readonly database: ModelDatabase;
  private readonly stores: readonly [postgres: ActuationStore, model: ActuationStore];
  private readonly open = new Map<Slot, readonly [postgres: OpenTransaction, model: OpenTransaction]>();
  private readonly known: Known;
  private ids = 0;

  constructor(pool: Pool, plant: Plant) {
    this.pool = pool;
    this.database = new ModelDatabase(plant, {
      nowMicros: () => Date.now() * 1000,
      after: (_delayMs, callback) => {
        const timer = setTimeout(callback, LOCK_WAIT_MS);
        return () => clearTimeout(timer);
      },
      committed: () => {},
    });
    const client = { point: async () => {}, fateOfCommit: () => "answered" as const };
    this.stores = [createPostgresActuationStore(pool), createModelStore(this.database, client)];
    this.known = {
      ...{ plant, executions: [], commands: [], holds: [], trips: [], siteStops: [] },
      newId: () => `00000000-0000-4000-8000-${String(++this.ids).padStart(12, "0")}`,
      nowMicros: () => Date.now() * 1000,
    };
  }

  /** Undefined: the step had nothing to do. */
  async take(step: Step): Promise<Compared | undefined> {
    switch (step.kind) {
      case "store": {
        const args = STORE_STEPS[step.name as keyof typeof STORE_STEPS](this.known, step);
        return this.both(step.name, this.stores, async (store) => asked(step.name, await call(store, step.name, args)));
      }
      case "transaction": {
        const transactions = this.open.get(step.slot) ?? (await this.begin(step.slot));
        const args = TRANSACTION_STEPS[step.name as keyof typeof TRANSACTION_STEPS](this.known, step);
        const compared = await this.both(step.name, transactions, ({ tx }) => call(tx, step.name, args));
        if ("error" in compared.postgres) await untilLetGo(transactions[0]);
        return compared;
      }
      case "commit":
      case "roll back":
        return this.end(step.slot, step.kind);
      case "pass time":
        if (this.open.size > 0) return undefined;
        await agePostgres(this.pool, step.ms);
        ageModel(this.database, step.ms);
        return undefined;
    }
  }

  async endAll(): Promise<void> {
    for (const slot of [...this.open.keys()]) await this.end(slot, "roll back");
  }

  /** What is committed in both. */
  async contents(): Promise<Compared> {
    const [postgres, model] = [await contentsOfPostgres(this.pool), contentsOfModel(this.database)];
    return { name: "contents", postgres: { answer: postgres }, model: { answer: model } };
  }

  private async begin(slot: Slot): Promise<readonly [OpenTransaction, OpenTransaction]> {
    const pair = [await openOn(this.stores[0]), await openOn(this.stores[1])] as const;
    this.open.set(slot, pair);
    return pair;
  }

  private async end(slot: Slot, how: "commit" | "roll back"): Promise<Compared | undefined> {
    const pair = this.open.get(slot);
    this.open.delete(slot);
    return pair && this.both(how, pair, (transaction) => transaction.end(how === "commit"));
  }

  private async both<T>(
    name: string,
    [postgres, model]: readonly [T, T],
    work: (on: T) => Promise<unknown>,
  ): Promise<Compared> {
    const outcomes = await Promise.all([outcomeOf(() => work(postgres)), outcomeOf(() => work(model))]);
    return { name, postgres: outcomes[0], model: outcomes[1] };
  }
}

interface OpenTransaction {
  readonly tx: ActuationTransaction;
  end(commits: boolean): Promise<unknown>;
}

const ROLLED_BACK = new Error("rolled back");

/** A transaction that goes on for as long as the steps want it. */
function openOn(store: ActuationStore): Promise<OpenTransaction> {
  return new Promise((resolve, reject) => {
    const ending = Promise.withResolvers<void>();
    const whole = store.transaction(async (tx) => {
      const end = (commits: boolean): Promise<unknown> => {
        if (commits) ending.resolve();
        else ending.reject(ROLLED_BACK);
        return whole;
      };
      resolve({ tx, end });
      await ending.promise;
    });
    whole.catch(reject);
  });
}

/** PostgreSQL tells of an error, and lets go of what the transaction holds a moment later. */
async function untilLetGo({ tx }: OpenTransaction): Promise<void> {
  await tx.client.query("select 1").catch(() => {});
}

function call(on: object, name: string, args: readonly unknown[]): Promise<unknown> {
  return (on as Record<string, (...args: readonly unknown[]) => Promise<unknown>>)[name]!(...args);
}

/** A place is what was asked for; the whole actuator may come with it. */
function asked(name: string, answer: unknown): unknown {
  if (name !== "whereIs" || answer === undefined) return answer;
  const { id, organizationId, deviceId, key } = answer as ActuatorPlace;
  return { id, organizationId, deviceId, key };
}

async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { answer: await work() };
  } catch (error) {
    if (error === ROLLED_BACK) return { answer: undefined };
    return { error: sqlStateOf(error) ?? (isSluiceError(error) ? error.code : (error as Error).name) };
  }
}
