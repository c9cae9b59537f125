// Writes the typed client of the REST API from the application's own description: `npm run client:generate`.
import path from "node:path";
import { createClient } from "@hey-api/openapi-ts";
import { createDescribedApp } from "../packages/server/src/api/testing/described-app.ts";

export const CLIENT_FOLDER = path.resolve(import.meta.dirname, "../packages/protocol/src/http/client");

const HEADER = ["// Written by `npm run client:generate` from the description of the API; not to be edited.", ""];

/** Replaces what is in the folder. */
export async function generateClient(folder) {
  const app = await createDescribedApp();
  const input = app.swagger();
  await app.close();
  await createClient({
    input: JSON.parse(JSON.stringify(input)),
    output: { path: folder, clean: true, module: { extension: ".ts" }, header: HEADER },
    logs: { level: "silent", file: false },
    plugins: [
      "@hey-api/client-fetch",
      "@hey-api/typescript",
      {
        name: "@hey-api/sdk",
        paramsStructure: "flat",
        operations: { strategy: "single", containerName: "SluiceClient", methods: "instance" },
      },
    ],
  });
}

if (import.meta.main) await generateClient(CLIENT_FOLDER);
