import { randomUUID } from "node:crypto";
import path from "node:path";
import { readConfig } from "@sluice/server/config.ts";
import { systemClock } from "@sluice/simulator/clock.ts";
import { parseFaultRates } from "@sluice/simulator/faults/fault-rates.ts";
import { type Fleet, type FleetCounters, MAX_FLEET_DEVICES, MAX_RATE_PER_SECOND } from "@sluice/simulator/fleet.ts";
import { FLEET_VIAS } from "@sluice/simulator/links/open-devices.ts";
import type { MadeUpHistory } from "@sluice/simulator/made-up-history.ts";
import { type OpenedFleet, openFleet } from "@sluice/simulator/open-fleet.ts";
import type { WorldPlace } from "@sluice/simulator/place.ts";
import { SIMULATED_SOLUTIONS, type SimulatedSolutionName } from "@sluice/simulator/solutions.ts";
import { MAX_CONTAMINATIONS_PER_DAY } from "@sluice/simulator/water-quality/contamination.ts";
import { type Command, type Io, UsageError } from "../command.ts";
import { ENDPOINT_OPTIONS, endpointsOf } from "../endpoints.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE, EXIT_FAILED } from "../print-error.ts";
import { type Progress, startProgress } from "../progress.ts";
import { SIGN_IN_OPTIONS, signInOf } from "../simulator-sign-in.ts";

const SOLUTIONS = Object.keys(SIMULATED_SOLUTIONS) as SimulatedSolutionName[];
const SOLAR_MODELS = ["formula", "clear-sky"] as const;
const MAX_BACKFILL_DAYS = 3_660;
/** Munich. */
const DEFAULT_PLACE: WorldPlace = { latitude: 48.1, longitude: 11.6 };
const MAX_SECONDS = 365 * 86_400;
const MAX_SPEED = 10_000;
const PROGRESS_EVERY_MS = 250;

export const command: Command = {
  summary: "run a fleet of simulated devices against a server",
  positionals: [{ name: SOLUTIONS.join("|"), isRequired: true }],
  options: {
    devices: { kind: "number", value: "N", help: "how many devices (10)" },
    rate: { kind: "number", value: "R", help: "readings a second of each device (1)" },
    seconds: { kind: "number", value: "S", help: "how long (until Ctrl-C)" },
    via: { kind: "text", value: FLEET_VIAS.join("|"), help: "how readings travel (mqtt); outputs run on mqtt only" },
    ...ENDPOINT_OPTIONS,
    ...SIGN_IN_OPTIONS,
    seed: { kind: "number", value: "N", help: "another seed, another world (1)" },
    speed: { kind: "number", value: "X", help: "the world's time runs so many times faster (1)" },
    backfill: { kind: "number", value: "DAYS", help: "first make up the history of so many days" },
    faults: {
      kind: "text",
      value: "KIND:SHARE,…",
      help: "stuck, spike, drift, drop-out, reboot: how likely at a reading",
    },
    contaminations: { kind: "number", value: "N", help: "a day, of each water-quality station (0.2)" },
    solar: { kind: "text", value: SOLAR_MODELS.join("|"), help: "how panels are simulated (formula)" },
    place: { kind: "text", value: "LAT,LON", help: "where the world lies (48.1,11.6)" },
    from: { kind: "text", value: "ADDRESS,…", help: "addresses of this machine that MQTT connections come from" },
    prefix: { kind: "text", value: "TEXT", help: "what the uids begin with (sim-)" },
    state: { kind: "text", value: "DIR", help: "tokens and device logs (simulator, in SLUICE_HOME)" },
    json: { kind: "flag", help: "print the result as JSON" },
  },
  examples: [
    "sluice simulate home-energy --devices 20 --rate 0.0167 --backfill 30 --seconds 0",
    "sluice simulate water-quality --devices 100000 --rate 0.1 --via gateway --seconds 600 --json",
    "sluice simulate irrigation --devices 100 --rate 1 --seconds 60 --email admin@example.org --password …",
  ],
  run: simulate,
};

async function simulate(invocation: Invocation, io: Io): Promise<number> {
  const seconds = invocation.number("seconds", { min: 0, max: MAX_SECONDS });
  const interruption = io.interruption();
  const { history, fleet, labelPath } = await open(invocation, seconds, io);
  const letGo = () => {
    history?.stop();
    void fleet.stop();
  };
  interruption.addEventListener("abort", letGo, { once: true });
  if (interruption.aborted) return EXIT_FAILED;
  if (history !== undefined) await makeUp(history, io);
  const startMs = systemClock.monotonicMs();
  if (!interruption.aborted && seconds !== 0) await live(fleet, seconds, io);
  const outcome = { labelPath, seconds: (systemClock.monotonicMs() - startMs) / 1000 };
  await fleet.stop();
  report(fleet.counters, history, outcome, invocation.flag("json"), io);
  return fleet.counters.errors === 0 && (history?.counters.errors ?? 0) === 0 ? EXIT_DONE : EXIT_FAILED;
}

