import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { Command, Io } from "../command.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE } from "../print-error.ts";
import { openServerClient, SERVER_OPTIONS } from "../server-client.ts";
import { writeWhole } from "../whole-file.ts";

const FILE_MODE = 0o644;

export const command: Command = {
  summary: "write all devices to a CSV file, without anything secret",
  positionals: [],
  options: {
    out: { kind: "text", value: "FILE", help: "where it goes (standard output)" },
    ...SERVER_OPTIONS,
  },
  examples: ["sluice export devices --out fleet.csv --token TOKEN"],
  run: exportDevices,
};

async function exportDevices(invocation: Invocation, io: Io): Promise<number> {
  const client = await openServerClient(invocation);
  const answer = await client.request("GET", "/api/v1/devices/export", undefined, "text/csv");
  const out = invocation.text("out");
  const body = Readable.fromWeb(answer.body as ReadableStream);
  if (out !== undefined) await writeWhole(out, FILE_MODE, (handle) => handle.writeFile(body));
  else for await (const chunk of body.setEncoding("utf8")) io.out.write(chunk as string);
  return EXIT_DONE;
}
