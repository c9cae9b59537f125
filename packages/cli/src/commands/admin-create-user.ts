import { createUser, type Role } from "@sluice/server/auth/index.ts";
import { withAccounts } from "../admin/with-accounts.ts";
import type { Command, Io } from "../command.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE } from "../print-error.ts";

const ROLES: readonly Role[] = ["admin", "scientist", "operator"];

export const command: Command = {
  summary: "make a person who can sign in",
  positionals: [],
  options: {
    email: { kind: "text", value: "EMAIL", help: "what the person signs in with (needed)" },
    name: { kind: "text", value: "NAME", help: "how the person is shown (the e-mail address)" },
    password: { kind: "text", value: "PASSWORD", help: "generated and printed once when absent" },
    roles: { kind: "text", value: "A,B", help: `some of ${ROLES.join(", ")} (operator)` },
    json: { kind: "flag", help: "print the result as JSON" },
  },
  examples: ["sluice admin create-user --email grower@example.org --roles operator,scientist"],
  run: runCreateUser,
};

async function runCreateUser(invocation: Invocation, io: Io): Promise<number> {
  const draft = {
    email: invocation.requiredText("email"),
    name: invocation.text("name"),
    password: invocation.text("password"),
    roles: invocation.choices("roles", ROLES, ["operator"]),
  };
  const user = await withAccounts((accounts, by) => createUser(accounts, by, draft));
  if (invocation.flag("json")) {
    io.out.write(`${JSON.stringify({ ...user, roles: draft.roles })}\n`);
    return EXIT_DONE;
  }
  io.out.write(`${user.email} can sign in now (${draft.roles.join(", ")}).\n`);
  if (user.generatedPassword !== undefined) io.out.write(`Password, shown this once: ${user.generatedPassword}\n`);
  return EXIT_DONE;
}
