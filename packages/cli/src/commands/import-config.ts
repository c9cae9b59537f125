import { readFileSync } from "node:fs";
import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import { parseDocument } from "yaml";
import type { Command, Io } from "../command.ts";
import { type ConfigurationFile, withoutReferences } from "../configuration/secret-references.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE, EXIT_FAILED } from "../print-error.ts";
import { openServerClient, SERVER_OPTIONS } from "../server-client.ts";

/** Aliases may repeat a part of the file so often: a short file does not become a long one. */
const MAX_ALIASES = 1_000;

export const command: Command = {
  summary: "make the organization as a YAML file says",
  positionals: [{ name: "FILE.yaml", isRequired: true }],
  options: {
    "dry-run": { kind: "flag", help: "say what would be made, changed and deleted, and do nothing" },
    prune: { kind: "flag", help: "delete what the file's sections do not name; devices are deactivated" },
    "expect-deletions": {
      kind: "text",
      value: "N",
      help: "with --prune: do nothing if more would be deleted (the server's limit)",
    },
    ...SERVER_OPTIONS,
    json: { kind: "flag", help: "print the server's answer as JSON, with the secrets of what is new" },
  },
  examples: ["sluice import config farm.yaml --dry-run --token TOKEN"],
  run: importConfiguration,
};

interface Result {
  readonly section: string;
  readonly name: string;
  readonly action: string;
  readonly fields?: readonly string[];
  readonly outcome: string;
  readonly message?: string;
  readonly token?: string;
  readonly secret?: string;
}

interface Outcome {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly kept: number;
  readonly failed: number;
  readonly results: readonly Result[];
}

async function importConfiguration(invocation: Invocation, io: Io): Promise<number> {
  const { file, missing } = withoutReferences(readFile(invocation.positional(0)!), process.env);
  for (const variable of missing) io.err.write(`${variable} is not set: a new webhook is given a secret of its own\n`);
  const client = await openServerClient(invocation);
  const query = new URLSearchParams({
    dryRun: String(invocation.flag("dry-run")),
    prune: String(invocation.flag("prune")),
  });
  const expected = invocation.integer("expect-deletions", { min: 0, max: Number.MAX_SAFE_INTEGER });
  if (expected !== undefined) query.set("expectDeletions", String(expected));
  const body = { type: "application/json", text: JSON.stringify(file) };
  const answer = await client.request("PUT", `/api/v1/configuration?${query}`, body).catch((error: unknown) => {
    for (const { path, message } of mistakesIn(error)) io.err.write(`${path}: ${message}\n`);
    throw error;
  });
  const outcome = (await answer.json()) as Outcome;
  if (invocation.flag("json")) io.out.write(`${JSON.stringify(outcome)}\n`);
  else print(outcome, io);
  return outcome.failed === 0 ? EXIT_DONE : EXIT_FAILED;
}

function readFile(path: string): ConfigurationFile {
  const document = parseDocument(readFileSync(path, "utf8"), { prettyErrors: true });
  const faults = document.errors.map(({ message }) => message);
  if (faults.length > 0) throw new SluiceError("invalid", "cli.yaml", `${path} is no YAML: ${faults.join("\n")}`);
  return document.toJS({ maxAliasCount: MAX_ALIASES }) as ConfigurationFile;
}

function mistakesIn(error: unknown): readonly { readonly path: string; readonly message: string }[] {
  return isSluiceError(error) ? ((error.details?.errors ?? []) as { path: string; message: string }[]) : [];
}

const PAST: Readonly<Record<string, string>> = { create: "made", update: "changed", delete: "deleted" };

function print({ results, created, updated, deleted, kept, failed }: Outcome, io: Io): void {
  for (const { section, name, action, fields, outcome, message, token, secret } of results) {
    const what = `${section} ${name}${fields === undefined ? "" : ` (${fields.join(", ")})`}`;
    if (outcome === "withheld") io.err.write(`did not delete ${what}: ${message}\n`);
    else if (outcome === "failed") io.err.write(`failed to ${action} ${what}: ${message}\n`);
    else io.out.write(`${outcome === "planned" ? `would ${action}` : PAST[action]} ${what}\n`);
    if (token !== undefined) io.out.write(`  token: ${token}\n`);
    if (secret !== undefined) io.out.write(`  secret: ${secret}\n`);
  }
  const isDry = results.some(({ outcome }) => outcome === "planned");
  const counts = `${created} made, ${updated} changed, ${deleted} deleted, ${kept} as they were, ${failed} failed`;
  io.err.write(`${isDry ? "nothing done; it would be " : ""}${counts}\n`);
}
