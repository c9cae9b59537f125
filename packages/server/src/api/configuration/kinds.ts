import { actuators, rules, schedules } from "./automation-kinds.ts";
import type { Section } from "./configuration-document.ts";
import type { ConfiguredKind } from "./configured-kind.ts";
import { channels, routes } from "./notification-kinds.ts";
import { assets, devices, entities, profiles, sites, tariffs } from "./registry-kinds.ts";

export const KINDS: Readonly<Record<Section, ConfiguredKind>> = {
  ...{ profiles, sites, assets, devices, actuators, tariffs },
  ...{ rules, schedules, channels, routes, entities },
};
