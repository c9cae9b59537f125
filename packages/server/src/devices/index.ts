export {
  ASSET_EVENT_KINDS,
  type AssetEventDetails,
  type AssetEventKind,
} from "./asset-events/asset-event-details.ts";
export {
  type AssetEvent,
  type AssetEventFilter,
  listAssetEvents,
  requireAssetEvent,
} from "./asset-events/asset-event-store.ts";
export {
  type AssetEventChange,
  type AssetEventDraft,
  deleteAssetEvent,
  recordAssetEvent,
  updateAssetEvent,
} from "./asset-events/manage-asset-events.ts";
export {
  type Asset,
  type AssetFilter,
  listAssets,
  listAssetTree,
  requireAsset,
  type TreeAsset,
} from "./asset-store.ts";
export {
  findAssetsByIds,
  findDevicesByIds,
  findDevicesByUids,
  findMetricsOfProfiles,
  findProfilesByKeys,
  findSitesByIds,
} from "./batch-store.ts";
export { builtInProfiles, GATEWAY_PROFILE_KEY, GENERIC_PROFILE_KEY } from "./built-in-profiles.ts";
export type { BulkItem } from "./bulk-item.ts";
export { listPropertyKeys } from "./bulk-store.ts";
export { type ClaimedDevice, DeviceClaims } from "./claim-device.ts";
export { type Claim, listClaims } from "./claim-store.ts";
export { type ClaimDraft, createClaim, MAX_CLAIM_DAYS, revokeClaim } from "./claims.ts";
export { type AssetDraft, createAsset, MAX_ASSET_DEPTH } from "./create-asset.ts";
export { createProfile, MAX_ACTUATORS_PER_PROFILE, MAX_RULES_PER_PROFILE } from "./create-profile.ts";
export { createSite, type SiteDraft } from "./create-site.ts";
export { deactivateDevice } from "./deactivate-device.ts";
export { deleteAsset } from "./delete-asset.ts";
export { deleteProfile } from "./delete-profile.ts";
export { deleteSite } from "./delete-site.ts";
export {
  type DeviceCertificate,
  listCertificates,
  MAX_CERTIFICATE_CHARACTERS,
  MAX_CERTIFICATES_PER_DEVICE,
  registerCertificate,
  removeCertificate,
} from "./device-certificates.ts";
export {
  type DeviceDirectoryOptions,
  PostgresDeviceDirectory,
  type RegistryEvent,
  type RegistryWatcher,
} from "./device-directory.ts";
export { listDevicesBehind } from "./device-gateway.ts";
export {
  type Device,
  type DeviceFilter,
  type DeviceStatus,
  listActiveDeviceIds,
  listActiveDevicesAt,
  listDevices,
  requireDevice,
} from "./device-store.ts";
export { DEVICE_TYPES, type DeviceType, deviceTypeOf, profileOfType, TYPED_PROFILES } from "./device-type.ts";
export { isDeviceUid, MAX_UID_BYTES } from "./device-uid.ts";
export type { DeviceDirectory, DeviceEntry, DeviceSender, ProfileEntry, Sender } from "./directory.ts";
export {
  DEFAULT_ORGANIZATION_SLUG,
  installNewOrganization,
  installOrganization,
} from "./install-organization.ts";
export { firstOrganizationId, type Organization, requireOrganization } from "./organization-store.ts";
export {
  findPlacedDevices,
  groupByOrganization,
  listAssetsWithin,
  listPlacedDevices,
  type PlacedDevice,
} from "./placed-device-store.ts";
export {
  deleteInstalledProfile,
  installProfile,
  lockProfileOf,
  type PartKind,
  type ProfilePart,
  partsOf,
  readParts,
  releaseProfile,
  removePart,
  writePart,
} from "./profile-parts.ts";
export {
  findProfile,
  listActuatorTemplates,
  listMetrics,
  listProfiles,
  listRuleTemplates,
  listScheduleTemplates,
  type Metric,
  type Profile,
  requireMetric,
  requireProfile,
} from "./profile-store.ts";
export type { ActuatorTemplate, MetricDescription, ProfileTemplate, RuleTemplate } from "./profile-template.ts";
export { readAttributes, recordAttributes } from "./record-attributes.ts";
export { type DeviceRegistration, registerDevice } from "./register-device.ts";
export { type BulkResult, MAX_BULK_DEVICES, type OnExisting, registerDevices } from "./register-devices.ts";
export type {
  OnDeviceRegistered,
  RegisteredDevice,
  RegisteredProfile,
  Registry,
  RegistryChange,
  Requester,
} from "./registry.ts";
export { revokeDeviceTokens } from "./revoke-device-tokens.ts";
export { MAX_TOKEN_OVERLAP_SECONDS, rotateDeviceToken, type TokenRotation } from "./rotate-device-token.ts";
export { findDefaultSite, findSite, listSites, requireSite, type Site, type SiteReference } from "./site-store.ts";
export { slugOf } from "./slug.ts";
export {
  createTariff,
  deleteTariff,
  type TariffChange,
  type TariffDraft,
  updateTariff,
} from "./tariffs/manage-tariffs.ts";
export { listTariffs, requireTariff, type Tariff, type TariffFilter } from "./tariffs/tariff-store.ts";
export { assertTimeZone, isTimeZone } from "./time-zone.ts";
export { type AssetChange, updateAsset } from "./update-asset.ts";
export { type DeviceChange, updateDevice } from "./update-device.ts";
export { assertCurrency, type OrganizationChange, updateOrganization } from "./update-organization.ts";
export { defineMetric, type ProfileChange, updateProfile } from "./update-profile.ts";
export { type SiteChange, updateSite } from "./update-site.ts";
