import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileSchedule, type Occurrence, type ScheduleDefinition, type ScheduleTimes } from "./schedule.ts";
import type { Place } from "./sun.ts";
import { SEARCH_MS } from "./wall-clock.ts";

/**
 * Schedules as text: a definition, and line by line what follows `after`: the key of the occurrence, when it happens or that the
 * clock skips it, and what the change of the clock did to it. "end": nothing follows.
 */
const FOLDER = new URL("./scenarios/", import.meta.url);

interface Scenario {
  readonly title: string;
  readonly definition: ScheduleDefinition;
  readonly place: Place | undefined;
  readonly afterMicros: number;
  readonly expected: readonly string[];
}

const UNITS: Readonly<Record<string, number>> = { min: 60_000, h: 3_600_000 };

function durationMs(text: string): number {
  const [, count, unit] = /^(-?\d+)(min|h)$/.exec(text)!;
  return Number(count) * UNITS[unit!]!;
}

function timesOf(text: string): { readonly times: ScheduleTimes; readonly place?: Place } {
  const [kind, ...rest] = text.split(" ");
  if (kind === "cron") return { times: { kind, expression: rest.join(" ") } };
  if (kind === "rrule") return { times: { kind, rule: rest[0]!, start: rest[2]! } };
  if (kind === "every") return { times: { kind, everyMs: durationMs(rest[0]!), anchor: rest[2]! } };
  const [event, offset, , latitude, longitude] = rest;
  return {
    times: { kind: "sun", event: event as "sunrise" | "sunset", offsetMs: durationMs(offset!) },
    place: { latitude: Number(latitude), longitude: Number(longitude) },
  };
}

function readScenario(block: string): Scenario {
  const lines = block.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const fields = new Map(lines.filter((line) => !line.startsWith(" ")).map((line) => splitAt(line)));
  const { times, place } = timesOf(fields.get("schedule")!);
  const definition = {
    timeZone: fields.get("zone")!,
    times,
    skippedTime: fields.get("skipped"),
    repeatedTime: fields.get("repeated"),
    from: fields.get("from"),
    until: fields.get("until"),
  } as ScheduleDefinition;
  const policies = ["skipped", "repeated"].flatMap((name) => fields.get(name) ?? []).join(", ");
  return {
    title: `${fields.get("schedule")} in ${fields.get("zone")} ${policies}`,
    definition,
    place,
    afterMicros: Date.parse(fields.get("after")!) * 1000,
    expected: lines.filter((line) => line.startsWith(" ")).map((line) => line.trim().replace(/ {2,}/g, "   ")),
  };
}

function splitAt(line: string): [string, string] {
  const [, name, value] = /^(\w+) +(.*)$/.exec(line)!;
  return [name!, value!];
}

function lineOf({ key, timeMicros, clockChange }: Occurrence, isToTheMinute: boolean): string {
  const time = timeMicros === undefined ? [] : [isToTheMinute ? roundedToMinute(timeMicros) : toTheSecond(timeMicros)];
  return [key, ...time, ...(clockChange === undefined ? [] : [clockChange])].join("   ");
}

function toTheSecond(micros: number): string {
  return new Date(micros / 1000).toISOString().replace(".000Z", "Z");
}

function roundedToMinute(micros: number): string {
  return toTheSecond(Math.round(micros / 60e6) * 60e6).replace(":00Z", "Z");
}

function run({ definition, place, afterMicros, expected }: Scenario): string[] {
  const lines: string[] = [];
  const schedule = compileSchedule(definition, place);
  for (const occurrence of schedule.occurrences(afterMicros, afterMicros + SEARCH_MS * 1000)) {
    lines.push(lineOf(occurrence, definition.times.kind === "sun"));
    if (lines.length === expected.length) return lines;
  }
  return [...lines, "end"];
}

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".txt"))) {
  const blocks = readFileSync(new URL(file, FOLDER), "utf8")
    .split(/\n\n+/)
    .filter((block) => /^schedule /m.test(block));
  describe(file, () => {
    it.each(blocks.map(readScenario))("$title", (scenario) => {
      expect(scenario.expected.length).toBeGreaterThan(0);
      expect(run(scenario)).toEqual(scenario.expected);
    });
  });
}
