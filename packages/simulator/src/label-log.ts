import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { toRfc3339 } from "./senders/outgoing-reading.ts";

/** What truly went on while a device said what it said: the answer sheet of a detector. */
export interface Label {
  readonly device: string;
  /** A fault of the device (`stuck`, `spike`, …), or an event in the water. */
  readonly kind: string;
  /** Of a fault that one metric has. */
  readonly metric?: string | undefined;
  /** Times of the first and of the last reading that is touched, µs since 1970. */
  readonly startMicros: number;
  readonly endMicros: number;
}

export type WriteLabel = (label: Label) => void;

/** Appends to a file of JSON lines: `{"device","kind","metric","start","end"}`, each once what it tells of has ended. */
export function labelFile(filePath: string): WriteLabel {
  mkdirSync(path.dirname(filePath), { recursive: true });
  return ({ device, kind, metric, startMicros, endMicros }) => {
    const line = { device, kind, metric, start: toRfc3339(startMicros), end: toRfc3339(endMicros) };
    appendFileSync(filePath, `${JSON.stringify(line)}\n`);
  };
}
