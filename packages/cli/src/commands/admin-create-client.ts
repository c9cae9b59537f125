import { createClient, ENTITY_SCOPES, SCOPES } from "@sluice/server/auth/index.ts";
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
    entity: { kind: "text", value: "SLUG", help: "the outside party that it speaks for; its scope is external:read" },
    json: { kind: "flag", help: "print the result as JSON" },
  },
  examples: [
    "sluice admin create-client --name telegraf --scopes ingest,devices:provision",
    "sluice admin create-client --name town-hall --entity elbe",
  ],
  run: runCreateClient,
};

async function runCreateClient(invocation: Invocation, io: Io): Promise<number> {
  const entity = invocation.text("entity");
  const usualScopes = entity === undefined ? (["ingest"] as const) : ENTITY_SCOPES;
  const scopes = invocation.choices("scopes", SCOPES, usualScopes);
  const draft = { name: invocation.requiredText("name"), scopes, entity };
  const { client, token, clientSecret } = await withAccounts((accounts, by) => createClient(accounts, by, draft));
  if (invocation.flag("json")) {
    io.out.write(`${JSON.stringify({ ...client, entity: client.entity?.slug ?? null, token, clientSecret })}\n`);
    return EXIT_DONE;
  }
  io.out.write(`${client.name} may ${scopes.join(", ")}.\n`);
  io.out.write(`Token, shown this once: ${token}\n`);
  io.out.write(`Or, for access tokens of /oauth2/token, client id ${client.id} and\n`);
  io.out.write(`client secret, shown this once: ${clientSecret}\n`);
  return EXIT_DONE;
}
