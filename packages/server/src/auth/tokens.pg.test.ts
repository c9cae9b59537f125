import { createHmac, createPublicKey } from "node:crypto";
import { SignJWT, UnsecuredJWT } from "jose";
import type { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ACCESS_TOKEN_LIFETIME_S } from "./access-token.ts";
import { createAccounts, prepareAccounts } from "./accounts.ts";
import { BELIEVED_MS, RENEWED_AFTER_MS } from "./authenticate.ts";
import { listClients } from "./client-store.ts";
import { createClient } from "./create-client.ts";
import { nameOfPerson } from "./name-of-person.ts";
import { revokeClient } from "./revoke-client.ts";
import { KEEP_RETIRED_MS, SIGNING_KEY_LIFETIME_MS } from "./signing-keys.ts";
import { EMAIL, TestAccounts } from "./testing/test-accounts.ts";

let ada: TestAccounts;
beforeAll(async () => {
  ada = await TestAccounts.create();
});
beforeEach(() => ada.reset());
afterAll(() => ada.database.drop());

test("who brings a token is found out over connections that nothing else uses", async () => {
  await ada.addUser();
  const { access_token } = await ada.signIn();
  const busy = { connect: () => new Promise(() => {}), query: () => new Promise(() => {}) } as unknown as Pool;
  const process = createAccounts({ ...ada.accounts, pool: busy });
  const principal = await process.authenticator.authenticate(access_token);
  expect(await nameOfPerson(process, principal)).toBe(EMAIL);
});

const failure = (code: string) => expect.objectContaining({ code });

test("forged tokens open nothing", async () => {
  const { id } = await ada.addUser();
  const { access_token } = await ada.signIn();
  const [header, payload, signature] = access_token.split(".") as [string, string, string];
  const { kid } = JSON.parse(Buffer.from(header, "base64url").toString());
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const { privateKey } = await ada.accounts.signingKeys.current();
  const publicPem = createPublicKey(privateKey).export({ type: "spki", format: "pem" });
  const confused = `${encode({ alg: "HS256", kid, typ: "at+jwt" })}.${payload}`;
  const forgeries = {
    "alg none": new UnsecuredJWT(claims).encode(),
    "alg none, our header": `${encode({ alg: "none", kid, typ: "at+jwt" })}.${payload}.`,
    "public key as secret": `${confused}.${createHmac("sha256", publicPem).update(confused).digest("base64url")}`,
    "another's claims": `${header}.${encode({ ...claims, sub: randomId() })}.${signature}`,
    "an unknown key": `${encode({ alg: "EdDSA", kid: "0000", typ: "at+jwt" })}.${payload}.${signature}`,
    "no key": `${encode({ alg: "EdDSA", typ: "at+jwt" })}.${payload}.${signature}`,
    "another type": await new SignJWT(claims).setProtectedHeader({ alg: "EdDSA", kid }).sign(privateKey),
    "another audience": await new SignJWT({ ...claims, aud: "else" })
      .setProtectedHeader({ alg: "EdDSA", kid, typ: "at+jwt" })
      .sign(privateKey),
    "another issuer": await new SignJWT({ ...claims, iss: "https://evil.example" })
      .setProtectedHeader({ alg: "EdDSA", kid, typ: "at+jwt" })
      .sign(privateKey),
    "an identity token": await new SignJWT({ ...claims, nonce: "n" })
      .setProtectedHeader({ alg: "EdDSA", kid, typ: "JWT" })
      .sign(privateKey),
    "not valid yet": await new SignJWT({ ...claims, nbf: claims.iat + 6 })
      .setProtectedHeader({ alg: "EdDSA", kid, typ: "at+jwt" })
      .sign(privateKey),
    "of the future": await new SignJWT({ ...claims, iat: claims.iat + 6 })
      .setProtectedHeader({ alg: "EdDSA", kid, typ: "at+jwt" })
      .sign(privateKey),
    "a client's claims without a client": await new SignJWT({
      ...claims,
      sid: undefined,
      client_id: id,
      scope: "ingest",
    })
      .setProtectedHeader({ alg: "EdDSA", kid, typ: "at+jwt" })
      .sign(privateKey),
    "no expiry": await new SignJWT({ ...claims, exp: undefined })
      .setProtectedHeader({ alg: "EdDSA", kid, typ: "at+jwt" })
      .sign(privateKey),
    "no signature": `${header}.${payload}.`,
    nonsense: "a.b.c",
    empty: "",
    long: "x".repeat(5000),
    "a device's token": "sld_AAAA",
    "an unknown client's": "slc_AAAA",
  };
  for (const [what, token] of Object.entries(forgeries)) {
    await expect(ada.authenticate(token), what).rejects.toMatchObject({
      kind: "unauthenticated",
      code: "auth.token_invalid",
    });
  }
  expect(await ada.authenticate(access_token)).toMatchObject({ userId: id });
});

