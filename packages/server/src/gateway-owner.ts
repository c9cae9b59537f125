import type { CommandGateway } from "./actuation/index.ts";
import type { RuleIndex } from "./automation/index.ts";
import type { Pipeline } from "./pipeline/index.ts";
import type { Clock } from "./platform/clock.ts";
import type { Logger } from "./platform/logger.ts";
import { acquireOwnership, type Ownership } from "./platform/single-owner.ts";

/** After the database was away, another process may have become the owner: then this one gives up. */
const OWN_AGAIN_MS = 60_000;

export interface GatewayOwnerOptions {
  readonly connectionString: string;
  readonly rules: Pick<RuleIndex, "refresh">;
  readonly pipeline: Pick<Pipeline, "start" | "stop">;
  readonly gateway: Pick<CommandGateway, "start" | "stop" | "onStillListening">;
  /** Devices whose sessions have outlived the time in which this process was not the owner. */
  readonly listeningDeviceIds: () => readonly number[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends all waiting, before a stop. */
  readonly signal: AbortSignal;
  /** It cannot be the owner again. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Pipeline and gateway run once a database, in the process that owns them; others stand by.
 *
 *   waiting → owning → waiting    the database was away, or a later gateway has begun: what is in memory may be old, and is read anew
 *                ├───→ failed     it has waited for OWN_AGAIN_MS, and another process was faster
 *                └───→ stopped
 */
export class GatewayOwner {
  private readonly options: GatewayOwnerOptions;
  private ownership: Ownership | undefined;
  /** Becoming the owner again, one attempt after the other. */
  private owning: Promise<void> = Promise.resolve();

  constructor(options: GatewayOwnerOptions) {
    this.options = options;
  }

  /** Resolves when this process is the owner, however long that takes, and its pipeline and gateway are at work. */
  async start(): Promise<void> {
    try {
      await this.own(this.options.signal);
    } catch (error) {
      if (this.ownership !== undefined) await this.stop();
      throw error;
    }
  }

  /** After the signal: whatever is under way ends at its next step, and nothing begins any more. */
  async stop(): Promise<void> {
    const { gateway, pipeline } = this.options;
    await this.settled();
    await gateway.stop();
    await pipeline.stop();
    await this.ownership?.release();
  }

  /** Resolves when everything said so far has been acted upon. */
  async settled(): Promise<void> {
    await this.owning;
  }

  /** A later gateway has begun: whoever becomes the owner now begins after it. */
  yield(): void {
    this.giveUp(this.ownership, new Error("a later gateway has begun"));
  }

  private giveUp(ownership: Ownership | undefined, why: Error): void {
    this.owning = this.owning.then(async () => {
      // When its turn comes, this process may be the owner anew; that was not meant.
      if (ownership === undefined || ownership !== this.ownership || this.options.signal.aborted) return;
      await ownership.release();
      await this.ownAgain(why);
    });
  }

  private async own(signal: AbortSignal): Promise<void> {
    const { connectionString, rules, pipeline, gateway, clock, logger } = this.options;
    const ownership: Ownership = await acquireOwnership({
      connectionString,
      lock: "gatewayAndPipeline",
      clock,
      onLost: (error) => this.giveUp(ownership, error),
      onStandby: () => logger.warn("another process stores readings for this database, or it does not answer: waiting"),
      signal,
    });
    this.ownership = ownership;
    const { signal: ended } = this.options;
    await rules.refresh();
    ended.throwIfAborted();
    await pipeline.start();
    ended.throwIfAborted();
    await gateway.start();
    for (const deviceId of this.options.listeningDeviceIds()) void gateway.onStillListening(deviceId);
  }

  private async ownAgain(error: Error): Promise<void> {
    const { pipeline, gateway, logger, signal, onFailed } = this.options;
    logger.warn({ err: error }, "readings are not stored here any more: waiting to be the owner again");
    try {
      await gateway.stop();
      await pipeline.stop();
      await this.own(AbortSignal.any([signal, AbortSignal.timeout(OWN_AGAIN_MS)]));
      logger.info("storing readings again");
    } catch (failure) {
      onFailed(failure);
    }
  }
}
