import { stringify } from "yaml";
import type { Command, Io } from "../command.ts";
import { type ConfigurationFile, withReferences } from "../configuration/secret-references.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE } from "../print-error.ts";
import { openServerClient, SERVER_OPTIONS } from "../server-client.ts";
import { writeWhole } from "../whole-file.ts";

const FILE_MODE = 0o644;

export const command: Command = {
  summary: "write the organization's configuration as YAML, without anything secret",
  positionals: [],
  options: {
    out: { kind: "text", value: "FILE", help: "where it goes (standard output)" },
    ...SERVER_OPTIONS,
  },
  examples: ["sluice export config --out farm.yaml --token TOKEN"],
  run: exportConfiguration,
};

async function exportConfiguration(invocation: Invocation, io: Io): Promise<number> {
  const client = await openServerClient(invocation);
  const answer = await client.request("GET", "/api/v1/configuration");
  const text = stringify(withReferences((await answer.json()) as ConfigurationFile), { lineWidth: 120 });
  const out = invocation.text("out");
  if (out === undefined) {
    io.out.write(text);
    return EXIT_DONE;
  }
  await writeWhole(out, FILE_MODE, (handle) => handle.writeFile(text));
  return EXIT_DONE;
}
