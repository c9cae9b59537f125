import { createHmac, createPublicKey } from "node:crypto";
import { SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { prepareAccounts } from "./accounts.ts";
import { listClients } from "./client-store.ts";
import { createClient } from "./create-client.ts";
import { revokeClient } from "./revoke-client.ts";
import { SIGNING_KEY_LIFETIME_MS } from "./signing-keys.ts";
import { TestAccounts } from "./testing/test-accounts.ts";

let ada: TestAccounts;
beforeAll(async () => {
  ada = await TestAccounts.create();
});
beforeEach(() => ada.reset());
afterAll(() => ada.database.drop());

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

test("keys are shared by processes, lie sealed in the database, and are of no use under another secret", async () => {
  await ada.addUser();
  const { access_token } = await ada.signIn();
  const another = ada.anotherProcess();
  expect((await ada.authenticate(access_token, another)).kind).toBe("user");
  const { rows } = await ada.database.pool.query("select algorithm, sealed from signing_key");
  expect(rows).toHaveLength(1);
  expect(rows[0].sealed).toHaveLength(1 + 12 + 16 + 32);
  await expect(prepareAccounts(ada.anotherProcess("another secret"))).rejects.toEqual(failure("secret.wrong"));
});

test("processes that start at once agree on one key", async () => {
  const all = Array.from({ length: 4 }, () => ada.anotherProcess());
  const ids = await Promise.all(all.map(async (one) => (await one.signingKeys.current()).id));
  expect(new Set(ids).size).toBe(1);
});

test("a new key signs after thirty days, while tokens of the last one are still good, on every process", async () => {
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

const randomId = () => "00000000-0000-4000-8000-000000000000";
