// Who asks beside `bench api`, in a process of its own: asking takes a core.
import { Agent } from "node:http";
import { rounded } from "../bench-report.ts";
import { Latencies } from "../latencies.ts";
import type { ApiPressureOrder, ApiPressureResult } from "./api-pressure.ts";
import { ask } from "./asking.ts";

let isStopped = false;

async function press({ asked, connections }: ApiPressureOrder): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latencies = new Latencies();
  const statuses: Record<string, number> = {};
  let next = 0;
  const begin = performance.now();
  const asker = async () => {
    while (!isStopped) {
      const beganMs = performance.now();
      const { status } = await ask(agent, asked[next++ % asked.length]!);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status === 200) latencies.add(performance.now() - beganMs);
      if (next === connections + asked.length) process.send!("pressing");
    }
  };
  await Promise.all(Array.from({ length: connections }, asker));
  const seconds = (performance.now() - begin) / 1000;
  const result: ApiPressureResult = {
    requestsPerSecond: Math.round(Object.values(statuses).reduce((sum, count) => sum + count, 0) / seconds),
    p50Ms: rounded(latencies.percentile(50)),
    p99Ms: rounded(latencies.percentile(99)),
    statuses,
  };
  agent.destroy();
  process.send!(result);
}

process.on("message", (message: ApiPressureOrder | "stop") => {
  if (message === "stop") isStopped = true;
  else void press(message);
});
process.on("disconnect", () => process.exit());
// A terminal's Ctrl-C comes here as well; who started this process ends it.
process.on("SIGINT", () => {});
