// The floor of what asking over HTTP costs: Node's own server, in a process of its own, answering the same bytes to everybody.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

process.once("message", (answer: string) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(answer) });
    response.end(answer);
  });
  server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
});
process.on("disconnect", () => process.exit());
// A terminal's Ctrl-C comes here as well; who started this process ends it.
process.on("SIGINT", () => {});
