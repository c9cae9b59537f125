/** What one check found. */
export interface Finding {
  /** "database", "port 8080": what was looked at. */
  readonly subject: string;
  readonly state: "ok" | "warn" | "fail";
  /** One sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly mend?: string;
}

export function ok(subject: string, message: string): Finding {
  return { subject, state: "ok", message };
}

export function warn(subject: string, message: string, mend: string): Finding {
  return { subject, state: "warn", message, mend };
}

export function fail(subject: string, message: string, mend?: string): Finding {
  return mend === undefined ? { subject, state: "fail", message } : { subject, state: "fail", message, mend };
}
