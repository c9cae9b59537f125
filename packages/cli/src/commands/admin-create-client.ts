import { createClient, SCOPES } from "@sluice/server/auth/index.ts";
import { withAccounts } from "../admin/with-accounts.ts";
import type { Command, Io } from "../command.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE } from "../print-error.ts";

export const command: Command = {
  summary: "make a key for a program",
  positionals: [],
  options: {
    name: { kind: "text", value: "NAME", help: "what it is called in lists and in the audit (needed)" },
    scopes: { kind: "text", value: "A,B", help: `some of ${SCOPES.join(", ")} (ingest)` },
    json: { kind: "flag", help: "print the result as JSON" },
  },
  examples: ["sluice admin create-client --name telegraf --scopes ingest,devices:provision"],
  run: runCreateClient,
};

async function runCreateClient(invocation: Invocation, io: Io): Promise<number> {
  const draft = { name: invocation.requiredText("name"), scopes: invocation.choices("scopes", SCOPES, ["ingest"]) };
  const { client, token } = await withAccounts((accounts, by) => createClient(accounts, by, draft));
  if (invocation.flag("json")) io.out.write(`${JSON.stringify({ ...client, token })}\n`);
  else io.out.write(`${client.name} may ${draft.scopes.join(", ")}.\nToken, shown this once: ${token}\n`);
  return EXIT_DONE;
}
