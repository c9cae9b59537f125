import { SluiceError } from "@sluice/core/errors.ts";

/**
 * Fields that one answer may still hold. What a document asks for is estimated before anything is read; this counts what is
 * really there, since nobody knows the length of a list before: past the limit nothing further is resolved.
 */
export class Budget {
  private readonly limit: number;
  private readonly onSpent: (error: unknown) => void;
  private spent = 0;
  private error: unknown;

  constructor(limit: number, onSpent: (error: unknown) => void = () => {}) {
    this.limit = limit;
    this.onSpent = onSpent;
  }

  /** Throws `graphql.too_costly`, the same error each time, once more is spent than there was. */
  spend(fields: number): void {
    if (this.error !== undefined) throw this.error;
    this.spent += fields;
    if (this.spent > this.limit) this.end(tooMany(this.limit));
    if (this.error !== undefined) throw this.error;
  }

  /** Whatever is still to be resolved fails with this. */
  end(error: unknown): void {
    if (this.error !== undefined) return;
    this.error = error;
    this.onSpent(error);
  }
}

function tooMany(limit: number): SluiceError {
  const message = `The answer would hold more than ${limit} fields. Ask for less at a time: a smaller page, fewer lists.`;
  return new SluiceError("invalid", "graphql.too_costly", message, { details: { limit } });
}
