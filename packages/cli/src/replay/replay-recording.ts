import type { Clock } from "@sluice/simulator/clock.ts";
import type { ReadingSender } from "@sluice/simulator/senders/reading-sender.ts";
import type { CsvFile, CsvRow } from "./csv-rows.ts";
import { type ColumnMeanings, layoutOf, type RowLayout, toReading } from "./row-reading.ts";
import { dueAfterMs } from "./speed.ts";

export interface ReplaySettings {
  readonly timeColumn: string;
  /** All but the time when absent. */
  readonly columns: readonly string[] | undefined;
  /** By their own names when absent. */
  readonly meanings?: ColumnMeanings | undefined;
  /** Times faster than the recording; as fast as the server takes it when absent. */
  readonly speedFactor: number | undefined;
}

export interface ReplayTally {
  /** Rows without a single value; nothing was sent for them. */
  emptyRows: number;
}

/** Sends a recording row by row; resolves when everything was acknowledged or refused, or when it was interrupted. */
export async function replayRecording(
  file: CsvFile,
  settings: ReplaySettings,
  sender: ReadingSender,
  clock: Clock,
  interruption: AbortSignal,
  onRow: () => void,
): Promise<ReplayTally> {
  const tally: ReplayTally = { emptyRows: 0 };
  let layout: RowLayout | undefined;
  const pace = startPace(settings.speedFactor, clock, interruption);
  for await (const row of file.rows()) {
    if (interruption.aborted) break;
    if (layout === undefined) {
      layout = layoutOf(row.cells, settings.timeColumn, settings.columns, settings.meanings);
      continue;
    }
    await sendRow(row, layout, tally, sender, pace);
    onRow();
  }
  await sender.drain();
  return tally;
}

type Pace = (timeMicros: number) => Promise<void>;

async function sendRow(
  row: CsvRow,
  layout: RowLayout,
  tally: ReplayTally,
  sender: ReadingSender,
  pace: Pace,
): Promise<void> {
  const reading = toReading(row, layout);
  if (reading === undefined) {
    tally.emptyRows += 1;
    return;
  }
  await pace(reading.timeMicros);
  await sender.send(reading);
}

/** Waits until a row is due. Short waits are skipped: a timer is coarser than a fast recording. */
function startPace(factor: number | undefined, clock: Clock, interruption: AbortSignal): Pace {
  const startMs = clock.monotonicMs();
  let firstMicros: number | undefined;
  return async (timeMicros) => {
    if (factor === undefined) return;
    firstMicros ??= timeMicros;
    const waitMs = startMs + dueAfterMs(firstMicros, timeMicros, factor) - clock.monotonicMs();
    if (waitMs >= 1 && !interruption.aborted) await interruptibleDelay(clock, waitMs, interruption);
  };
}

/** Node's timers hold 31 bits of milliseconds; no row is waited for longer than this at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

async function interruptibleDelay(clock: Clock, durationMs: number, interruption: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(Math.min(durationMs, MAX_TIMER_MS), resolve);
  const onAbort = () => resolve();
  interruption.addEventListener("abort", onAbort, { once: true });
  await promise;
  cancel();
  interruption.removeEventListener("abort", onAbort);
}
