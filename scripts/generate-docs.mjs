// Writes the pages of docs that say what the code says: `npm run docs:generate`.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { createDescribedApp } from "../packages/server/src/api/testing/described-app.ts";
import { permissionPage } from "../packages/server/src/api/testing/permission-page.ts";

const app = await createDescribedApp();
writeFileSync(path.resolve(import.meta.dirname, "../docs/permissions.md"), permissionPage(app.routeAccess));
await app.close();
