import { statfs } from "node:fs/promises";
import type { Probe } from "./probe.ts";
import {
  type CountByOrganization,
  clockProbe,
  databaseProbe,
  deadLettersProbe,
  diskProbe,
  gatewayProbe,
  lostAlertsProbe,
  rejectedProbe,
  type Settling,
  settlingProbe,
} from "./probes.ts";
import { SelfWatch, type SelfWatchOptions } from "./watch-self.ts";
import { gatewaySilentForMs } from "./watched-store.ts";

export interface SelfWatchSettings extends Omit<SelfWatchOptions, "probes"> {
  /** A folder on the disk that must not become full. */
  readonly directory: string;
  /** What was given up lately. */
  readonly counts: WatchedCounts;
}

export interface WatchedCounts {
  readonly deadExecutions: CountByOrganization;
  readonly deadDeliveries: CountByOrganization;
  readonly rejectedMessages: CountByOrganization;
  /** By this process. */
  readonly lostAlerts: () => number;
  readonly settling: () => Promise<Settling>;
}

/** All that Sluice watches of itself. The pool of `alerts` is best one of its own: one that is full is no database away. */
export function createSelfWatch({ directory, counts, ...settings }: SelfWatchSettings): SelfWatch {
  const {
    alerts: { pool },
    clock,
    host,
  } = settings;
  const probes: Probe[] = [
    databaseProbe(host, clock, () => pool.query("select 1")),
    diskProbe(host, directory, () => freeBytesOf(directory)),
    clockProbe(host, clock),
    gatewayProbe(() => gatewaySilentForMs(pool)),
    deadLettersProbe("executions", counts.deadExecutions),
    deadLettersProbe("deliveries", counts.deadDeliveries),
    rejectedProbe(counts.rejectedMessages),
    lostAlertsProbe(host, counts.lostAlerts),
    settlingProbe(counts.settling),
  ];
  return new SelfWatch({ ...settings, probes });
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
