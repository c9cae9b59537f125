import type { Label } from "../label-log.ts";
import { membersOf } from "../open-fleet.ts";
import { toLine } from "../senders/outgoing-reading.ts";
import type { SimulatedMember, WorldOptions } from "../simulated-member.ts";
import type { SimulatedSolutionName } from "../solutions.ts";
import { FakeClock } from "./fake-clock.ts";

/** A Wednesday of June, midnight UTC. */
export const MIDSUMMER_MICROS = Date.UTC(2025, 5, 18) * 1000;
export const MUNICH = { latitude: 48.1, longitude: 11.6 };

type Choices = Partial<Omit<Parameters<typeof membersOf>[0], "solution" | "clock">>;

export interface TestWorld {
  readonly members: readonly SimulatedMember[];
  readonly labels: Label[];
  readonly clock: FakeClock;
  /** What every member says at each of so many times, as lines. */
  lines(count: number, everyMs: number): string[];
}

/** The members of a solution on a clock that moves only when it is told to. */
export function testWorld(solution: SimulatedSolutionName, choices: Choices = {}): TestWorld {
  const clock = new FakeClock(MIDSUMMER_MICROS);
  const labels: Label[] = [];
  const options: Omit<WorldOptions, "clock" | "isHistory" | "writeLabel"> = {
    devices: 5,
    seed: 7,
    speedFactor: 1,
    uidPrefix: "w-",
    place: MUNICH,
    stateDirectory: "/nowhere",
    solar: "formula",
    contaminationsPerDay: 0,
  };
  const rest = { faults: {}, backfillDays: 0, localAddresses: [], ...options, ...choices, solution, clock };
  const members = membersOf(rest, clock, (label) => labels.push(label));
  const lines = (count: number, everyMs: number) =>
    Array.from({ length: count }, () => {
      clock.advance(everyMs);
      const timeMicros = clock.nowMicros();
      return members.map(({ uid, model }) => toLine(uid, { timeMicros, values: model.read(timeMicros) }));
    }).flat();
  return { members, labels, clock, lines };
}
