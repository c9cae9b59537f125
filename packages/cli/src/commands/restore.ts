import path from "node:path";
import { type RestoreReport, restoreBackup } from "../backup/restore-backup.ts";
import type { Command, Io } from "../command.ts";
import { untilInterrupted } from "../interrupted.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE, EXIT_FAILED } from "../print-error.ts";
import { startProgress } from "../progress.ts";

const MEGABYTE = 1_000_000;

export const command: Command = {
  summary: "make a new home of a backup",
  positionals: [{ name: "FILE", isRequired: true }],
  options: {
    home: { kind: "text", value: "FOLDER", help: "the new home; not there yet, or empty" },
    json: { kind: "flag", help: "print the result as JSON" },
  },
  examples: ["sluice restore monday.tar.zst --home /srv/sluice"],
  run: runRestore,
};

async function runRestore(invocation: Invocation, io: Io): Promise<number> {
  const home = path.resolve(invocation.requiredText("home"));
  const file = invocation.positional(0)!;
  const interruption = io.interruption();
  const progress = startProgress(undefined, io.err, () => performance.now());
  const onBytes = (bytes: number) => progress.update(bytes, `${(bytes / MEGABYTE).toFixed(1)} MB checked`);
  try {
    const report = await untilInterrupted(interruption, () => restoreBackup({ file, home, onBytes, interruption }));
    const { manifest, ...found } = report;
    const { files: _files, ...about } = manifest;
    io.out.write(
      invocation.flag("json") ? `${JSON.stringify({ home, ...found, backup: about })}\n` : describe(home, report),
    );
    if (invocation.flag("json") && manifest.objectStore === "s3") io.err.write(`${ofBucket(home)}\n`);
    for (const name of report.missing) io.err.write(`missing or damaged: ${name}\n`);
    return report.missing.length === 0 ? EXIT_DONE : EXIT_FAILED;
  } finally {
    progress.stop();
  }
}

function describe(home: string, report: RestoreReport): string {
  const { manifest, schemaVersion, pendingMigrations, devices, users, parts } = report;
  const lines = [
    `${home} holds what was acknowledged by ${manifest.takenAt}: ${devices ?? 0} devices, ${users ?? 0} people, ${parts ?? 0} settled files.`,
    `The schema is at version ${schemaVersion}; the next start applies ${pendingMigrations.length} migrations.`,
    ...(manifest.secret === "configured"
      ? ["It was taken with SLUICE_SECRET set: set the same one before the start."]
      : []),
    ...(manifest.objectStore === "s3" ? [ofBucket(home)] : []),
    `Start it with SLUICE_HOME=${home} sluice serve. Stop the old one first: devices must not find two.`,
  ];
  return `${lines.join("\n")}\n`;
}

function ofBucket(home: string): string {
  return `Its files came from an S3 bucket and lie in ${path.join(home, "objects")} now: start it without SLUICE_OBJECT_STORE, never with the bucket of the one that it is a copy of, whose files it would sweep.`;
}
