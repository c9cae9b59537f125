import { statfs } from "node:fs/promises";
import type { Probe } from "./probe.ts";
import { clockProbe, databaseProbe, deadLettersProbe, diskProbe, gatewayProbe, rejectedProbe } from "./probes.ts";
import { SelfWatch, type SelfWatchOptions } from "./watch-self.ts";
import { countDeadDeliveries, countDeadExecutions, countRejected, gatewaySilentForMs } from "./watched-store.ts";

export interface SelfWatchSettings extends Omit<SelfWatchOptions, "probes"> {
  /** A folder on the disk that must not become full. */
  readonly directory: string;
}

/** All that Sluice watches of itself. The pool of `alerts` is best one of its own: one that is full is no database away. */
export function createSelfWatch({ directory, ...settings }: SelfWatchSettings): SelfWatch {
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
    deadLettersProbe("executions", () => countDeadExecutions(pool)),
    deadLettersProbe("deliveries", () => countDeadDeliveries(pool)),
    rejectedProbe(() => countRejected(pool)),
  ];
  return new SelfWatch({ ...settings, probes });
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
