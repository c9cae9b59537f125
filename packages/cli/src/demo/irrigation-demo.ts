import { randomUUID } from "node:crypto";
import path from "node:path";
import type { Clock } from "@sluice/simulator/clock.ts";
import type { EdgeLine } from "@sluice/simulator/device-log.ts";
import { Fleet } from "@sluice/simulator/fleet.ts";
import { FleetPace } from "@sluice/simulator/fleet-pace.ts";
import { FleetTokens } from "@sluice/simulator/fleet-tokens.ts";
import { IrrigationModel } from "@sluice/simulator/irrigation/irrigation-model.ts";
import { SimulatedDevice, zoneStatePath } from "@sluice/simulator/irrigation/simulated-device.ts";
import { readZoneState } from "@sluice/simulator/irrigation/zone-members.ts";
import { memberSeed } from "@sluice/simulator/random.ts";
import type { DeviceToRegister, SluiceApi } from "@sluice/simulator/sluice-api.ts";
import { type DemoFile, writeDemoFile } from "./demo-file.ts";

/** A day of the soil in six minutes: watching it dry is worth it, and a pump's cooldown of 15 minutes is 2½ days. */
const SPEED_FACTOR = 240;
const READINGS_PER_SECOND = 1;
const SEED = 1;
const SITE = { slug: "demo-farm", name: "Demo farm" };

/** What people try `curl` and `mosquitto_pub` with. */
export const TRY_OUT_UID = "demo-1";

/** The first zone stands just above the threshold of 10 %, so that a pump starts within the first minute or two. */
const ZONES = [
  { uid: "zone-1", name: "Tomatoes", startPercent: 10.6 },
  { uid: "zone-2", name: "Lettuce", startPercent: 11.8 },
  { uid: "zone-3", name: "Beans", startPercent: 12.6 },
  { uid: "zone-4", name: "Strawberries", startPercent: 13.3 },
  { uid: "zone-5", name: "Herbs", startPercent: 14 },
  { uid: "zone-6", name: "Young orchard", startPercent: 14.6 },
] as const;

export interface IrrigationDemo {
  readonly fleet: Fleet;
  readonly tryOutToken: string;
}

export interface DemoPlace {
  readonly home: string;
  readonly mqttUrl: string;
}

/** Makes sure that the site, its zones and their devices are there, and opens the devices, not started yet. */
export async function openIrrigationDemo(
  api: SluiceApi,
  file: DemoFile,
  place: DemoPlace,
  clock: Clock,
  onEdge: (zoneName: string, edge: EdgeLine) => void,
): Promise<IrrigationDemo> {
  await api.ensureSite({ ...SITE, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone });
  const assets = await ensureAssets(api, file.assets);
  writeDemoFile(place.home, { ...file, assets });
  const stateDirectory = path.join(place.home, "simulator");
  const tokens = new FleetTokens(path.join(stateDirectory, "tokens-demo.json"), api, file.signIn);
  const members = membersOf(assets);
  const [tryOutToken, ...zoneTokens] = await tokens.devices(members);
  const devices = ZONES.map((zone, index) => {
    const { uid, name, startPercent } = zone;
    const state = readZoneState(zoneStatePath(stateDirectory, uid));
    const seed = memberSeed(SEED, index);
    return new SimulatedDevice({
      identity: { url: place.mqttUrl, uid, token: zoneTokens[index]! },
      stateDirectory,
      model: new IrrigationModel(clock, { seed, speedFactor: SPEED_FACTOR, zone: { startPercent }, state }),
      clock,
      bootId: randomUUID(),
      onEdge: (edge) => onEdge(name, edge),
    });
  });
  const fleet = new Fleet(devices, new FleetPace(devices.length, READINGS_PER_SECOND, undefined), clock);
  return { fleet, tryOutToken: tryOutToken! };
}

async function ensureAssets(api: SluiceApi, known: DemoFile["assets"]): Promise<Record<string, number>> {
  const assets: Record<string, number> = {};
  for (const { uid, name } of ZONES) {
    const id = known[uid];
    const isThere = id !== undefined && (await api.hasAsset(id));
    assets[uid] = isThere ? id : await api.createAsset({ kind: "zone", name, site: SITE.slug });
  }
  return assets;
}

function membersOf(assets: Readonly<Record<string, number>>): DeviceToRegister[] {
  const tryOut = { uid: TRY_OUT_UID, name: "Yours to try", profile: "generic", site: SITE.slug };
  const zones = ZONES.map(({ uid, name }) => ({ uid, name, profile: "irrigation-zone", asset: assets[uid]! }));
  return [tryOut, ...zones];
}
