import { readFileSync } from "node:fs";
import { SluiceError } from "@sluice/core/errors.ts";

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/** The account that most systems call `nobody`. */
const NOBODY_UID = 65534;

/**
 * The user that PostgreSQL runs as when we are root, because it refuses to be root. `initdb` looks its user up by id and
 * stops where there is no account, so a system that numbers `nobody` differently gets that number.
 */
export function unprivilegedUser(passwd = readAccounts()): UserIds {
  const accounts = passwd
    .split("\n")
    .map((line) => line.split(":"))
    .filter((fields) => fields.length >= 4)
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }));
  const account =
    accounts.find(({ uid }) => uid === NOBODY_UID) ??
    accounts.find(({ name }) => name === "nobody") ??
    accounts.find(({ uid }) => uid > 0);
  if (account !== undefined) return { uid: account.uid, gid: account.gid };
  throw new SluiceError(
    "unavailable",
    "postgres.no_user",
    "PostgreSQL does not run as root, and this system has no other account. Add one (nobody) to /etc/passwd, or set SLUICE_DATABASE_URL.",
  );
}

function readAccounts(): string {
  try {
    return readFileSync("/etc/passwd", "utf8");
  } catch {
    return "";
  }
}
