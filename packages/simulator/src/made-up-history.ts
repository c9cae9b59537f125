import { SluiceError } from "@sluice/core/errors.ts";
import type { Clock } from "./clock.ts";
import type { FleetPace } from "./fleet-pace.ts";
import type { HistoryClock } from "./history-clock.ts";
import type { HttpClient } from "./senders/http-client.ts";
import { postLines, readAnswer } from "./senders/http-senders.ts";
import { toLine } from "./senders/outgoing-reading.ts";
import { untilTaken } from "./senders/retry.ts";
import type { SimulatedMember } from "./simulated-member.ts";

/** Lines in one request. */
const MAX_LINES = 5_000;
/** So that no typing mistake fills a disk; a year of a hundred devices a minute is 53 million. */
export const MAX_HISTORY_READINGS = 100_000_000;

export interface MadeUpHistoryOptions {
  readonly members: readonly SimulatedMember[];
  readonly pace: FleetPace;
  readonly startMicros: number;
  /** Of the members' worlds. */
  readonly historyClock: HistoryClock;
  /** The real one. */
  readonly clock: Clock;
  readonly client: HttpClient;
  readonly token: string;
}

export interface HistoryCounters {
  readonly sent: number;
  readonly acknowledged: number;
  readonly errors: number;
  readonly firstError: string | undefined;
}

/** What a fleet would have said until now, as fast as the server takes it, over line protocol; then its worlds follow the clock. */
export class MadeUpHistory {
  private readonly options: MadeUpHistoryOptions;
  private sent = 0;
  private acknowledged = 0;
  private refused = 0;
  private firstRefusal: string | undefined;
  private isStopped = false;

  constructor(options: MadeUpHistoryOptions) {
    this.options = options;
    if (options.pace.total <= MAX_HISTORY_READINGS) return;
    const message = `A history has at most ${MAX_HISTORY_READINGS} readings, not ${options.pace.total}.`;
    const mend = "Give fewer devices, a lower --rate, or less --backfill.";
    throw new SluiceError("limit", "simulator.history_too_long", message, { details: { mend } });
  }

  get counters(): HistoryCounters {
    const { sent, acknowledged, refused: errors, firstRefusal: firstError } = this;
    return { sent, acknowledged, errors, firstError };
  }

  /** Resolves when all was taken; rejects when the server is gone for too long. */
  async run(): Promise<void> {
    const { pace, historyClock } = this.options;
    let lines: string[] = [];
    let posting: Promise<void> = Promise.resolve();
    for (let reading = 0; reading < pace.total && !this.isStopped; reading++) {
      const line = this.lineOf(reading);
      if (line !== undefined) lines.push(line);
      if (lines.length < MAX_LINES && reading < pace.total - 1) continue;
      await posting;
      posting = this.post(lines);
      // Awaited with the next lines; a rejection before that is theirs to tell.
      posting.catch(() => {});
      lines = [];
    }
    await posting;
    for (const { model, limits = {} } of this.options.members) {
      for (const actuator of Object.keys(limits)) model.setOutput(actuator, false);
    }
    historyClock.follow();
  }

  stop(): void {
    this.isStopped = true;
  }

  private lineOf(reading: number): string | undefined {
    const { pace, startMicros, historyClock, members } = this.options;
    const { uid, model } = members[pace.deviceOf(reading)]!;
    const timeMicros = Math.floor((startMicros + pace.takenAfterMicros(reading)) / 1000) * 1000;
    historyClock.advanceTo(timeMicros);
    model.tend?.();
    const values = model.read(timeMicros);
    return values.length === 0 ? undefined : toLine(uid, { timeMicros, values });
  }

  private async post(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const { client, token, clock } = this.options;
    this.sent += lines.length;
    const send = () => postLines(client, token, lines.join("\n"));
    const answer = await untilTaken(send, clock, () => this.isStopped);
    const { refused, firstRefusal } = readAnswer(answer, lines.length);
    this.acknowledged += lines.length - refused;
    this.refused += refused;
    this.firstRefusal ??= firstRefusal;
  }
}
