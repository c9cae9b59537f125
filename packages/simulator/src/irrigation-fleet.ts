import { existsSync, readFileSync } from "node:fs";
import type { Clock } from "./clock.ts";
import { assertFleetSize, Fleet, type FleetDevice } from "./fleet.ts";
import { FleetPace } from "./fleet-pace.ts";
import { FleetTokens, type SignIn, tokenFilePath } from "./fleet-tokens.ts";
import { HttpDevice, LineDevice, LineGateway } from "./http-devices.ts";
import { IrrigationModel } from "./irrigation-model.ts";
import type { ZoneParameters, ZoneState } from "./irrigation-zone.ts";
import { memberSeed, seededRandom } from "./random.ts";
import { HttpClient } from "./senders/http-client.ts";
import type { Endpoints, Via } from "./senders/open-sender.ts";
import { SimulatedDevice, zoneStatePath } from "./simulated-device.ts";
import { SluiceApi } from "./sluice-api.ts";

/** Connections of a whole HTTP fleet. */
const MAX_HTTP_CONNECTIONS = 64;
const PROFILE = "irrigation-zone";

export interface IrrigationFleetOptions {
  readonly via: Via;
  readonly endpoints: Endpoints;
  readonly devices: number;
  /** Readings a second of each device. */
  readonly ratePerSecond: number;
  /** Without an end when absent. */
  readonly seconds: number | undefined;
  readonly seed: number;
  /** How many times faster than the clock the soil lives; the readings keep the clock's time. */
  readonly speedFactor: number;
  /** Uids are this and a number. */
  readonly uidPrefix: string;
  readonly stateDirectory: string;
  /** For registering; not needed when the state directory has all tokens. */
  readonly signIn: SignIn | undefined;
  readonly clock: Clock;
  readonly newBootId: () => string;
  readonly onRegistered?: (done: number) => void;
}

/** Registers the devices where needed and makes the fleet, not started yet. */
export async function openIrrigationFleet(options: IrrigationFleetOptions): Promise<Fleet> {
  const { via, endpoints, devices, ratePerSecond, seconds, clock } = options;
  assertFleetSize(devices, via === "mqtt");
  const uids = Array.from({ length: devices }, (_, index) => `${options.uidPrefix}${index + 1}`);
  const api = new SluiceApi(endpoints.serverUrl, clock);
  try {
    const tokens = new FleetTokens(tokenFilePath(options.stateDirectory, endpoints.serverUrl), api, options.signIn);
    const members = uids.map((uid) => ({ uid, profile: PROFILE }));
    const deviceTokens = await tokens.devices(members, options.onRegistered);
    const client = via === "line" ? await tokens.ingestClient(`simulator ${options.newBootId()}`) : "";
    const open = opener(options, client);
    const fleet = uids.map((uid, index) => open(uid, deviceTokens[index]!, index));
    return new Fleet(fleet, new FleetPace(devices, ratePerSecond, seconds), clock);
  } finally {
    api.close();
  }
}

type OpenDevice = (uid: string, token: string, index: number) => FleetDevice;

function opener(options: IrrigationFleetOptions, clientToken: string): OpenDevice {
  const { via, endpoints, clock, stateDirectory, newBootId } = options;
  if (via === "mqtt") {
    return (uid, token, index) =>
      new SimulatedDevice({
        identity: { url: endpoints.mqttUrl, uid, token },
        stateDirectory,
        model: modelOf(options, uid, index),
        clock,
        bootId: newBootId(),
      });
  }
  const client = new HttpClient(endpoints.serverUrl, MAX_HTTP_CONNECTIONS);
  if (via === "http") {
    return (uid, token, index) => new HttpDevice(uid, token, modelOf(options, uid, index), client, clock);
  }
  const gateway = new LineGateway(client, clientToken, clock);
  return (uid, _token, index) => new LineDevice(uid, modelOf(options, uid, index), gateway);
}

/** No two zones are alike: each has its own soil moisture to begin with, and its own thirst. */
function modelOf(options: IrrigationFleetOptions, uid: string, index: number): IrrigationModel {
  const random = seededRandom(memberSeed(options.seed, index));
  const zone: Partial<ZoneParameters> = {
    startPercent: 10.5 + 4 * random(),
    evapotranspirationMmPerDay: 4 + 4 * random(),
    startHour: 6 + 6 * random(),
  };
  const state = readZoneState(zoneStatePath(options.stateDirectory, uid));
  return new IrrigationModel(options.clock, {
    seed: memberSeed(options.seed, index),
    speedFactor: options.speedFactor,
    zone,
    state,
  });
}

export function readZoneState(filePath: string): ZoneState | undefined {
  return existsSync(filePath) ? (JSON.parse(readFileSync(filePath, "utf8")) as ZoneState) : undefined;
}
