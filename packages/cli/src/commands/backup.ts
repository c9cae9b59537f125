import path from "node:path";
import { readConfig } from "@sluice/server/config.ts";
import { systemClock } from "@sluice/server/platform/clock.ts";
import { verifyArchive } from "../backup/archive-reader.ts";
import type { Manifest } from "../backup/manifest.ts";
import { takeBackup } from "../backup/take-backup.ts";
import { type Command, type Io, UsageError } from "../command.ts";
import { untilInterrupted } from "../interrupted.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE, EXIT_FAILED } from "../print-error.ts";
import { startProgress } from "../progress.ts";

const MEGABYTE = 1_000_000;

export const command: Command = {
  summary: "copy a home with its embedded database into a file, while it is in use",
  positionals: [],
  options: {
    to: {
      kind: "text",
      value: "FILE.tar.zst",
      help: "where it goes; not compressed if it ends in .tar (sluice-TIME.tar.zst)",
    },
    verify: { kind: "text", value: "FILE", help: "read a backup instead, and check every file in it" },
    json: { kind: "flag", help: "print the result as JSON" },
  },
  examples: ["sluice backup --to /backups/monday.tar.zst", "sluice backup --verify /backups/monday.tar.zst"],
  run: runBackup,
};

async function runBackup(invocation: Invocation, io: Io): Promise<number> {
  const verified = invocation.text("verify");
  const to = invocation.text("to");
  if (verified !== undefined && to !== undefined) throw new UsageError("Say --to or --verify, not both.");
  const progress = startProgress(undefined, io.err, () => performance.now());
  const onBytes = (bytes: number) => progress.update(bytes, megabytes(bytes));
  const file = verified ?? to ?? defaultName();
  try {
    const manifest = verified === undefined ? await take(file, onBytes, io) : await verifyArchive(file, onBytes);
    io.out.write(invocation.flag("json") ? `${JSON.stringify(resultOf(file, manifest))}\n` : describe(file, manifest));
    for (const name of manifest.leftOut ?? []) io.err.write(`left out, because it is not Sluice's: ${name}\n`);
    for (const name of manifest.damaged) io.err.write(`missing or damaged when it was taken: ${name}\n`);
    return manifest.damaged.length === 0 ? EXIT_DONE : EXIT_FAILED;
  } finally {
    progress.stop();
  }
}

function take(file: string, onBytes: (bytes: number) => void, io: Io): Promise<Manifest> {
  const interruption = io.interruption();
  const config = readConfig();
  return untilInterrupted(interruption, () => takeBackup({ config, file, clock: systemClock, onBytes, interruption }));
}

function defaultName(): string {
  return path.resolve(`sluice-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.tar.zst`);
}

function resultOf(file: string, { files, ...manifest }: Manifest) {
  return { file, ...manifest, files: Object.keys(files).length, bytes: bytesOf(files) };
}

function describe(file: string, manifest: Manifest): string {
  const { files, takenAt, secret, program } = manifest;
  const about = `${Object.keys(files).length} files, ${megabytes(bytesOf(files))} unpacked; of ${takenAt}, by Sluice ${program}`;
  const secretNote =
    secret === "configured"
      ? "SLUICE_SECRET is not in it: keep it elsewhere.\n"
      : "It holds secrets: keep it where only you can read it.\n";
  return `${file}: ${about}\n${secretNote}`;
}

function bytesOf(files: Manifest["files"]): number {
  return Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}