test("clocks of two processes may differ a little, and an expired token is expired to the second", async () => {
  await ada.addUser();
  const { access_token } = await ada.signIn();
  ada.time.nowMs -= 4_000;
  expect((await ada.authenticate(access_token, ada.anotherProcess())).kind).toBe("user");
  ada.time.nowMs += 4_000 + ACCESS_TOKEN_LIFETIME_S * 1000 - 1;
  expect((await ada.authenticate(access_token, ada.anotherProcess())).kind).toBe("user");
  ada.time.nowMs += 1;
  await expect(ada.authenticate(access_token, ada.anotherProcess())).rejects.toEqual(failure("auth.token_expired"));
});

test("a token names its organization, and opens no other; it ends with the membership and with the account", async () => {
  const { pool } = ada.database;
  const { id } = await ada.addUser();
  const { access_token } = await ada.signIn();
  const [header, payload] = access_token.split(".") as [string, string];
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  const { privateKey } = await ada.accounts.signingKeys.current();
  const { rows } = await pool.query("insert into organization (slug, name) values ('b', 'B') returning id");
  const elsewhere = await new SignJWT({ ...claims, org: rows[0].id })
    .setProtectedHeader(JSON.parse(Buffer.from(header, "base64url").toString()))
    .sign(privateKey);
  await expect(ada.authenticate(elsewhere)).rejects.toEqual(failure("auth.session_ended"));
  await pool.query("delete from membership where user_id = $1", [id]);
  await expect(ada.authenticate(access_token)).rejects.toEqual(failure("auth.session_ended"));
  await pool.query("delete from app_user where id = $1", [id]);
  await expect(ada.authenticate(access_token)).rejects.toEqual(failure("auth.session_ended"));
});

test("keys are shared by processes, lie sealed in the database, and are of no use under another secret", async () => {
  await ada.addUser();
  const { access_token } = await ada.signIn();
  const another = ada.anotherProcess();
  expect((await ada.authenticate(access_token, another)).kind).toBe("user");
  const { rows } = await ada.database.pool.query("select algorithm, sealed from signing_key");
  expect(rows).toHaveLength(1);
  expect(rows[0].sealed).toHaveLength(1 + 16 + 16 + 32);
  await expect(prepareAccounts(ada.anotherProcess("another secret"))).rejects.toEqual(failure("secret.wrong"));
});

test("processes that start at once agree on one key", async () => {
  const all = Array.from({ length: 4 }, () => ada.anotherProcess());
  const ids = await Promise.all(all.map(async (one) => (await one.signingKeys.current()).id));
  expect(new Set(ids).size).toBe(1);
});

test("a new key signs after ninety days, while tokens of the last one are still good, on every process", async () => {
  await ada.addUser();
  const first = await ada.accounts.signingKeys.current();
  ada.time.nowMs += SIGNING_KEY_LIFETIME_MS - 1000;
  const before = await ada.signIn();
  ada.time.nowMs += 1000;
  const another = ada.anotherProcess();
  const second = await another.signingKeys.current();
  expect(second.id).not.toBe(first.id);
  expect((await ada.accounts.signingKeys.current()).id).toBe(second.id);
  expect((await ada.authenticate(before.access_token)).kind).toBe("user");
  expect((await ada.authenticate(before.access_token, another)).kind).toBe("user");
  expect((await another.signingKeys.publicKeys()).map(({ kid }) => kid)).toEqual([second.id, first.id]);
});

test("an old key verifies no more once all it signed has expired, also where nobody has heard of the next", async () => {
  const { id } = await ada.accounts.signingKeys.current();
  ada.time.nowMs += SIGNING_KEY_LIFETIME_MS + KEEP_RETIRED_MS - 1;
  expect(await ada.accounts.signingKeys.verificationKey(id)).toBeDefined();
  ada.time.nowMs += 1;
  expect(await ada.accounts.signingKeys.verificationKey(id)).toBeUndefined();
  const [next, ...others] = await ada.accounts.signingKeys.publicKeys();
  expect(others).toEqual([]);
  expect(next?.kid).not.toBe(id);
});

