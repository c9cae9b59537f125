import { createTestDatabase, type TestDatabase } from "@sluice/server/platform/testing/test-database.ts";
import { RealWorld, type WorldOptions } from "./real-world.ts";

type Options = Omit<WorldOptions, "databaseUrl">;

/** Worlds that live side by side, each on a database of its own. */
export class WorldSet {
  readonly worlds: RealWorld[] = [];
  private readonly databases: TestDatabase[] = [];

  /** Those that could be created are removed with the others, also when one could not. */
  async create(count: number, options: Options = {}): Promise<readonly RealWorld[]> {
    const outcomes = await Promise.allSettled(Array.from({ length: count }, () => this.createOne(options)));
    const failure = outcomes.find(({ status }) => status === "rejected") as PromiseRejectedResult | undefined;
    if (failure !== undefined) throw failure.reason;
    return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<RealWorld>).value);
  }

  async createOne(options: Options = {}): Promise<RealWorld> {
    const database = await createTestDatabase();
    this.databases.push(database);
    const world = await RealWorld.create({ databaseUrl: database.url, ...options });
    this.worlds.push(world);
    return world;
  }

  /** The contract's verdict on all of them. */
  async judge(): Promise<string[]> {
    return (await Promise.all(this.worlds.map((world) => world.judge()))).flat();
  }

  async remove(): Promise<void> {
    await Promise.all(this.worlds.map((world) => world.remove()));
    await Promise.all(this.databases.map((database) => database.drop()));
  }
}
