import { ROLES, readConfig } from "@sluice/server/config.ts";
import type { Command, Io } from "../command.ts";
import { portsOf } from "../doctor/machine-checks.ts";
import type { Invocation } from "../parse-arguments.ts";
import { assertPortsFree } from "../ports/free-ports.ts";
import { EXIT_DONE } from "../print-error.ts";
import { whenAborted } from "../when-aborted.ts";

export const command: Command = {
  summary: "run the platform",
  positionals: [],
  options: { roles: { kind: "text", value: "A,B", help: `only these roles (${ROLES.join(",")})` } },
  examples: ["sluice serve", "SLUICE_HTTP_PORT=9080 sluice serve --roles gateway,pipeline"],
  run: serve,
};

/** Runs until the first SIGINT or SIGTERM and stops cleanly; a second one ends the process at once. */
async function serve(invocation: Invocation, io: Io): Promise<number> {
  const interruption = io.interruption();
  const roles = invocation.text("roles");
  const config = readConfig(undefined, roles === undefined ? {} : { overrides: { SLUICE_ROLES: roles } });
  await assertPortsFree(portsOf(config));
  const { startServer } = await import("@sluice/server/main.ts");
  const server = await startServer(config, { signal: interruption });
  const { administrator } = server;
  if (administrator?.generatedPassword !== undefined) {
    io.err.write(
      `First start: sign in as ${administrator.email} with the password ${administrator.generatedPassword}\n`,
    );
    io.err.write("It is shown this once. Forgotten: sluice admin reset-password\n");
  }
  io.out.write(`${JSON.stringify({ event: "ready", http: server.httpUrl, mqtt: server.mqttUrl })}\n`);
  await whenAborted(interruption);
  await server.stop();
  return EXIT_DONE;
}
