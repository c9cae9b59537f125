import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";

export interface MqttListenOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tls?: {
    readonly port: number;
    readonly cert: string | Buffer;
    readonly key: string | Buffer;
    /** Authority that signs devices' certificates; undefined: none is asked for. */
    readonly ca?: string | Buffer | undefined;
  };
}

export interface MqttPorts {
  readonly port: number;
  readonly tlsPort: number | undefined;
}

/** Unread bytes of a socket past which Node stops taking them from the kernel. */
const SOCKET_BUFFER_BYTES = 16 * 1024;
/** A peer that vanished without a word is noticed after this and some probes, even if it asked for no keepalive. */
const TCP_KEEPALIVE_MS = 60_000;

export interface MqttListenersDeps {
  readonly maxConnections: number;
  /** A TLS handshake that takes longer is given up. */
  readonly handshakeTimeoutMs: number;
  /** With the SHA-256 of the client's certificate, when it has proved to have its private key. */
  readonly onConnection: (socket: Socket, fingerprint?: Buffer) => void;
  /** A connection was not accepted, or its TLS handshake failed. */
  readonly onRefused: () => void;
}

/** The ports that devices connect to, with TLS and without. */
export class MqttListeners {
  private readonly deps: MqttListenersDeps;
  private servers: Server[] = [];

  constructor(deps: MqttListenersDeps) {
    this.deps = deps;
  }

  async start({ host, port, tls }: MqttListenOptions): Promise<MqttPorts> {
    const { onConnection, onRefused } = this.deps;
    const options = {
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: TCP_KEEPALIVE_MS,
      highWaterMark: SOCKET_BUFFER_BYTES,
    };
    const plain = createServer(options, (socket) => onConnection(socket));
    const plainPort = await this.listen(plain, host, port);
    if (tls === undefined) return { port: plainPort, tlsPort: undefined };
    const { cert, key, ca } = tls;
    const { handshakeTimeoutMs: handshakeTimeout } = this.deps;
    // A device may come with its token instead: who brings no certificate is not refused here.
    const asked = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: false };
    const secure = createTlsServer({ ...options, ...asked, handshakeTimeout, cert, key }, (socket) => {
      const certificate = socket.getPeerX509Certificate();
      // Expired, or of another authority: a wrong certificate is not the same as none.
      if (certificate !== undefined && !socket.authorized) this.refuse(socket);
      else onConnection(socket, certificate && fingerprintOf(certificate.fingerprint256));
    });
    secure.on("tlsClientError", onRefused);
    return { port: plainPort, tlsPort: await this.listen(secure, host, tls.port) };
  }

  /** Takes no more connections; resolves once all that there were have ended. */
  async stop(): Promise<void> {
    const { servers } = this;
    this.servers = [];
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  private refuse(socket: TLSSocket): void {
    this.deps.onRefused();
    socket.destroy();
  }

  private listen(server: Server, host: string, port: number): Promise<number> {
    server.maxConnections = this.deps.maxConnections;
    server.on("drop", this.deps.onRefused);
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port }, () => {
        server.off("error", reject);
        this.servers.push(server);
        resolve((server.address() as { port: number }).port);
      });
    });
  }
}

/** Node's form is hexadecimal with colons. */
function fingerprintOf(digits: string): Buffer {
  return Buffer.from(digits.replaceAll(":", ""), "hex");
}
