import { existsSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Config } from "@sluice/server/config.ts";
import { describeHolder, type NamedPort, portState, unavailablePort } from "../ports/free-ports.ts";
import { type Finding, fail, ok, warn } from "./check.ts";

/** What the type stripping that we start with needs; tested on this line alone. */
const NODE_MAJOR = 24;
const GIBIBYTE = 1024 ** 3;
const FAIL_BELOW_BYTES = GIBIBYTE / 4;
const WARN_BELOW_BYTES = 2 * GIBIBYTE;

export function checkNode(version: string): Finding {
  const major = Number(version.split(".")[0]);
  if (major === NODE_MAJOR) return ok("node", `Node ${version}.`);
  const mend = "Use the pinned one: npm ci, then npx sluice.";
  if (major > NODE_MAJOR)
    return warn("node", `Node ${version} is newer than ${NODE_MAJOR}, on which Sluice is tested.`, mend);
  return fail("node", `Node ${version} is too old: Sluice needs ${NODE_MAJOR}.`, mend);
}

export function checkHome(home: string): Finding {
  const folder = existingPart(home);
  const probe = path.join(folder, `.sluice-probe-${process.pid}`);
  try {
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return fail(
      "home",
      `${folder} cannot be written: ${code}.`,
      "Give this user the folder, or set SLUICE_HOME to another.",
    );
  }
  return ok("home", folder === home ? `${home} can be written.` : `${home} will be made by the first start.`);
}

export function checkDisk(home: string): Finding {
  const { bavail, bsize } = statfsSync(existingPart(home));
  return judgeDisk(bavail * bsize, home);
}

export function judgeDisk(freeBytes: number, home: string): Finding {
  const free = `${(freeBytes / GIBIBYTE).toFixed(1)} GiB free for ${home}`;
  const mend = "Free some space, or set SLUICE_HOME to a larger disk: a full disk stops ingest.";
  if (freeBytes < FAIL_BELOW_BYTES) return fail("disk", `Only ${free}.`, mend);
  if (freeBytes < WARN_BELOW_BYTES) return warn("disk", `Only ${free}.`, mend);
  return ok("disk", `${free}.`);
}

/** `ownPid`: the Sluice that runs in this home, which may have the port. */
export async function checkPort(named: NamedPort, ownPid: number | undefined): Promise<Finding> {
  const subject = `port ${named.port}`;
  const state = await portState(named.host, named.port);
  if (state === "free") return ok(subject, `Free for ${named.variable}.`);
  const holder = describeHolder(named.port);
  if (state === "taken" && ownPid !== undefined && holder.includes(`process ${ownPid} `)) {
    return ok(subject, `In use by this Sluice (process ${ownPid}).`);
  }
  const { message, details } = unavailablePort(named, state);
  return fail(subject, message, String(details.mend));
}

export function portsOf(config: Config): NamedPort[] {
  const { host } = config;
  const ports = [
    { variable: "SLUICE_HTTP_PORT", host, port: config.httpPort },
    { variable: "SLUICE_MQTT_PORT", host, port: config.mqttPort },
  ];
  if (config.mqtts !== undefined) ports.push({ variable: "SLUICE_MQTTS_PORT", host, port: config.mqtts.port });
  return ports;
}

/** The folder itself, or the nearest one above it that is there. */
function existingPart(folder: string): string {
  return existsSync(folder) ? folder : existingPart(path.dirname(folder));
}
