import { resetSecondFactor } from "@sluice/server/auth/index.ts";
import { withAccounts } from "../admin/with-accounts.ts";
import type { Command, Io } from "../command.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE } from "../print-error.ts";

export const command: Command = {
  summary: "let a person sign in with the password alone, who has lost app and recovery codes",
  positionals: [],
  options: {
    email: { kind: "text", value: "EMAIL", help: "whose (needed)" },
    json: { kind: "flag", help: "print the result as JSON" },
  },
  examples: ["sluice admin reset-second-factor --email grower@example.org"],
  run: runResetSecondFactor,
};

async function runResetSecondFactor(invocation: Invocation, io: Io): Promise<number> {
  const email = invocation.requiredText("email");
  const wasReset = await withAccounts((accounts, by) => resetSecondFactor(accounts, by, email));
  if (invocation.flag("json")) io.out.write(`${JSON.stringify({ email, wasReset })}\n`);
  else if (wasReset) io.out.write(`${email} signs in with the password alone now, and is signed out everywhere.\n`);
  else io.out.write(`${email} has no second factor; nothing was changed.\n`);
  return EXIT_DONE;
}
