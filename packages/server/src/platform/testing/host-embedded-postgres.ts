// A process that runs an embedded PostgreSQL until it is killed: `node host-embedded-postgres.ts HOME SHARED_ROOT`.
// It says one JSON line when it is ready, or why it is not, and stops cleanly on SIGTERM.
import { isSluiceError } from "@sluice/core/errors.ts";
import { startEmbeddedPostgres } from "../embedded-postgres.ts";

const [home, sharedRoot] = process.argv.slice(2);
try {
  const postgres = await startEmbeddedPostgres({ home: home!, sharedRoots: [sharedRoot!] });
  process.once("SIGTERM", () => void postgres.stop().then(() => process.exit(0)));
  process.stdout.write(`${JSON.stringify({ url: postgres.connectionString, pid: postgres.pid })}\n`);
  process.stdin.resume().once("end", () => process.exit(0));
} catch (error) {
  const { message, code } = isSluiceError(error) ? error : { message: String(error), code: "unknown" };
  process.stdout.write(`${JSON.stringify({ message, code })}\n`);
  process.exitCode = 1;
}
