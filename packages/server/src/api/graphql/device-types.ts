import { SluiceError } from "@sluice/core/errors.ts";
import {
  type Device,
  type DeviceStatus,
  type DeviceType,
  deactivateDevice,
  deviceTypeOf,
  listDevices,
  profileOfType,
  registerDevice,
  TYPED_PROFILES,
  updateDevice,
} from "../../devices/index.ts";
import { cursorNumber } from "../paging.ts";
import { DeviceChangeBody, DeviceRegistrationBody } from "../rest/devices.ts";
import { builder } from "./builder.ts";
import { checker, serialId } from "./checked.ts";
import { connectionOf, readPage } from "./connection.ts";
import { deviceUnknown } from "./context.ts";
import { access } from "./guard-schema.ts";
import {
  ActuatorRef,
  AlertRef,
  AssetRef,
  DeviceRef,
  DeviceStatusEnum,
  DeviceTypeEnum,
  ProfileRef,
  SiteRef,
} from "./refs.ts";

DeviceRef.implement({
  ...access("registry:read"),
  description: "Hardware that sends readings or obeys commands.",
  fields: (t) => ({
    id: t.exposeID("id"),
    uid: t.exposeString("uid", { description: "Unique within the organization." }),
    name: t.exposeString("name"),
    type: t.field({ type: DeviceTypeEnum, resolve: ({ profile }) => deviceTypeOf(profile) }),
    status: t.expose("status", { type: DeviceStatusEnum }),
    properties: t.expose("properties", { type: "JSON" }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    profile: t.field({
      type: ProfileRef,
      resolve: async ({ profile }, _args, { loaders }) => (await loaders.profile.load(profile))!,
    }),
    site: t.field({
      type: SiteRef,
      resolve: async ({ siteId }, _args, { loaders }) => (await loaders.site.load(siteId))!,
    }),
    asset: t.field({
      type: AssetRef,
      nullable: true,
      resolve: ({ asset }, _args, { loaders }) => (asset === null ? null : loaders.asset.load(asset)),
    }),
    actuators: t.field({
      type: [ActuatorRef],
      resolve: ({ uid }, _args, { loaders }) => loaders.actuators.load(uid),
    }),
    alerts: t.field({
      type: [AlertRef],
      description: "Those that are open, newest first.",
      resolve: ({ uid }, _args, { loaders }) => loaders.openAlerts.load(uid),
    }),
  }),
});

export const DeviceConnection = connectionOf("Device", DeviceRef, "registry:read");

builder.queryFields((t) => ({
  devices: t.field({
    ...access("registry:read"),
    type: DeviceConnection,
    description: "In the order in which they were registered.",
    args: {
      first: t.arg.int(),
      after: t.arg.string(),
      type: t.arg({ type: DeviceTypeEnum }),
      status: t.arg({ type: DeviceStatusEnum }),
      site: t.arg.string({ description: "Slug." }),
      asset: t.arg.id(),
      profile: t.arg.string({ description: "Key." }),
      search: t.arg.string({ description: "Part of the uid or the name." }),
    },
    resolve: (_root, args, { deps, organizationId }) =>
      readPage(
        args,
        (page) =>
          listDevices(deps.pool, organizationId, {
            ...profilesOf(args.type ?? undefined),
            site: args.site ?? undefined,
            asset: args.asset == null ? undefined : serialId(args.asset),
            status: (args.status as DeviceStatus | null) ?? undefined,
            profile: args.profile ?? undefined,
            search: args.search ?? undefined,
            afterId: cursorNumber(page),
            limit: page.limit,
          }),
        ({ id }) => id,
      ),
  }),
  device: t.field({
    ...access("registry:read"),
    type: DeviceRef,
    description: "By its id or its uid.",
    args: { id: t.arg.id(), uid: t.arg.string() },
    resolve: async (_root, { id, uid }, { loaders }) => {
      if ((id == null) === (uid == null))
        throw new SluiceError("invalid", "device.unnamed", "Give id or uid: one of them.");
      const device = await (uid == null ? loaders.device.load(serialId(id!)) : loaders.deviceByUid.load(uid));
      if (device === null) throw deviceUnknown(uid == null ? { id } : { uid });
      return device;
    },
  }),
}));

function profilesOf(type: DeviceType | undefined) {
  if (type === undefined) return {};
  const profile = profileOfType(type);
  return profile === undefined ? { exceptProfiles: TYPED_PROFILES } : { profiles: [profile] };
}

const RegisterDeviceInput = builder.inputType("RegisterDeviceInput", {
  fields: (t) => ({
    uid: t.string({ required: true }),
    name: t.string({ description: "The uid when absent." }),
    type: t.field({ type: DeviceTypeEnum, description: "Instead of a profile: the built-in one of this type." }),
    profile: t.string({ description: "Key." }),
    site: t.string({ description: "Slug. The asset's site when absent, else the default site." }),
    asset: t.id(),
    properties: t.field({ type: "JSON" }),
  }),
});

const UpdateDeviceInput = builder.inputType("UpdateDeviceInput", {
  description: "What is absent stays as it is.",
  fields: (t) => ({
    name: t.string(),
    status: t.field({ type: DeviceStatusEnum }),
    site: t.string({ description: "Slug." }),
    asset: t.id({ description: "null takes the device from its asset." }),
    properties: t.field({ type: "JSON", description: "Replaces all of them." }),
  }),
});

const RegisteredDevice = builder.objectRef<{ readonly device: Device; readonly token: string }>("RegisteredDevice");
RegisteredDevice.implement({
  ...access("devices:provision"),
  fields: (t) => ({
    id: t.id({ resolve: ({ device }) => device.id }),
    uid: t.string({ resolve: ({ device }) => device.uid }),
    token: t.exposeString("token", { description: "The device's own token, shown this once." }),
    device: t.expose("device", { type: DeviceRef }),
  }),
});

const registration = checker(DeviceRegistrationBody);
const change = checker(DeviceChangeBody);

builder.mutationFields((t) => ({
  registerDevice: t.field({
    ...access("devices:provision"),
    type: RegisteredDevice,
    description: "Brings the actuators and rules of its profile.",
    args: { input: t.arg({ type: RegisterDeviceInput, required: true }) },
    resolve: (_root, { input }, { deps, by }) => {
      const { uid, name, type, profile, site, asset, properties } = input;
      return registerDevice(
        deps.registry,
        by,
        registration({
          uid,
          name: name ?? undefined,
          profile: profileFor(type ?? undefined, profile ?? undefined),
          site: site ?? undefined,
          asset: asset == null ? undefined : serialId(asset),
          properties: properties ?? undefined,
        }),
      );
    },
  }),
  updateDevice: t.field({
    ...access("registry:write"),
    type: DeviceRef,
    args: { uid: t.arg.string({ required: true }), input: t.arg({ type: UpdateDeviceInput, required: true }) },
    resolve: (_root, { uid, input }, { deps, by }) => {
      const { name, status, site, asset, properties } = input;
      return updateDevice(
        deps.registry,
        by,
        uid,
        change({
          name: name ?? undefined,
          status: status ?? undefined,
          site: site ?? undefined,
          asset: asset == null ? asset : serialId(asset),
          properties: properties ?? undefined,
        }),
      );
    },
  }),
  deactivateDevice: t.field({
    ...access("registry:write"),
    type: DeviceRef,
    description: "Its token opens nothing more. Its readings stay.",
    args: { uid: t.arg.string({ required: true }) },
    resolve: (_root, { uid }, { deps, by }) => deactivateDevice(deps.registry, by, uid),
  }),
}));

function profileFor(type: DeviceType | undefined, profile: string | undefined): string {
  const ofType = type === undefined ? undefined : profileOfType(type);
  if (profile !== undefined && (type === undefined || ofType === profile)) return profile;
  if (profile === undefined && ofType !== undefined) return ofType;
  const message = "Say what it is: a type other than OTHER, or a profile (of that type, if you give both).";
  throw new SluiceError("invalid", "device.profile_needed", message);
}
