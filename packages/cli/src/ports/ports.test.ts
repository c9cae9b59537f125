import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { assertPortsFree, nextFreePort, portState } from "./free-ports.ts";
import { findPortHolder } from "./port-holder.ts";

let server: Server;
let port: number;
beforeEach(async () => {
  server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

test("a taken port is named with its variable, its process and another choice", async () => {
  const ports = [{ variable: "SLUICE_HTTP_PORT", host: "127.0.0.1", port }];
  await expect(assertPortsFree(ports)).rejects.toMatchObject({
    code: "port.taken",
    message: expect.stringContaining(`Port ${port} (SLUICE_HTTP_PORT) is taken by process ${process.pid}`),
    details: { mend: expect.stringContaining(`SLUICE_HTTP_PORT=${port + 1}`) },
  });
});

test("the process behind a port is found", () => {
  expect(findPortHolder(port)).toMatchObject({ pid: process.pid, command: expect.stringContaining("node") });
});

test("the next free port passes over taken and avoided ones", async () => {
  const free = await nextFreePort("127.0.0.1", port, new Set());
  expect(free).toBeGreaterThan(port);
  expect(await nextFreePort("127.0.0.1", port, new Set([free]))).toBeGreaterThan(free);
  expect(await nextFreePort("127.0.0.1", 0, new Set())).toBe(0);
});

test("looking at a free port leaves it free", async () => {
  const free = await nextFreePort("127.0.0.1", port, new Set());
  expect(await portState("127.0.0.1", free)).toBe("free");
  expect(await portState("127.0.0.1", free)).toBe("free");
});

test("an address of another machine is said to be none of ours", async () => {
  await expect(portState("203.0.113.1", 8080)).rejects.toMatchObject({ code: "port.unusable" });
});
