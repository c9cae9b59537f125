import { resetPassword } from "@sluice/server/auth/index.ts";
import { withAccounts } from "../admin/with-accounts.ts";
import type { Command, Io } from "../command.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE } from "../print-error.ts";

export const command: Command = {
  summary: "give a person a new password",
  positionals: [],
  options: {
    email: { kind: "text", value: "EMAIL", help: "whose (needed)" },
    password: { kind: "text", value: "PASSWORD", help: "generated and printed once when absent" },
    json: { kind: "flag", help: "print the result as JSON" },
  },
  examples: ["sluice admin reset-password --email grower@example.org"],
  run: runResetPassword,
};

async function runResetPassword(invocation: Invocation, io: Io): Promise<number> {
  const email = invocation.requiredText("email");
  const password = invocation.text("password");
  const reset = await withAccounts((accounts, by) => resetPassword(accounts, by, email, password));
  if (invocation.flag("json")) {
    io.out.write(`${JSON.stringify(reset)}\n`);
    return EXIT_DONE;
  }
  io.out.write(`${reset.email} has a new password, and is signed out everywhere.\n`);
  if (reset.generatedPassword !== undefined) io.out.write(`Password, shown this once: ${reset.generatedPassword}\n`);
  return EXIT_DONE;
}
