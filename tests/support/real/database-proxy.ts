import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { type Passage, passAll, type Tap, type Verdict } from "./passage.ts";
import { PostgresMessageReader, startupSettings } from "./postgres-messages.ts";
import { forEachChunk, reset } from "./socket-chunks.ts";
import { type PendingCommit, StatementLog } from "./statement-log.ts";

/** Told of the statement that was answered, and of the name of its connection. */
export type AnswerTap = (statement: string, connection: string) => Verdict | Promise<Verdict>;

export const passAnswer: AnswerTap = () => "pass";

/**
 * A TCP proxy before PostgreSQL that understands enough of the protocol to hold each COMMIT before it arrives, and its answer
 * before anybody hears it. `onAnswered` is asked when a statement has been answered, before the client hears the answer.
 */
export class DatabaseProxy {
  tap: Tap = passAll;
  onAnswered: AnswerTap = passAnswer;
  /** Commits that changed something and passed. */
  commits = 0;
  private readonly target: URL;
  private readonly connections = new Set<DatabaseConnection>();
  private readonly server: Server;

  constructor(databaseUrl: string) {
    this.target = new URL(databaseUrl);
    this.server = createServer((client) => this.accept(client));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  /** The database's URL through the proxy. */
  get url(): string {
    const through = new URL(this.target);
    through.hostname = "127.0.0.1";
    through.port = String((this.server.address() as AddressInfo).port);
    return through.href;
  }

  /** Resets what is open now. */
  cutAll(): void {
    for (const connection of this.connections) connection.end("cut");
  }

  /** What is open now goes on to look open, and nothing passes it any more. */
  muteAll(): void {
    for (const connection of this.connections) connection.isMute = true;
  }

  async stop(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(client: Socket): void {
    const upstream = connect(Number(this.target.port), this.target.hostname);
    const connection = new DatabaseConnection(client, upstream, this);
    this.connections.add(connection);
    connection.run().finally(() => this.connections.delete(connection));
  }
}

class DatabaseConnection {
  isMute = false;
  private readonly client: Socket;
  private readonly upstream: Socket;
  private readonly proxy: DatabaseProxy;
  private readonly statements = new StatementLog();
  private name = "";
  private lastStatement = "";
  /** Asked for and not answered; its answer is collected until it is whole. */
  private committing: PendingCommit | undefined;
  private committedRows = 0;
  private answer: Buffer[] = [];

  constructor(client: Socket, upstream: Socket, proxy: DatabaseProxy) {
    this.client = client;
    this.upstream = upstream;
    this.proxy = proxy;
    for (const socket of [client, upstream]) socket.setNoDelay(true).on("error", () => {});
  }

  async run(): Promise<void> {
    const fromClient = new PostgresMessageReader("from-client");
    const fromServer = new PostgresMessageReader("from-server");
    const asking = forEachChunk(this.client, async (chunk) => {
      for (const message of fromClient.push(chunk)) {
        if (message.type === "") this.name = startupSettings(message.bytes).get("application_name") ?? "";
        this.lastStatement = this.statements.fromClient(message) ?? this.lastStatement;
        const commit = this.statements.commitIn(message);
        if (commit !== undefined && !(await this.passes(commit, "before"))) continue;
        if (!this.isMute) this.upstream.write(message.bytes);
      }
    }).then(() => this.upstream.destroy());
    const answering = forEachChunk(this.upstream, async (chunk) => {
      for (const message of fromServer.push(chunk)) {
        this.committedRows += this.statements.fromServer(message) ?? 0;
        this.answer.push(message.bytes);
        if (message.type === "Z") await this.answered();
        else if (this.committing === undefined) this.tell();
      }
    }).then(() => this.client.destroy());
    await Promise.all([asking, answering]);
  }

  end(how: "cut" | "half-open"): void {
    reset(this.client);
    if (how === "cut") reset(this.upstream);
  }

  private async answered(): Promise<void> {
    const { committing, committedRows } = this;
    this.committing = undefined;
    this.committedRows = 0;
    const isChange = committing !== undefined && (!committing.isImplicit || committedRows > 0);
    if (isChange) {
      this.proxy.commits++;
      if (!(await this.passes(committing, "after"))) return;
    }
    if (this.obey(await this.proxy.onAnswered(this.lastStatement, this.name))) this.tell();
  }

  private tell(): void {
    if (!this.isMute) for (const bytes of this.answer) this.client.write(bytes);
    this.answer = [];
  }

  private async passes(commit: PendingCommit, side: Passage["side"]): Promise<boolean> {
    if (side === "before") this.committing = commit;
    if (side === "before" && commit.isImplicit) return true;
    const what = `${commit.isImplicit ? "UPDATE" : "COMMIT"} ${[...commit.tables].sort().join("+")}`;
    return this.obey(await this.proxy.tap({ where: "database", what, side }));
  }

  /** True when it goes on. */
  private obey(verdict: Verdict): boolean {
    if (verdict === "cut" || verdict === "half-open") this.end(verdict);
    if (verdict === "mute") this.isMute = true;
    return verdict === "pass";
  }
}
