import { once } from "node:events";
import { createServer } from "node:net";
import { SluiceError } from "@sluice/core/errors.ts";
import { findPortHolder } from "./port-holder.ts";

/** How far up from a taken port a free one is looked for. */
const MAX_PORTS_TRIED = 100;

export type PortState = "free" | "taken" | "forbidden";

/** A port as the configuration names it. */
export interface NamedPort {
  readonly variable: string;
  readonly host: string;
  readonly port: number;
}

/** Whether a server could listen there now; 0 always can. */
export async function portState(host: string, port: number): Promise<PortState> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, "listening");
    return "free";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") return "taken";
    if (code === "EACCES") return "forbidden";
    throw unusableAddress(host, port, error as NodeJS.ErrnoException);
  } finally {
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
}

/** Throws `port.taken` or `port.forbidden` for the first port that cannot be had. */
export async function assertPortsFree(ports: readonly NamedPort[]): Promise<void> {
  for (const named of ports) {
    const state = await portState(named.host, named.port);
    if (state !== "free") throw unavailablePort(named, state);
  }
}

export function unavailablePort({ variable, port }: NamedPort, state: "taken" | "forbidden"): SluiceError {
  if (state === "forbidden") {
    return new SluiceError("forbidden", "port.forbidden", `Port ${port} (${variable}) needs more rights.`, {
      details: { mend: `Choose one above 1023: ${variable}=${port + 8000}` },
    });
  }
  return new SluiceError("conflict", "port.taken", `Port ${port} (${variable}) is taken${describeHolder(port)}.`, {
    details: { port, variable, mend: `Stop that program, or choose another port: ${variable}=${port + 1}` },
  });
}

export function describeHolder(port: number): string {
  const holder = findPortHolder(port);
  return holder === undefined ? " by a process that cannot be seen" : ` by process ${holder.pid} (${holder.command})`;
}

/** The port itself when it is free, else the next free one above it. */
export async function nextFreePort(host: string, port: number, avoid: ReadonlySet<number>): Promise<number> {
  if (port === 0) return 0;
  for (let candidate = port; candidate < Math.min(port + MAX_PORTS_TRIED, 65_536); candidate++) {
    if (!avoid.has(candidate) && (await portState(host, candidate)) === "free") return candidate;
  }
  throw new SluiceError("conflict", "port.none_free", `No port from ${port} to ${port + MAX_PORTS_TRIED - 1} is free.`);
}

function unusableAddress(host: string, port: number, cause: NodeJS.ErrnoException): SluiceError {
  return new SluiceError("invalid", "port.unusable", `Nothing can listen on ${host}:${port}: ${cause.code}.`, {
    cause,
    details: { mend: "Is SLUICE_HOST an address of this machine?" },
  });
}
