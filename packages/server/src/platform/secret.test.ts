import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSealer, loadSecret } from "./secret.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "sluice-secret-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const sealer = createSealer("a secret of some length");

test("what was sealed unseals to the same bytes, and two seals of it differ", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (plain) => {
      const sealed = sealer.seal(plain);
      expect([...sealer.unseal(sealed)]).toEqual([...plain]);
      expect(sealed.equals(sealer.seal(plain))).toBe(false);
    }),
  );
});

test("what was sealed before each value had a key of its own still opens", () => {
  const sealed = Buffer.from("Ae-D6SYMlIoiqNgPjFa69luHAcHjBsZmEqoZG28KbqsnjxJ7b2dL2Q", "base64url");
  expect(sealer.unseal(sealed).toString()).toBe("signing key");
});

test("a changed byte anywhere, a cut, or another secret is refused", () => {
  const sealed = sealer.seal(Buffer.from("signing key"));
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    expect(() => sealer.unseal(changed)).toThrow(expect.objectContaining({ code: "secret.wrong" }));
    expect(() => sealer.unseal(sealed.subarray(0, at))).toThrow(expect.objectContaining({ code: "secret.wrong" }));
  }
  expect(() => createSealer("another secret, as long").unseal(sealed)).toThrow(
    expect.objectContaining({ code: "secret.wrong" }),
  );
});

test("a secret is generated once, readable to its owner alone, and kept", () => {
  const secret = loadSecret(home, undefined);
  expect(secret.length).toBeGreaterThanOrEqual(43);
  expect(loadSecret(home, undefined)).toBe(secret);
  expect(statSync(path.join(home, "secret")).mode & 0o777).toBe(0o600);
  expect(readdirSync(home)).toEqual(["secret"]);
});

test("a configured secret is used as it is and leaves no file", () => {
  expect(loadSecret(home, "from the environment")).toBe("from the environment");
  expect(readdirSync(home)).toEqual([]);
});

test("an empty secret file is refused rather than replaced", () => {
  writeFileSync(path.join(home, "secret"), "\n");
  expect(() => loadSecret(home, undefined)).toThrow(expect.objectContaining({ code: "secret.empty" }));
  expect(readFileSync(path.join(home, "secret"), "utf8")).toBe("\n");
});
