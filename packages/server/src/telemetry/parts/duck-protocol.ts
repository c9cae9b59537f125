/** What a DuckDB child is asked, and what it answers: columns of numbers or text, never rows. */
import type { FileDescription } from "./described-file.ts";
import type { FileCheck } from "./file-checksums.ts";

export type DuckRequest = ({ readonly id: number } & DuckTask) | DuckCancel;

export type DuckTask = DuckStatement | { readonly describe: readonly string[] };

export interface DuckStatement {
  /** Each column of its answer is a DOUBLE, an INTEGER or a UTINYINT without nulls, or a VARCHAR. */
  readonly sql: string;
  /** The child refuses to gather more than this. */
  readonly limits: AnswerLimits;
  /** What DuckDB may work on at a time: with more than one, rows come in any order unless they are sorted. */
  readonly threads: number;
  /** Compared before the statement is run. */
  readonly checks: readonly FileCheck[];
}

export interface AnswerLimits {
  readonly maxValues: number;
  /** Of columns of text. */
  readonly maxCharacters: number;
}

/** The statement is interrupted if it is still running. */
export interface DuckCancel {
  readonly cancel: number;
}

export type DuckColumn = Float64Array | Int32Array | Uint8Array | readonly (string | null)[];

/**
 * A large answer comes in pieces, so that whoever takes it has turns for others: what it will be, then runs of values of its
 * columns, then its end.
 */
export type DuckAnswer =
  | { readonly id: number; readonly columns: readonly DuckColumn[]; readonly rows: number }
  | { readonly id: number; readonly coming: readonly ColumnKind[]; readonly rows: number }
  | { readonly id: number; readonly column: number; readonly at: number; readonly values: DuckColumn }
  | { readonly id: number; readonly isDone: true }
  | { readonly id: number; readonly files: readonly (FileDescription | FileFailure)[] }
  | { readonly id: number; readonly failure: DuckFailure };

export type ColumnKind = "double" | "integer" | "byte" | "text";

export interface FileFailure {
  readonly isMissing: boolean;
  readonly message: string;
}

export interface DuckFailure {
  readonly reason: "statement" | "too-many-values" | "too-much-text" | "damaged";
  readonly message: string;
  /** Of a file that is damaged. */
  readonly path?: string;
}

/** What a child is started with, as its first argument. */
export interface DuckSettings {
  readonly memoryMegabytes: number;
}

/** After these, everything that DuckDB is asked fails. */
export function isFatal(message: string): boolean {
  return /^(FATAL|INTERNAL) Error|database has been invalidated/.test(message);
}
