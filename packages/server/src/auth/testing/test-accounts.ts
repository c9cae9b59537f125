import { randomBytes } from "node:crypto";
import { createSealer } from "../../platform/secret.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { type AccountSettings, type Accounts, createAccounts } from "../accounts.ts";
import { type CreatedUser, createUser } from "../create-user.ts";
import { login } from "../login.ts";
import type { Principal } from "../principal.ts";
import type { Requester } from "../requester.ts";
import type { TokenPair } from "../session.ts";

export const EMAIL = "ada@example.org";
export const PASSWORD = "correct horse battery";
const START_MS = Date.UTC(2026, 0, 1);

/** Accounts of one organization on a real database, at a time that only the test moves. */
export class TestAccounts {
  readonly database: TestDatabase;
  readonly time = { nowMs: START_MS };
  accounts: Accounts;
  by: Requester = { organizationId: 0, actor: "system" };

  private constructor(database: TestDatabase) {
    this.database = database;
    this.accounts = this.anotherProcess();
  }

  static async create(): Promise<TestAccounts> {
    return new TestAccounts(await createTestDatabase());
  }

  /** Begins anew: an empty organization, and a process that remembers nothing. */
  async reset(): Promise<void> {
    const { pool } = this.database;
    await pool.query(
      `alter table audit_event disable trigger audit_event_is_append_only;
       delete from organization; delete from app_user; delete from signing_key; delete from account_mail;
       alter table audit_event enable trigger audit_event_is_append_only`,
    );
    const { rows } = await pool.query("insert into organization (slug, name) values ('a', 'A') returning id");
    this.by = { organizationId: rows[0].id, actor: "system" };
    this.time.nowMs = START_MS;
    this.accounts = this.anotherProcess();
  }

  anotherProcess(secret = "a secret", settings: Partial<AccountSettings> = {}): Accounts {
    const clock = {
      nowMicros: () => this.time.nowMs * 1000,
      monotonicMs: () => this.time.nowMs,
      after: () => () => {},
    };
    return createAccounts({ pool: this.database.pool, clock, randomBytes, sealer: createSealer(secret), settings });
  }

  addUser(): Promise<CreatedUser> {
    return createUser(this.accounts, this.by, { email: EMAIL, password: PASSWORD, roles: ["operator"] });
  }

  signIn(password = PASSWORD, username = EMAIL, address = "10.0.0.1"): Promise<TokenPair> {
    return login(this.accounts, { username, password, address });
  }

  authenticate(token: string, process = this.accounts): Promise<Principal> {
    return process.authenticator.authenticate(token);
  }
}
