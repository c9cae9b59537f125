import { bucketFinder, parseInterval } from "@sluice/core/telemetry/buckets.ts";
import type { QueryPart, SidecarInterval } from "./part-catalogue-store.ts";
import { resolutionGone } from "./part-errors.ts";
import { QUARTER_MICROS } from "./part-schema.ts";

type CoarsePart = Pick<QueryPart, "minMicros" | "maxMicros" | "sidecarInterval" | "sidecarZone">;

export interface BucketedRange {
  readonly interval: string;
  readonly zone?: string | undefined;
  readonly fromMicros: number;
  readonly toMicros: number;
}

const INTERVAL_OF: Readonly<Record<Exclude<SidecarInterval, "quarter">, string>> = { day: "1d", month: "1mo" };

/** Where the row of a part's sidecar begins, and ends, in which a time lies. */
export function sidecarRowOf({ sidecarInterval, sidecarZone }: Pick<QueryPart, "sidecarInterval" | "sidecarZone">) {
  return bucketFinder(parseInterval(sidecarInterval === "quarter" ? "15m" : INTERVAL_OF[sidecarInterval]), sidecarZone);
}

/**
 * Where retention has made days or months of the quarter-hours, a bucket that begins or ends within one of those cannot be told.
 * Throws `telemetry.resolution_gone`.
 */
export function assertResolution(parts: readonly CoarsePart[], range: BucketedRange): void {
  const bucketOf = bucketFinder(parseInterval(range.interval), range.zone);
  for (const part of parts) {
    const { sidecarInterval: left, sidecarZone: zone } = part;
    if (left === "quarter") continue;
    const rowOf = sidecarRowOf(part);
    // Its first row is told by the quarter-hour in which that begins.
    const firstMicros = Math.floor(part.minMicros / QUARTER_MICROS) * QUARTER_MICROS;
    const isWithin = (micros: number) => micros > firstMicros && micros <= part.maxMicros;
    const cuts = (micros: number) => isWithin(micros) && rowOf(micros).startMicros !== micros;
    const from = Math.max(part.minMicros, range.fromMicros);
    const to = Math.min(part.maxMicros + 1, range.toMicros);
    let isCut = cuts(range.fromMicros) || cuts(range.toMicros);
    for (let at = from; at < to && !isCut; at = bucketOf(at).endMicros) isCut = at !== from && cuts(at);
    if (isCut) throw resolutionGone(left, zone, part.maxMicros + 1);
  }
}
