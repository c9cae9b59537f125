import path from "node:path";
import type { Clock } from "./clock.ts";
import type { FaultRates } from "./faults/fault-rates.ts";
import { FaultyModel } from "./faults/faulty-model.ts";
import { assertFleetSize, Fleet, type FleetDevice } from "./fleet.ts";
import { FleetPace } from "./fleet-pace.ts";
import { FleetTokens, type SignIn, tokenFilePath } from "./fleet-tokens.ts";
import { fileName } from "./gated-device.ts";
import { HistoryClock } from "./history-clock.ts";
import { labelFile, type WriteLabel } from "./label-log.ts";
import {
  DEVICES_PER_GATEWAY,
  type FleetVia,
  type LinkOptions,
  openGatewayDevices,
  openHttpDevices,
  openLineDevices,
  openMqttDevices,
  openSyncDevices,
} from "./links/open-devices.ts";
import { MadeUpHistory } from "./made-up-history.ts";
import type { WorldPlace } from "./place.ts";
import { memberSeed, seededRandom } from "./random.ts";
import { HttpClient } from "./senders/http-client.ts";
import type { Endpoints } from "./senders/open-sender.ts";
import type { SimulatedMember, SolarModel } from "./simulated-member.ts";
import { type DeviceToRegister, SluiceApi } from "./sluice-api.ts";
import { SIMULATED_SOLUTIONS, type SimulatedSolutionName } from "./solutions.ts";

const DAY_MICROS = 86_400e6;
const DAY_SECONDS = 86_400;
/** Apart from the seeds of the worlds. */
const FAULTS = 0x6661756c;

export interface FleetOptions {
  readonly solution: SimulatedSolutionName;
  readonly via: FleetVia;
  readonly endpoints: Endpoints;
  readonly devices: number;
  /** Readings a second of each device. */
  readonly ratePerSecond: number;
  /** Without an end when absent. */
  readonly seconds: number | undefined;
  readonly seed: number;
  /** How many times faster than the clock the worlds live; the readings keep the clock's time. */
  readonly speedFactor: number;
  /** Uids are this and a number. */
  readonly uidPrefix: string;
  readonly stateDirectory: string;
  /** For registering; not needed when the state directory has all tokens. */
  readonly signIn: SignIn | undefined;
  readonly place: WorldPlace;
  readonly solar: SolarModel;
  readonly contaminationsPerDay: number;
  readonly faults: FaultRates;
  /** Days of history that are made up first; none at 0. */
  readonly backfillDays: number;
  /** From which MQTT devices connect in turn. */
  readonly localAddresses: readonly string[];
  readonly clock: Clock;
  readonly newBootId: () => string;
  readonly onRegistered?: (done: number) => void;
}

export interface OpenedFleet {
  /** To be run before the fleet is started. */
  readonly history: MadeUpHistory | undefined;
  readonly fleet: Fleet;
  /** Of the file that tells what truly went on. */
  readonly labelPath: string;
}

/** Makes the worlds, registers the devices where needed, and makes the fleet, not started yet. */
export async function openFleet(options: FleetOptions): Promise<OpenedFleet> {
  const { via, endpoints, devices, ratePerSecond, seconds, clock, stateDirectory, backfillDays } = options;
  assertFleetSize(devices, via === "mqtt");
  const labelPath = path.join(stateDirectory, `${fileName(options.uidPrefix)}labels.jsonl`);
  const startMicros = clock.nowMicros() - backfillDays * DAY_MICROS;
  const historyClock = new HistoryClock(clock, startMicros);
  if (backfillDays === 0) historyClock.follow();
  const members = membersOf(options, historyClock, labelFile(labelPath));
  const api = new SluiceApi(endpoints.serverUrl, clock);
  try {
    const tokens = new FleetTokens(tokenFilePath(stateDirectory, endpoints.serverUrl), api, options.signIn);
    const linked = await linkDevices(options, members, tokens);
    const fleet = new Fleet(linked, new FleetPace(devices, ratePerSecond, seconds), clock);
    if (backfillDays === 0) return { history: undefined, fleet, labelPath };
    const history = new MadeUpHistory({
      members,
      pace: new FleetPace(devices, ratePerSecond, backfillDays * DAY_SECONDS),
      startMicros,
      historyClock,
      clock,
      client: new HttpClient(endpoints.serverUrl, 1),
      token: await tokens.ingestClient(clientName(options)),
    });
    return { history, fleet, labelPath };
  } finally {
    api.close();
  }
}

/** The devices of a solution, with their faults. */
export function membersOf(
  options: Omit<FleetOptions, "via" | "endpoints" | "ratePerSecond" | "seconds" | "signIn" | "newBootId">,
  clock: Clock,
  writeLabel: WriteLabel,
): readonly SimulatedMember[] {
  const { solution, faults, seed } = options;
  const isHistory = options.backfillDays > 0;
  const members = SIMULATED_SOLUTIONS[solution]({ ...options, clock, isHistory, writeLabel });
  if (Object.values(faults).every((rate) => rate === 0)) return members;
  return members.map((member, index) => {
    const random = seededRandom(memberSeed(seed ^ FAULTS, index));
    const { uid, model } = member;
    return { ...member, model: new FaultyModel({ uid, model, rates: faults, random, writeLabel }) };
  });
}

async function linkDevices(
  options: FleetOptions,
  members: readonly SimulatedMember[],
  tokens: FleetTokens,
): Promise<FleetDevice[]> {
  const { via, onRegistered } = options;
  const links: LinkOptions = { ...options, offsetMinutes: Math.round(options.place.longitude / 15) * 60 };
  if (via === "gateway") return linkThroughGateways(options, members, tokens, links);
  const registered = members.map((member) => toRegister(member));
  if (via === "line") {
    await tokens.register(registered, onRegistered);
    return openLineDevices(members, await tokens.ingestClient(clientName(options)), links);
  }
  const own = await tokens.devices(registered, onRegistered);
  const linked = members.map((member, index) => ({ member, token: own[index]! }));
  if (via === "mqtt") return openMqttDevices(linked, links);
  return via === "http" ? openHttpDevices(linked, links) : openSyncDevices(linked, links);
}

async function linkThroughGateways(
  options: FleetOptions,
  members: readonly SimulatedMember[],
  tokens: FleetTokens,
  links: LinkOptions,
): Promise<FleetDevice[]> {
  const gateways = Array.from({ length: Math.ceil(members.length / DEVICES_PER_GATEWAY) }, (_, index) => ({
    uid: `${options.uidPrefix}gateway-${index + 1}`,
    profile: "gateway",
  }));
  const own = await tokens.devices(gateways);
  const behind = members.map((member, index) =>
    toRegister(member, gateways[Math.floor(index / DEVICES_PER_GATEWAY)]!.uid),
  );
  await tokens.register(behind, options.onRegistered);
  const open = gateways.map(({ uid }, index) => ({ uid, token: own[index]! }));
  return openGatewayDevices(members, open, links);
}

function toRegister({ uid, profile, properties }: SimulatedMember, gateway?: string): DeviceToRegister {
  return {
    uid,
    profile,
    ...(properties === undefined ? {} : { properties }),
    ...(gateway === undefined ? {} : { gateway }),
  };
}

function clientName({ newBootId }: FleetOptions): string {
  return `simulator ${newBootId()}`;
}
