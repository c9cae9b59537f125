import { writeFileSync } from "node:fs";
import type { Command, Io } from "../command.ts";
import { csvLine } from "../csv-line.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE, EXIT_FAILED } from "../print-error.ts";
import { CsvFile } from "../replay/csv-rows.ts";
import { openServerClient, SERVER_OPTIONS, type ServerClient } from "../server-client.ts";

/** Devices of one request; a larger file takes several. */
const DEVICES_PER_REQUEST = 2_000;
const ON_EXISTING: readonly ["fail", "skip", "update"] = ["fail", "skip", "update"];
const TOKENS_HEADER = csvLine(["uid", "token"]);

export const command: Command = {
  summary: "register the devices of a CSV file",
  positionals: [{ name: "FILE.csv[.gz]", isRequired: true }],
  options: {
    "on-existing": { kind: "text", value: ON_EXISTING.join("|"), help: "of devices that there are (fail)" },
    out: { kind: "text", value: "FILE", help: "where the new devices' tokens go (standard output)" },
    ...SERVER_OPTIONS,
    json: { kind: "flag", help: "print the counts as JSON; the tokens then need --out" },
  },
  examples: ["sluice import devices fleet.csv --on-existing skip --out tokens.csv --token TOKEN"],
  run: importDevices,
};

interface Outcome {
  readonly created: number;
  readonly updated: number;
  readonly skipped: number;
  readonly failed: number;
  readonly items: readonly { readonly uid: string; readonly token?: string; readonly message?: string }[];
}

async function importDevices(invocation: Invocation, io: Io): Promise<number> {
  const onExisting = invocation.choice("on-existing", ON_EXISTING);
  const isJson = invocation.flag("json");
  const out = isJson ? invocation.requiredText("out") : invocation.text("out");
  const file = new CsvFile(invocation.positional(0)!);
  const client = await openServerClient(invocation);
  const counts = { created: 0, updated: 0, skipped: 0, failed: 0 };
  // Tokens are shown once: each request's are kept before the next one is sent.
  if (out === undefined) io.out.write(TOKENS_HEADER);
  else writeFileSync(out, TOKENS_HEADER, { mode: 0o600, flag: "wx" });
  for await (const text of requests(file)) {
    const { items, ...some } = await send(client, text, onExisting);
    for (const key of ["created", "updated", "skipped", "failed"] as const) counts[key] += some[key];
    const tokens = items.flatMap(({ uid, token }) => (token === undefined ? [] : [csvLine([uid, token])])).join("");
    if (out === undefined) io.out.write(tokens);
    else writeFileSync(out, tokens, { flag: "a" });
    for (const { uid, message } of items) if (message !== undefined) io.err.write(`${uid}: ${message}\n`);
  }
  const { created, updated, skipped, failed } = counts;
  if (isJson) io.out.write(`${JSON.stringify(counts)}\n`);
  else io.err.write(`${created} registered, ${updated} changed, ${skipped} left as they are, ${failed} refused\n`);
  return failed === 0 ? EXIT_DONE : EXIT_FAILED;
}

async function send(client: ServerClient, text: string, onExisting: string): Promise<Outcome> {
  const path = `/api/v1/devices/bulk?onExisting=${onExisting}`;
  const answer = await client.request("POST", path, { type: "text/csv; charset=utf-8", text });
  return (await answer.json()) as Outcome;
}

/** The file in pieces, each with its header. */
async function* requests(file: CsvFile): AsyncGenerator<string> {
  let header: string | undefined;
  let lines: string[] = [];
  for await (const { cells } of file.rows()) {
    if (header === undefined) {
      header = csvLine(cells);
      continue;
    }
    lines.push(csvLine(cells));
    if (lines.length < DEVICES_PER_REQUEST) continue;
    yield header + lines.join("");
    lines = [];
  }
  // A file without a header is the server's to refuse.
  if (lines.length > 0 || header === undefined) yield (header ?? "") + lines.join("");
}
