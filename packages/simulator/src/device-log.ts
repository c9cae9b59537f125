import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import path from "node:path";

/** One change of an output. What the log says is what the output did: no edge happens before its line is on disk. */
export interface EdgeLine {
  /** Wall clock of the device, RFC 3339. */
  readonly at: string;
  /** Monotonic milliseconds within the boot, for durations. */
  readonly mono: number;
  readonly bootId: string;
  readonly actuator: string;
  readonly edge: "ON" | "OFF";
  /** Of the command that caused it; absent when no command did. */
  readonly fence?: number;
  readonly commandId?: string;
  /** Why an output went off, or that an ON is the safe state and no command's: "safe_state". */
  readonly reason?: string;
}

/**
 * A device's own log: one JSON line an edge, each synced to disk before `append` returns. Tests of the safety contract
 * believe this file and nothing else.
 */
export class DeviceLog {
  readonly path: string;
  private descriptor: number | undefined;

  constructor(filePath: string) {
    this.path = filePath;
  }

  append(line: EdgeLine): void {
    this.descriptor ??= openForAppend(this.path);
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    let written = 0;
    while (written < bytes.length) written += writeSync(this.descriptor, bytes, written);
    fsyncSync(this.descriptor);
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }
}

/** Opens the file, makes its name durable, and cuts a last line that a crash tore: its edge never happened. */
function openForAppend(filePath: string): number {
  const folder = path.dirname(filePath);
  mkdirSync(folder, { recursive: true });
  const descriptor = openSync(filePath, "a+");
  const content = readFileSync(filePath);
  const wholeBytes = content.lastIndexOf(0x0a) + 1;
  if (wholeBytes < content.length) truncateSync(filePath, wholeBytes);
  syncFolder(folder);
  return descriptor;
}

export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
