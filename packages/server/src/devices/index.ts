export { type Asset, type AssetFilter, listAssets, requireAsset } from "./asset-store.ts";
export { builtInProfiles, GENERIC_PROFILE_KEY } from "./built-in-profiles.ts";
export { type AssetDraft, createAsset, MAX_ASSET_DEPTH } from "./create-asset.ts";
export { createProfile, MAX_ACTUATORS_PER_PROFILE, MAX_RULES_PER_PROFILE } from "./create-profile.ts";
export { createSite, type SiteDraft } from "./create-site.ts";
export { deactivateDevice } from "./deactivate-device.ts";
export { deleteAsset } from "./delete-asset.ts";
export { deleteProfile } from "./delete-profile.ts";
export { deleteSite } from "./delete-site.ts";
export {
  type DeviceDirectoryOptions,
  PostgresDeviceDirectory,
  type RegistryEvent,
  type RegistryWatcher,
} from "./device-directory.ts";
export { type Device, type DeviceFilter, type DeviceStatus, listDevices, requireDevice } from "./device-store.ts";
export { isDeviceUid, MAX_UID_BYTES } from "./device-uid.ts";
export type { DeviceDirectory, DeviceEntry, ProfileEntry, Sender } from "./directory.ts";
export { DEFAULT_ORGANIZATION_SLUG, installBuiltInProfiles, installOrganization } from "./install-organization.ts";
export { firstOrganizationId, type Organization, requireOrganization } from "./organization-store.ts";
export {
  listActuatorTemplates,
  listMetrics,
  listProfiles,
  listRuleTemplates,
  type Metric,
  type Profile,
  requireProfile,
} from "./profile-store.ts";
export type { ActuatorTemplate, MetricDescription, ProfileTemplate, RuleTemplate } from "./profile-template.ts";
export { recordAttributes } from "./record-attributes.ts";
export { type DeviceRegistration, registerDevice } from "./register-device.ts";
export type {
  OnDeviceRegistered,
  RegisteredDevice,
  RegisteredProfile,
  Registry,
  RegistryChange,
  Requester,
} from "./registry.ts";
export { renameOrganization } from "./rename-organization.ts";
export { rotateDeviceToken } from "./rotate-device-token.ts";
export { findSite, listSites, requireSite, type Site, type SiteReference } from "./site-store.ts";
export { slugOf } from "./slug.ts";
export { isTimeZone } from "./time-zone.ts";
export { type AssetChange, updateAsset } from "./update-asset.ts";
export { type DeviceChange, updateDevice } from "./update-device.ts";
export { defineMetric, type ProfileChange, updateProfile } from "./update-profile.ts";
export { type SiteChange, updateSite } from "./update-site.ts";
