import { connect, createServer, type Socket } from "node:net";

/**
 * What happens to a connection at a COMMIT:
 *
 *   pass        nothing
 *   lose-reply  the server commits, its answer is lost and the client's connection cut
 *   lose-commit the COMMIT never arrives; both ends are cut
 *   half-open   the COMMIT never arrives and the client is cut, but the server's end stays: its transaction lives on
 *   silence     the server commits, and its answer never arrives: both ends stay
 */
export type CommitFault = "pass" | "lose-reply" | "lose-commit" | "half-open" | "silence";

export interface CommitProxy {
  /** The database's URL through the proxy. */
  readonly url: string;
  /** Decides for each COMMIT in turn. */
  onCommit: () => CommitFault;
  /** While true, new connections are cut at once. */
  isCutOff: boolean;
  /** COMMITs seen so far. */
  readonly commits: number;
  close(): Promise<void>;
}

const COMMIT = Buffer.from("commit\0");

/** A TCP proxy before PostgreSQL that loses replies to COMMIT. */
export async function startCommitProxy(databaseUrl: string): Promise<CommitProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const proxy = { url: "", commits: 0, isCutOff: false, onCommit: (): CommitFault => "pass", close };

  const server = createServer((client) => {
    if (proxy.isCutOff) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.on("close", () => sockets.delete(socket));
    }
    let isLosing = false;
    let staysOpen = false;
    let isSilent = false;
    client.on("data", (bytes) => {
      if (isLosing) return;
      const fault = bytes.includes(COMMIT) ? decide() : "pass";
      if (fault === "pass" || fault === "lose-reply" || fault === "silence") upstream.write(bytes);
      isLosing = fault === "lose-reply";
      isSilent ||= fault === "silence";
      staysOpen = fault === "half-open";
      if (fault === "lose-commit") upstream.destroy();
      if (fault === "lose-commit" || fault === "half-open") client.destroy();
    });
    upstream.on("data", (bytes) => {
      if (isLosing) client.destroy();
      else if (!isSilent) client.write(bytes);
    });
    client.on("close", () => {
      if (!staysOpen && !isLosing) upstream.destroy();
    });
    upstream.on("close", () => client.destroy());
  });

  function decide(): CommitFault {
    proxy.commits++;
    return proxy.onCommit();
  }

  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const through = new URL(databaseUrl);
  through.hostname = "127.0.0.1";
  through.port = String((server.address() as { port: number }).port);
  proxy.url = through.href;
  return proxy;
}