test("a process that has not seen a key yet looks for it", async () => {
  await ada.addUser();
  const reader = ada.anotherProcess();
  await expect(reader.signingKeys.verificationKey("unknown")).resolves.toBeUndefined();
  const { access_token } = await ada.signIn();
  ada.time.nowMs += 1000;
  expect((await ada.authenticate(access_token, reader)).kind).toBe("user");
});

test("an API client's token carries its scopes until it is revoked", async () => {
  const { client, token } = await createClient(ada.accounts, ada.by, { name: "Gateway", scopes: ["ingest", "ingest"] });
  expect(client.scopes).toEqual(["ingest"]);
  expect(await ada.authenticate(token)).toEqual({
    kind: "client",
    clientId: client.id,
    organizationId: ada.by.organizationId,
    scopes: new Set(["ingest"]),
  });
  const { rows } = await ada.database.pool.query("select row_to_json(api_client)::text as row from api_client");
  expect(rows[0].row).not.toContain(token);
  await expect(createClient(ada.accounts, ada.by, { name: "Gateway", scopes: ["ingest"] })).rejects.toEqual(
    failure("client.name_taken"),
  );
  await revokeClient(ada.accounts, ada.by, client.id);
  ada.time.nowMs += 1000;
  await expect(ada.authenticate(token)).rejects.toEqual(failure("auth.token_invalid"));
  await expect(revokeClient(ada.accounts, ada.by, client.id)).rejects.toEqual(failure("client.unknown"));
  expect(await listClients(ada.database.pool, ada.by.organizationId, { limit: 10 })).toEqual([]);
  await createClient(ada.accounts, ada.by, { name: "Gateway", scopes: ["devices:provision"] });
});

test("a thousand requests with one token ask the database once a second", async () => {
  const { token } = await createClient(ada.accounts, ada.by, { name: "Gateway", scopes: ["ingest"] });
  let queries = 0;
  const count = () => void queries++;
  ada.database.pool.on("acquire", count);
  await Promise.all(Array.from({ length: 1000 }, () => ada.authenticate(token)));
  ada.time.nowMs += 1000;
  await Promise.all(Array.from({ length: 1000 }, () => ada.authenticate(token)));
  ada.database.pool.off("acquire", count);
  expect(queries).toBe(2);
});

test("a token in use is asked for anew beside its requests, once, and a refusal counts at once", async () => {
  const { client, token } = await createClient(ada.accounts, ada.by, { name: "Gateway", scopes: ["ingest"] });
  let queries = 0;
  const count = () => void queries++;
  ada.database.pool.on("acquire", count);
  const afterAnswers = () => ada.database.pool.query("select 1").then(() => queries--);
  await ada.authenticate(token);
  ada.time.nowMs += RENEWED_AFTER_MS;
  await Promise.all(Array.from({ length: 100 }, () => ada.authenticate(token)));
  await afterAnswers();
  expect(queries).toBe(2);
  ada.time.nowMs += RENEWED_AFTER_MS - 1;
  await ada.authenticate(token);
  expect(queries).toBe(2);
  ada.database.pool.off("acquire", count);
  await revokeClient(ada.accounts, ada.by, client.id);
  ada.time.nowMs += 1;
  await ada.authenticate(token);
  await expect.poll(() => ada.accounts.authenticator.knows(token)).toBe(false);
  await expect(ada.authenticate(token)).rejects.toEqual(failure("auth.token_invalid"));
});

test("whom the database cannot be asked about just now is believed no longer for it", async () => {
  await ada.addUser();
  const { access_token } = await ada.signIn();
  let isAway = false;
  const pool = {
    query: (...asked: Parameters<Pool["query"]>) =>
      isAway ? Promise.reject(new Error("away")) : ada.database.pool.query(...asked),
  } as unknown as Pool;
  const { authenticator } = createAccounts({ ...ada.accounts, pool, urgentPool: pool });
  await authenticator.authenticate(access_token);
  isAway = true;
  ada.time.nowMs += BELIEVED_MS - 1;
  expect((await authenticator.authenticate(access_token)).kind).toBe("user");
  ada.time.nowMs += 1;
  await expect(authenticator.authenticate(access_token)).rejects.toThrow("away");
});

const randomId = () => "00000000-0000-4000-8000-000000000000";
