import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import path from "node:path";
import type { DeviceLogEvent } from "@sluice/core/safety/device-log.ts";

interface LineBase {
  /** Wall clock of the device, RFC 3339. */
  readonly at: string;
  /** Monotonic milliseconds within the boot, for durations. */
  readonly mono: number;
  readonly bootId: string;
}

/** One change of an output. What the log says is what the output did: no edge happens before its line is on disk. */
export interface EdgeLine extends LineBase {
  readonly actuator: string;
  /** SAFE: it went into the safe state that `state` names. */
  readonly edge: "ON" | "OFF" | "SAFE";
  /** Of the command that caused it; absent when no command did. */
  readonly fence?: number;
  readonly commandId?: string;
  /** Why an output went off, or into its safe state. */
  readonly reason?: string;
}

/** Something else that the contract's checks need to know: a boot, the link, a STOP, a release, a set-point. */
export interface OccurrenceLine extends LineBase {
  readonly event: "boot" | "link_lost" | "link_up" | "stop" | "release" | "set";
}

export type LogLine = EdgeLine | OccurrenceLine;

const EDGES: Readonly<Record<string, EdgeLine["edge"]>> = { on: "ON", off: "OFF", safe: "SAFE" };

/** The line of an event, with all that the event says: an ON has its deadline, a DOSE its amounts. */
export function lineOf(event: DeviceLogEvent, at: string, bootId: string): LogLine {
  if (event.event === "boot") return { at, mono: 0, ...event };
  const { event: kind, monoMs, ...rest } = event;
  const edge = EDGES[kind];
  return { at, bootId, mono: monoMs, ...(edge === undefined ? { event: kind } : { edge }), ...rest } as LogLine;
}

export function eventOf({ at: _at, bootId, mono, ...rest }: LogLine): DeviceLogEvent {
  if ("edge" in rest) {
    const { edge, ...others } = rest;
    return { event: edge.toLowerCase(), monoMs: mono, ...others } as unknown as DeviceLogEvent;
  }
  return (rest.event === "boot" ? { ...rest, bootId } : { ...rest, monoMs: mono }) as unknown as DeviceLogEvent;
}

/**
 * A device's own log: one JSON line an edge or occurrence, each synced to disk before `append` returns. Tests of the safety
 * contract believe this file and nothing else.
 */
export class DeviceLog {
  readonly path: string;
  private descriptor: number | undefined;

  constructor(filePath: string) {
    this.path = filePath;
  }

  append(line: LogLine): void {
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
