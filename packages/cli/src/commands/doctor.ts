import { isSluiceError } from "@sluice/core/errors.ts";
import { type Config, readConfig } from "@sluice/server/config.ts";
import { lockHolder } from "@sluice/server/platform/directory-lock.ts";
import type { Command, Io } from "../command.ts";
import { type Finding, fail, ok } from "../doctor/check.ts";
import { checkDatabase } from "../doctor/database-checks.ts";
import { checkDisk, checkHome, checkNode, checkPort, portsOf } from "../doctor/machine-checks.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE, EXIT_FAILED } from "../print-error.ts";

export const command: Command = {
  summary: "check this machine and the configuration, with the mend for each fault",
  positionals: [],
  options: { json: { kind: "flag", help: "print the findings as JSON" } },
  run: runDoctor,
};

async function runDoctor(invocation: Invocation, io: Io): Promise<number> {
  const findings = await examine();
  io.out.write(invocation.flag("json") ? `${JSON.stringify(findings)}\n` : findings.map(describe).join(""));
  return findings.some(({ state }) => state === "fail") ? EXIT_FAILED : EXIT_DONE;
}

async function examine(): Promise<Finding[]> {
  const node = checkNode(process.versions.node);
  const config = tryReadConfig();
  if (!("home" in config)) return [node, config];
  const ownPid = lockHolder(config.home)?.pid;
  const ports: Finding[] = [];
  for (const named of portsOf(config)) ports.push(await checkPort(named, ownPid));
  return [
    node,
    ok("configuration", "Every setting makes sense."),
    checkHome(config.home),
    checkDisk(config.home),
    ...ports,
    ...(await checkDatabase(config)),
  ];
}

function tryReadConfig(): Config | Finding {
  try {
    return readConfig();
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    return fail("configuration", error.message, "Mend these in the environment or in .env, then look again.");
  }
}

const MARKS = { ok: "ok  ", warn: "warn", fail: "FAIL" } as const;

function describe({ subject, state, message, mend }: Finding): string {
  const mendLine = mend === undefined ? "" : `                    ${mend}\n`;
  return `${MARKS[state]}  ${subject.padEnd(14)}${message}\n${mendLine}`;
}
