import { callApi, type ServerProcess } from "../server-process.ts";

/** Of one answer; the import of devices takes no more. */
const DEVICES_PER_IMPORT = 1_000;
const READINGS_PER_REQUEST = 5_000;
/** A home: what makes, stores and uses electricity in it. */
const HOME = ["solar-panel", "battery", ...new Array<string>(18).fill("appliance")];
const HOMES_AT_ONCE = 8;

export interface HomeFleet {
  readonly devices: number;
  readonly homes: number;
  /** Makes from the readings what `energySummary` has to say, in watts. */
  readonly productionWatts: number;
  readonly consumptionWatts: number;
}

/** Registers homes full of devices, twenty each, each with one reading from now. */
export async function createHomes(server: ServerProcess, devices: number, token: string): Promise<HomeFleet> {
  const homes = Math.max(1, Math.round(devices / HOME.length));
  const assets = await createAssets(server, homes);
  const items = assets.flatMap((asset, home) =>
    HOME.map((profile, place) => ({ uid: `home-${home}-${place}`, profile, asset })),
  );
  for (let from = 0; from < items.length; from += DEVICES_PER_IMPORT) {
    await callApi(server, "POST", "/api/v1/devices/bulk", items.slice(from, from + DEVICES_PER_IMPORT));
  }
  let productionWatts = 0;
  let consumptionWatts = 0;
  const readings = items.map(({ uid, profile }, number) => {
    const watts = wattsOf(profile, number);
    if (profile === "solar-panel") productionWatts += watts;
    if (profile === "appliance") consumptionWatts -= watts;
    return { device_id: uid, payload: { power: watts } };
  });
  for (let from = 0; from < readings.length; from += READINGS_PER_REQUEST) {
    const body = { readings: readings.slice(from, from + READINGS_PER_REQUEST) };
    await callApi({ ...server, accessToken: token }, "POST", "/api/readings/bulk", body);
  }
  return { devices: items.length, homes, productionWatts, consumptionWatts };
}

function wattsOf(profile: string, number: number): number {
  if (profile === "solar-panel") return 2_000 + (number % 1_000);
  return profile === "battery" ? 0 : -(number % 500);
}

async function createAssets(server: ServerProcess, homes: number): Promise<number[]> {
  const ids = new Array<number>(homes);
  let next = 0;
  const creator = async () => {
    while (next < homes) {
      const home = next++;
      const body = { kind: "home", name: `Home ${home}` };
      ids[home] = (await callApi<{ id: number }>(server, "POST", "/api/v1/assets", body)).id;
    }
  };
  await Promise.all(Array.from({ length: HOMES_AT_ONCE }, creator));
  return ids;
}
