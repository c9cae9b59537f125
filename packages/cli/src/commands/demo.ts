import { randomBytes } from "node:crypto";
import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import { type Config, readConfig } from "@sluice/server/config.ts";
import { systemClock } from "@sluice/simulator/clock.ts";
import type { EdgeLine } from "@sluice/simulator/device-log.ts";
import { SluiceApi } from "@sluice/simulator/sluice-api.ts";
import type { Command, Io } from "../command.ts";
import { type DemoFile, readDemoFile, writeDemoFile } from "../demo/demo-file.ts";
import { type IrrigationDemo, openIrrigationDemo } from "../demo/irrigation-demo.ts";
import { welcome } from "../demo/welcome.ts";
import type { Invocation } from "../parse-arguments.ts";
import { describeHolder, nextFreePort } from "../ports/free-ports.ts";
import { EXIT_DONE } from "../print-error.ts";
import { whenAborted } from "../when-aborted.ts";

export const command: Command = {
  summary: "run the platform with a live irrigation site, ready to look at",
  positionals: [],
  options: {},
  run: runDemo,
};

/** The demo is on this machine alone, and its log says only what went wrong. */
const DEMO_DEFAULTS = { SLUICE_HOST: "127.0.0.1", SLUICE_LOG_LEVEL: "warn" } as const;
const PASSWORD_BYTES = 12;

async function runDemo(_invocation: Invocation, io: Io): Promise<number> {
  const interruption = io.interruption();
  const { config, file } = await prepare(io);
  io.out.write("Starting the database and the server …\n");
  const { startServer } = await import("@sluice/server/main.ts");
  const server = await startServer(config, { signal: interruption });
  const api = new SluiceApi(server.httpUrl, systemClock);
  try {
    await signIn(api, file, config);
    const place = { home: config.home, mqttUrl: server.mqttUrl };
    const demo = await openIrrigationDemo(api, file, place, systemClock, (zone, edge) => sayEdge(zone, edge, io));
    await demo.fleet.start();
    const { httpUrl, mqttUrl, dataDirectory } = server;
    io.out.write(
      welcome({
        httpUrl,
        mqttUrl,
        signIn: file.signIn,
        tryOutToken: demo.tryOutToken,
        home: config.home,
        dataDirectory,
      }),
    );
    await runUntil(interruption, demo, io);
  } finally {
    api.close();
    await server.stop();
  }
  io.out.write("Stopped. Everything is stored.\n");
  return EXIT_DONE;
}

/** Free ports, and a sign-in that is known before the server makes its first account of it. */
async function prepare(io: Io): Promise<{ config: Config; file: DemoFile }> {
  const wanted = readConfig(undefined, { defaults: DEMO_DEFAULTS });
  const known = readDemoFile(wanted.home);
  const { email, password } = wanted.administrator;
  const generated = password ?? randomBytes(PASSWORD_BYTES).toString("base64url");
  const file = known ?? { signIn: { email, password: generated }, assets: {} };
  writeDemoFile(wanted.home, file);
  const httpPort = await freePort("SLUICE_HTTP_PORT", wanted.host, wanted.httpPort, new Set(), io);
  const mqttPort = await freePort("SLUICE_MQTT_PORT", wanted.host, wanted.mqttPort, new Set([httpPort]), io);
  const config = readConfig(undefined, {
    defaults: DEMO_DEFAULTS,
    overrides: {
      SLUICE_HTTP_PORT: String(httpPort),
      SLUICE_MQTT_PORT: String(mqttPort),
      SLUICE_ADMIN_EMAIL: file.signIn.email,
      SLUICE_ADMIN_PASSWORD: file.signIn.password,
    },
  });
  return { config, file };
}

async function freePort(
  variable: string,
  host: string,
  port: number,
  avoid: ReadonlySet<number>,
  io: Io,
): Promise<number> {
  const free = await nextFreePort(host, port, avoid);
  if (free !== port) io.out.write(`Port ${port} (${variable}) is taken${describeHolder(port)}: taking ${free}.\n`);
  return free;
}

/** The accounts of a home outlive the demo's own note of them: then a person has to say the password. */
async function signIn(api: SluiceApi, file: DemoFile, config: Config): Promise<void> {
  const { email, password } = file.signIn;
  try {
    await api.signIn(email, password);
  } catch (cause) {
    if (!isSluiceError(cause) || cause.kind !== "unauthenticated") throw cause;
    throw new SluiceError(
      "unauthenticated",
      "demo.sign_in",
      `${config.home} has accounts whose password the demo does not know.`,
      {
        cause,
        details: {
          mend: `Give it one: sluice admin reset-password --email ${email} --password '${password}'; or use another SLUICE_HOME.`,
        },
      },
    );
  }
}

async function runUntil(interruption: AbortSignal, { fleet }: IrrigationDemo, io: Io): Promise<void> {
  const running = fleet.run();
  await whenAborted(interruption);
  io.out.write("\nStopping …\n");
  await fleet.stop();
  await running;
}

/** Pumps that go off at every boot without having been on are not worth a line. */
function sayEdge(zone: string, edge: EdgeLine, io: Io): void {
  if (edge.reason === "boot") return;
  const time = new Date(edge.at).toTimeString().slice(0, 8);
  io.out.write(`  ${time}  ${zone}: pump ${edge.edge === "ON" ? "on" : `off (${edge.reason})`}\n`);
}
