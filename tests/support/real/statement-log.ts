import { type PostgresMessage, textAt } from "./postgres-messages.ts";

/** A commit that is about to be asked for. */
export interface PendingCommit {
  readonly tables: ReadonlySet<string>;
  /** Outside a transaction: whether anything was changed is only known from the answer. */
  readonly isImplicit: boolean;
}

const WRITE = /(?:insert\s+into|delete\s+from|copy|(?<!\bfor\s+)(?<!\bkey\s+)(?<!\bdo\s+)update)\s+([a-z_0-9]+)/g;
const TYPE_BYTES = 5;

/** What a client has asked of PostgreSQL on one connection, read from the messages in both directions. */
export class StatementLog {
  /** "I": outside a transaction, "T": in one, "E": in one that has failed. */
  private status = "I";
  private readonly prepared = new Map<string, string>();
  private bound = "";
  /** Executed, and not answered yet: the statements of each message that asks for an answer, since several may be under way. */
  private readonly unanswered: string[][] = [];
  private readonly executed: string[] = [];
  private readonly written = new Set<string>();

  /** The text of the statements that this message has executed; undefined when it executes none. */
  fromClient({ type, bytes }: PostgresMessage): string | undefined {
    if (type === "P") {
      const name = textAt(bytes, TYPE_BYTES);
      this.prepared.set(name.text, textAt(bytes, name.end).text);
    }
    if (type === "B") this.bound = textAt(bytes, textAt(bytes, TYPE_BYTES).end).text;
    const text = this.executedBy(type, bytes);
    this.executed.push(...statementsOf(text ?? ""));
    if (type === "Q" || type === "S") this.unanswered.push(this.executed.splice(0));
    return text;
  }

  private executedBy(type: string, bytes: Buffer): string | undefined {
    if (type === "Q") return textAt(bytes, TYPE_BYTES).text;
    return type === "E" ? (this.prepared.get(this.bound) ?? "") : undefined;
  }

  /** The commit that this message asks for; undefined when it asks for none, or when there is nothing to commit. */
  commitIn({ type }: PostgresMessage): PendingCommit | undefined {
    if (type !== "Q" && type !== "S") return undefined;
    const statements = this.unanswered.at(-1) ?? [];
    const last = statements.at(-1);
    if (last === undefined) return undefined;
    if (/^commit\b/i.test(last)) {
      return this.written.size > 0 ? { tables: new Set(this.written), isImplicit: false } : undefined;
    }
    const tables = new Set(statements.flatMap(tablesWrittenBy));
    return this.status === "I" && tables.size > 0 ? { tables, isImplicit: true } : undefined;
  }

  /** Returns the rows that a statement changed or returned, if this message says so. */
  fromServer({ type, bytes }: PostgresMessage): number | undefined {
    if (type === "Z") {
      this.status = String.fromCharCode(bytes[TYPE_BYTES]!);
      this.unanswered.shift();
      if (this.status === "I") this.written.clear();
    }
    if (type !== "C") return undefined;
    const rows = Number(textAt(bytes, TYPE_BYTES).text.split(" ").at(-1));
    const statement = this.unanswered[0]?.shift() ?? "";
    if (rows > 0) for (const table of tablesWrittenBy(statement)) this.written.add(table);
    return Number.isNaN(rows) ? undefined : rows;
  }
}

function statementsOf(text: string): string[] {
  const statements = text.split(";").map((statement) => statement.trim());
  return statements.filter((statement) => statement !== "");
}

function tablesWrittenBy(statement: string): string[] {
  return [...statement.toLowerCase().matchAll(WRITE)].map((match) => match[1]!);
}