async function makeUp(history: MadeUpHistory, io: Io): Promise<void> {
  io.err.write("Making up the history …\n");
  await history.run();
}

async function live(fleet: Fleet, seconds: number | undefined, io: Io): Promise<void> {
  await fleet.start();
  const progress = startProgress(seconds, io.err, systemClock.monotonicMs);
  const stopProgress = showProgress(fleet, progress, systemClock.monotonicMs());
  await fleet.run();
  stopProgress();
}

function open(invocation: Invocation, seconds: number | undefined, io: Io): Promise<OpenedFleet> {
  const { home } = readConfig();
  const faults = invocation.text("faults");
  return openFleet({
    solution: solutionOf(invocation),
    via: invocation.choice("via", FLEET_VIAS),
    endpoints: endpointsOf(invocation),
    devices: invocation.integer("devices", { min: 1, max: MAX_FLEET_DEVICES }) ?? 10,
    ratePerSecond: invocation.number("rate", { min: 1 / 86_400, max: MAX_RATE_PER_SECOND }) ?? 1,
    seconds,
    seed: invocation.integer("seed", { min: 0, max: 2 ** 32 - 1 }) ?? 1,
    speedFactor: invocation.number("speed", { min: 1, max: MAX_SPEED }) ?? 1,
    uidPrefix: invocation.text("prefix") ?? "sim-",
    stateDirectory: path.resolve(invocation.text("state") ?? path.join(home, "simulator")),
    signIn: signInOf(invocation, home),
    place: placeOf(invocation.text("place")),
    solar: invocation.choice("solar", SOLAR_MODELS),
    contaminationsPerDay: invocation.number("contaminations", { min: 0, max: MAX_CONTAMINATIONS_PER_DAY }) ?? 0.2,
    faults: faults === undefined ? {} : parseFaultRates(faults),
    backfillDays: invocation.number("backfill", { min: 0, max: MAX_BACKFILL_DAYS }) ?? 0,
    localAddresses: invocation.text("from")?.split(",") ?? [],
    clock: systemClock,
    newBootId: randomUUID,
    onRegistered: (done) => {
      if (done >= 1_000) io.err.write(`${done} devices registered\n`);
    },
  });
}

function solutionOf(invocation: Invocation): SimulatedSolutionName {
  const name = invocation.positional(0);
  const solution = SOLUTIONS.find((known) => known === name);
  if (solution !== undefined) return solution;
  throw new UsageError(`There is no simulation "${name}"; there are: ${SOLUTIONS.join(", ")}.`);
}

function placeOf(text: string | undefined): WorldPlace {
  if (text === undefined) return DEFAULT_PLACE;
  const [latitude = Number.NaN, longitude = Number.NaN, ...more] = text.split(",").map(Number);
  if (more.length === 0 && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) return { latitude, longitude };
  throw new UsageError(`--place is a latitude and a longitude such as 48.1,11.6, not "${text}".`);
}

function showProgress(fleet: Fleet, progress: Progress, startMs: number): () => void {
  const show = () => {
    const { sent, acknowledged, errors } = fleet.counters;
    const note = `${sent} sent, ${acknowledged} acknowledged, ${errors} errors`;
    progress.update((systemClock.monotonicMs() - startMs) / 1000, note);
  };
  let cancel = () => {};
  const again = () => {
    show();
    cancel = systemClock.after(PROGRESS_EVERY_MS, again);
  };
  again();
  return () => {
    cancel();
    show();
    progress.stop();
  };
}

interface Outcome {
  readonly labelPath: string;
  readonly seconds: number;
}

function report(
  counters: FleetCounters,
  history: MadeUpHistory | undefined,
  { labelPath, seconds }: Outcome,
  isJson: boolean,
  io: Io,
): void {
  const perSecond = seconds > 0 ? Math.round(counters.acknowledged / seconds) : 0;
  if (isJson) {
    const past = history === undefined ? {} : { history: history.counters };
    io.out.write(`${JSON.stringify({ ...counters, seconds, perSecond, ...past, labels: labelPath })}\n`);
    return;
  }
  const firstError = history?.counters.firstError ?? counters.firstError;
  if (firstError !== undefined) io.err.write(`The first error: ${firstError}\n`);
  if (history !== undefined) {
    const past = history.counters;
    io.out.write(`History: ${past.sent} readings sent, ${past.acknowledged} acknowledged, ${past.errors} errors\n`);
  }
  const { sent, acknowledged, errors } = counters;
  io.out.write(`${sent} readings sent, ${acknowledged} acknowledged, ${errors} errors, ${perSecond} a second\n`);
}
