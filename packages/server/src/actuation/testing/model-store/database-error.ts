import { SluiceError } from "@sluice/core/errors.ts";
import pg from "pg";

/** An error as PostgreSQL would throw it, with its SQLSTATE. */
export function databaseError(code: SqlState, message: string, constraint?: string): pg.DatabaseError {
  const error = new pg.DatabaseError(message, message.length, "error");
  error.code = code;
  error.constraint = constraint;
  return error;
}

/** unique, exclusion, check, foreign key, a trigger of ours, lock timeout, after an error, the server going away. */
export type SqlState = "23505" | "23P01" | "23514" | "23503" | "23000" | "55P03" | "25P02" | "57P01";

export function uniqueViolation(constraint: string): pg.DatabaseError {
  return databaseError("23505", `duplicate key value violates unique constraint "${constraint}"`, constraint);
}

export function exclusionViolation(constraint: string): pg.DatabaseError {
  return databaseError("23P01", `conflicting key value violates exclusion constraint "${constraint}"`, constraint);
}

export function checkViolation(constraint: string): pg.DatabaseError {
  return databaseError("23514", `new row violates check constraint "${constraint}"`, constraint);
}

export function foreignKeyViolation(constraint: string): pg.DatabaseError {
  return databaseError("23503", `insert violates foreign key constraint "${constraint}"`, constraint);
}

/** What a guard trigger raises. */
export function guardViolation(message: string): pg.DatabaseError {
  return databaseError("23000", message);
}

/** What a connection says once it is gone. */
export function connectionGone(): Error {
  return new Error("Connection terminated unexpectedly");
}

export function outcomeUnknown(): SluiceError {
  return new SluiceError("unavailable", "database.outcome_unknown", "The connection broke while committing.");
}
