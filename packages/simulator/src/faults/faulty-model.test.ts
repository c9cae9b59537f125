import { expect, test } from "vitest";
import { WITHOUT_OUTPUTS } from "../device-model.ts";
import type { Label } from "../label-log.ts";
import { seededRandom } from "../random.ts";
import { FAULT_KINDS, type FaultKind, parseFaultRates } from "./fault-rates.ts";
import { FaultyModel } from "./faulty-model.ts";

const TRUE_VALUE = 10;

function faulty(rates: Partial<Record<FaultKind, number>>, seed = 1) {
  const labels: Label[] = [];
  let reading = 0;
  const model = new FaultyModel({
    uid: "d-1",
    model: {
      ...WITHOUT_OUTPUTS,
      read: () => [
        ["level", TRUE_VALUE + reading / 1000],
        ["state", "fine"],
      ],
    },
    rates,
    random: seededRandom(seed),
    writeLabel: (label) => labels.push(label),
  });
  const read = (count: number) =>
    Array.from({ length: count }, () => {
      reading += 1;
      return { time: reading * 1_000_000, truth: TRUE_VALUE + reading / 1000, values: model.read(reading * 1_000_000) };
    });
  return { model, labels, read };
}

test("without rates nothing is wrong", () => {
  const { read, labels } = faulty({});
  for (const { values, truth } of read(500)) expect(values[0]).toEqual(["level", truth]);
  expect(labels).toEqual([]);
});

test.each(FAULT_KINDS)("%s touches the readings that its labels name, and no others", (kind) => {
  const { read, labels, model } = faulty({ [kind]: 0.01 });
  const readings = read(3_000);
  model.end();
  expect(labels.length).toBeGreaterThan(5);
  expect(new Set(labels.map((label) => label.kind))).toEqual(new Set([kind]));
  for (const { time, truth, values } of readings) {
    const label = labels.find(({ startMicros, endMicros }) => startMicros <= time && time <= endMicros);
    if (label === undefined)
      expect(values).toEqual([
        ["level", truth],
        ["state", "fine"],
      ]);
    else if (kind === "drop-out" || kind === "reboot") expect(values).toEqual([]);
    else if (kind === "spike") expect(Math.abs((values[0]![1] as number) - truth)).toBeGreaterThanOrEqual(TRUE_VALUE);
    else if (time > label.startMicros) expect(values[0]![1]).not.toBe(truth);
    if (label !== undefined && kind === "stuck") expect(values[0]![1]).toBe(valueAt(label.startMicros));
  }
});

/** What the probe truly read when it stuck. */
const valueAt = (timeMicros: number) => TRUE_VALUE + timeMicros / 1e9;

test("drift grows from reading to reading", () => {
  const { read, labels, model } = faulty({ drift: 0.005 });
  const readings = read(1_000);
  model.end();
  const { startMicros, endMicros } = labels[0]!;
  const off = readings
    .filter(({ time }) => time >= startMicros && time <= endMicros)
    .map(({ values, truth }) => Math.abs((values[0]![1] as number) - truth));
  for (let index = 1; index < off.length; index++) expect(off[index]!).toBeGreaterThan(off[index - 1]!);
});

test("a reboot is told once, when it begins", () => {
  const { read, labels, model } = faulty({ reboot: 0.01 });
  let reboots = 0;
  model.onReboot = () => {
    reboots += 1;
  };
  read(2_000);
  model.end();
  expect(reboots).toBe(labels.length);
});

test("rates are read from text, and nonsense is named", () => {
  expect(parseFaultRates("stuck:0.01, drop-out:1")).toEqual({ stuck: 0.01, "drop-out": 1 });
  for (const text of ["stuck", "stuck:", "stuck:2", "burnt:0.1", "", "spike:-1"]) {
    expect(() => parseFaultRates(text), text).toThrow(/is no fault/);
  }
});
