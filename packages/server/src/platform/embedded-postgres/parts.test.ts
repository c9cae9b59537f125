import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { linkLibraries } from "./binaries.ts";
import { rethrowNamingHome, startFailure } from "./failure.ts";
import { renderSettings } from "./settings.ts";
import { unprivilegedUser } from "./unprivileged-user.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sluice-parts-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the user that runs PostgreSQL for root", () => {
  test.each([
    ["nobody at its usual number", "root:x:0:0::/:\nnobody:x:65534:65534::/:\n", 65534, 65534],
    ["whoever has that number", "nobody:x:99:99::/:\nnfsnobody:x:65534:65533::/:\n", 65534, 65533],
    ["nobody at another number", "root:x:0:0::/:\ndaemon:x:1:1::/:\nnobody:x:99:98::/:\n", 99, 98],
    ["nobody at a negative number", "nobody:*:-2:-2:Unprivileged User:/var/empty:\n", 4294967294, 4294967294],
    ["anyone else but root", "root:x:0:0::/:\napp:x:1000:1001::/:\n", 1000, 1001],
  ])("is %s", (_, passwd, uid, gid) => {
    expect(unprivilegedUser(passwd)).toEqual({ uid, gid });
  });

  test("is missed with a mend where there is none", () => {
    expect(() => unprivilegedUser("root:x:0:0::/:\n")).toThrow(expect.objectContaining({ code: "postgres.no_user" }));
  });
});

test("library links that no install script made are made, once", () => {
  const native = path.join(folder, "copy");
  mkdirSync(path.join(native, "lib"), { recursive: true });
  writeFileSync(path.join(native, "lib", "libpq.so.5.18"), "");
  const links = ["libpq.so.5", "libpq.so"].map((name) => ({
    source: "native/lib/libpq.so.5.18",
    target: `native/lib/${name}`,
  }));
  writeFileSync(path.join(native, "pg-symlinks.json"), JSON.stringify(links));
  linkLibraries(native);
  linkLibraries(native);
  expect(readlinkSync(path.join(native, "lib", "libpq.so"))).toBe("libpq.so.5.18");
  expect(existsSync(path.join(native, "lib", "libpq.so.5"))).toBe(true);
});

test("settings never weaken what was promised, unless a caller says so", () => {
  const settings = renderSettings("/home");
  for (const line of ["fsync = 'on'", "synchronous_commit = 'on'", "full_page_writes = 'on'"])
    expect(settings).toContain(line);
  expect(renderSettings("/home", { max_connections: "7" })).toContain("max_connections = '7'");
});

test.each([
  'FATAL:  could not write to file "pg_wal/xlogtemp.7": No space left on device',
  "initdb: error: could not write file: Disk quota exceeded",
])("a full disk is recognised in what PostgreSQL says: %s", (output) => {
  expect(startFailure("Starting", folder, output)).toMatchObject({
    code: "postgres.disk_full",
    message: expect.stringMatching(/free at least \d+ MiB/),
  });
});

test.each([
  ["ENOSPC", "postgres.disk_full"],
  ["EACCES", "home.not_writable"],
  ["EROFS", "home.not_writable"],
])("what the system says of the home gets a mend: %s", (code, expected) => {
  const error = Object.assign(new Error("system"), { code });
  expect(() => rethrowNamingHome(error, path.join(folder, "not", "there"))).toThrow(
    expect.objectContaining({ code: expected, message: expect.stringContaining("SLUICE_HOME") }),
  );
});

test("a user without an account is told apart", () => {
  const output = "initdb: could not look up effective user ID 1234: user does not exist";
  expect(startFailure("Initialising", folder, output)).toMatchObject({ code: "postgres.no_user" });
});
