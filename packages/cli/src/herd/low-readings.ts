import { HttpClient } from "@sluice/simulator/senders/http-client.ts";

export interface ReadingsTarget {
  readonly httpUrl: string;
  readonly token: string;
  readonly uid: string;
}

export const READINGS_PATH = "/api/sensors/data";
/** All of these are below the rule's threshold of 10 %. */
const LOWEST_PERCENT = 5;
const STEPS = 40;

/** Sends so many low readings of one zone at once, a request each, and resolves when every one was answered with 200. */
export async function sendLowReadings(target: ReadingsTarget, count: number): Promise<void> {
  const client = new HttpClient(target.httpUrl, count);
  const firstMs = Date.now() - count;
  try {
    const sends = Array.from({ length: count }, async (_, index) => {
      const moisture = LOWEST_PERCENT + (index % STEPS) / 10;
      const reading = { sensor_id: target.uid, moisture, timestamp: firstMs + index };
      const { status, text } = await client.postJson(READINGS_PATH, target.token, JSON.stringify(reading));
      if (status !== 200) throw new Error(`a reading was answered with ${status}: ${text}`);
    });
    await Promise.all(sends);
  } finally {
    client.close();
  }
}
