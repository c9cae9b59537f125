import type { SignIn } from "@sluice/simulator/fleet-tokens.ts";
import { type OptionSpec, UsageError } from "./command.ts";
import { readDemoFile } from "./demo/demo-file.ts";
import type { Invocation } from "./parse-arguments.ts";

/** Who registers simulated and replayed devices. */
export const SIGN_IN_OPTIONS = {
  email: { kind: "text", value: "EMAIL", help: "an administrator, who registers the devices (the demo's)" },
  password: { kind: "text", value: "PASSWORD", help: "the administrator's password" },
} as const satisfies Record<string, OptionSpec>;

/** What the command line says, else the sign-in of the demo in the same home. */
export function signInOf(invocation: Invocation, home: string): SignIn | undefined {
  const email = invocation.text("email");
  const password = invocation.text("password");
  if (email === undefined && password === undefined) return readDemoFile(home)?.signIn;
  if (email === undefined || password === undefined) throw new UsageError("--email and --password belong together.");
  return { email, password };
}
