import { type ScanSources, scanReadings } from "../../telemetry/index.ts";
import { type BacktestJob, type BacktestResult, causeOf, compileJobRule } from "./backtest-job.ts";
import { EpisodeLog } from "./episode-log.ts";
import { Replay, type ReplayDevice } from "./replay.ts";
import { SimulatedActuator } from "./simulated-actuator.ts";

/** Runs a job to its end, holding the thread: for one that has nothing else to do. `db` must see one snapshot. */
export async function runBacktest(
  { db, partReader }: Omit<ScanSources, "partition">,
  job: BacktestJob,
): Promise<BacktestResult> {
  const { partition, fromMicros, toMicros } = job;
  const rules = job.rules.map((rule) => compileJobRule(rule, fromMicros));
  const devices = devicesRead(rules.flatMap(({ inputs }) => inputs));
  const log = new EpisodeLog(job.askedIds, job.maxTold);
  const followersOf = new Map<number, SimulatedActuator[]>();
  const replay = new Replay(rules, devices, (transition) => {
    log.take(transition);
    if (transition.state !== "firing") return;
    for (const follower of followersOf.get(transition.ruleId) ?? []) follower.onFiring(transition.timeMicros);
  });
  const ruleOf = new Map(job.rules.map((rule) => [rule.id, rule]));
  const actuators = job.actuators.map((actuator) => {
    const simulated = new SimulatedActuator(
      actuator,
      actuator.ruleIds.map((id) => causeOf(ruleOf.get(id)!, replay.runOf(id), fromMicros)),
      job.maxTold,
    );
    for (const id of actuator.ruleIds) followersOf.set(id, [...(followersOf.get(id) ?? []), simulated]);
    return simulated;
  });
  replay.follow(
    actuators,
    job.actuators.some(({ ruleIds }) => ruleIds.length > 1),
  );

  const scan = await scanReadings({ db, partition, partReader }, { devices, fromMicros, toMicros });
  let readings = 0;
  let invalid = 0;
  for await (const window of scan.windows()) {
    for (const device of window) {
      readings += device.valid;
      invalid += device.invalid;
    }
    replay.take(window);
  }
  replay.end(toMicros);
  return {
    readings,
    invalid,
    rules: log.outcomes(toMicros),
    episodes: log.episodes,
    actuators: actuators.map((actuator) => actuator.outcome(toMicros)),
  };
}

function devicesRead(inputs: readonly { readonly deviceId: number; readonly metricNumber: number }[]): ReplayDevice[] {
  const metrics = Map.groupBy(inputs, ({ deviceId }) => deviceId);
  return [...metrics].map(([deviceId, ofDevice]) => ({
    deviceId,
    metricNumbers: [...new Set(ofDevice.map(({ metricNumber }) => metricNumber))],
  }));
}
