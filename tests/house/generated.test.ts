import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { createDescribedApp } from "../../packages/server/src/api/testing/described-app.ts";
import { permissionPage } from "../../packages/server/src/api/testing/permission-page.ts";
import { CLIENT_FOLDER, generateClient } from "../../scripts/generate-client.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const fresh = mkdtempSync(path.join(tmpdir(), "sluice-client-"));
afterAll(() => rmSync(fresh, { recursive: true }));

function contentOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const read = files.map(({ parentPath, name }): [string, string] => {
    const file = path.join(parentPath, name);
    return [path.relative(folder, file), readFileSync(file, "utf8")];
  });
  return Object.fromEntries(read);
}

test("the typed client is the one of this API: `npm run client:generate` writes it", async () => {
  await generateClient(fresh);
  const [committed, generated] = [contentOf(CLIENT_FOLDER), contentOf(fresh)];
  expect(Object.keys(committed).sort()).toEqual(Object.keys(generated).sort());
  expect(Object.keys(generated).filter((file) => committed[file] !== generated[file])).toEqual([]);
}, 60_000);

test("docs/permissions.md says what the code says: `npm run docs:generate` writes it", async () => {
  const app = await createDescribedApp();
  const page = permissionPage(app.routeAccess);
  await app.close();
  expect(readFileSync(path.join(root, "docs/permissions.md"), "utf8")).toBe(page);
});
