import { randomUUID } from "node:crypto";
import path from "node:path";
import { readConfig } from "@sluice/server/config.ts";
import { systemClock } from "@sluice/simulator/clock.ts";
import { type Fleet, type FleetCounters, MAX_FLEET_DEVICES, MAX_RATE_PER_SECOND } from "@sluice/simulator/fleet.ts";
import type { SignIn } from "@sluice/simulator/fleet-tokens.ts";
import { openIrrigationFleet } from "@sluice/simulator/irrigation-fleet.ts";
import type { Via } from "@sluice/simulator/senders/open-sender.ts";
import { type Command, type Io, UsageError } from "../command.ts";
import { readDemoFile } from "../demo/demo-file.ts";
import { ENDPOINT_OPTIONS, endpointsOf } from "../endpoints.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE, EXIT_FAILED } from "../print-error.ts";
import { type Progress, startProgress } from "../progress.ts";

const VIAS: readonly [Via, ...Via[]] = ["mqtt", "http", "line"];
const MAX_SECONDS = 365 * 86_400;
const MAX_SPEED = 10_000;
const PROGRESS_EVERY_MS = 250;

export const command: Command = {
  summary: "run a fleet of simulated devices against a server",
  positionals: [{ name: "irrigation", isRequired: true }],
  options: {
    devices: { kind: "number", value: "N", help: "how many devices (10)" },
    rate: { kind: "number", value: "R", help: "readings a second of each device (1)" },
    seconds: { kind: "number", value: "S", help: "how long (until Ctrl-C)" },
    via: { kind: "text", value: VIAS.join("|"), help: "the protocol (mqtt); pumps run on mqtt only" },
    ...ENDPOINT_OPTIONS,
    email: { kind: "text", value: "EMAIL", help: "an administrator, who registers the devices (the demo's)" },
    password: { kind: "text", value: "PASSWORD", help: "the administrator's password" },
    seed: { kind: "number", value: "N", help: "another seed, other soils (1)" },
    speed: { kind: "number", value: "X", help: "soil time runs so many times faster (1)" },
    prefix: { kind: "text", value: "TEXT", help: "what the uids begin with (sim-)" },
    state: { kind: "text", value: "DIR", help: "tokens and device logs (simulator, in SLUICE_HOME)" },
    json: { kind: "flag", help: "print the result as JSON" },
  },
  examples: ["sluice simulate irrigation --devices 100 --rate 1 --seconds 60 --email admin@example.org --password …"],
  run: simulate,
};

async function simulate(invocation: Invocation, io: Io): Promise<number> {
  const solution = invocation.positional(0);
  if (solution !== "irrigation") throw new UsageError(`There is no simulation "${solution}"; there is: irrigation.`);
  const seconds = invocation.number("seconds", { min: 0.1, max: MAX_SECONDS });
  const interruption = io.interruption();
  const fleet = await openFleet(invocation, seconds, io);
  if (interruption.aborted) return EXIT_FAILED;
  interruption.addEventListener("abort", () => void fleet.stop(), { once: true });
  await fleet.start();
  const startMs = systemClock.monotonicMs();
  const progress = startProgress(seconds, io.err, systemClock.monotonicMs);
  const stopProgress = showProgress(fleet, progress, startMs);
  await fleet.run();
  stopProgress();
  await fleet.stop();
  report(fleet.counters, (systemClock.monotonicMs() - startMs) / 1000, invocation.flag("json"), io);
  return fleet.counters.errors === 0 ? EXIT_DONE : EXIT_FAILED;
}

function openFleet(invocation: Invocation, seconds: number | undefined, io: Io): Promise<Fleet> {
  const { home } = readConfig();
  return openIrrigationFleet({
    via: invocation.choice("via", VIAS),
    endpoints: endpointsOf(invocation),
    devices: invocation.integer("devices", { min: 1, max: MAX_FLEET_DEVICES }) ?? 10,
    ratePerSecond: invocation.number("rate", { min: 1 / 86_400, max: MAX_RATE_PER_SECOND }) ?? 1,
    seconds,
    seed: invocation.integer("seed", { min: 0, max: 2 ** 32 - 1 }) ?? 1,
    speedFactor: invocation.number("speed", { min: 1, max: MAX_SPEED }) ?? 1,
    uidPrefix: invocation.text("prefix") ?? "sim-",
    stateDirectory: path.resolve(invocation.text("state") ?? path.join(home, "simulator")),
    signIn: signInOf(invocation, home),
    clock: systemClock,
    newBootId: randomUUID,
    onRegistered: (done) => {
      if (done % 100 === 0) io.err.write(`${done} devices registered\n`);
    },
  });
}

/** What the command line says, else the sign-in of the demo in the same home. */
function signInOf(invocation: Invocation, home: string): SignIn | undefined {
  const email = invocation.text("email");
  const password = invocation.text("password");
  if (email === undefined && password === undefined) return readDemoFile(home)?.signIn;
  if (email === undefined || password === undefined) throw new UsageError("--email and --password belong together.");
  return { email, password };
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

function report(counters: FleetCounters, seconds: number, isJson: boolean, io: Io): void {
  const perSecond = Math.round(counters.acknowledged / seconds);
  if (isJson) {
    io.out.write(`${JSON.stringify({ ...counters, seconds, perSecond })}\n`);
    return;
  }
  if (counters.firstError !== undefined) io.err.write(`The first error: ${counters.firstError}\n`);
  const { sent, acknowledged, errors } = counters;
  io.out.write(`${sent} readings sent, ${acknowledged} acknowledged, ${errors} errors, ${perSecond} a second\n`);
}
