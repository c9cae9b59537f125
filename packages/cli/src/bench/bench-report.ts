import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";

export interface BenchReport {
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGib: number; readonly node: string };
  readonly commit: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export function describeRun(config: Readonly<Record<string, unknown>>): BenchReport {
  return {
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      memoryGib: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    commit: commit(),
    config,
  };
}

function commit(): string {
  try {
    const isChanged = git("status", "--porcelain", "--untracked-files=no") !== "";
    return git("rev-parse", "--short", "HEAD") + (isChanged ? " with changes" : "");
  } catch {
    return "unknown";
  }
}

function git(...words: string[]): string {
  const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
  return execFileSync("git", words, { cwd: import.meta.dirname, encoding: "utf8", stdio }).trim();
}

/** Rounds to three significant digits more than a noisy machine can mean. */
export function rounded(value: number | undefined, digits = 2): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(digits));
}
