import { type Static, Type } from "typebox";
import { EnvelopeChange } from "../rest/envelope-schema.ts";
import { Body, Name, Nullable, Properties, Slug, Uid } from "../schemas.ts";
import { MAX_CONFIGURED } from "./read-configured.ts";

/**
 * A configuration as it is written: things by the names that people call them, the contents as the bodies of the REST API, which
 * check them. Here only what names something is said, because names are read first.
 */
const Path = Type.Array(Name, { minItems: 1, maxItems: 16, description: "The names above an asset, and its own." });
const AssetName = Body({ site: Slug, path: Path });
const ActuatorName = Body({ device: Uid, key: Type.String({ maxLength: 63 }) });
const RuleName = Body({
  device: Type.Optional(Uid),
  asset: Type.Optional(AssetName),
  key: Type.String({ maxLength: 63 }),
});
const ChannelNames = Type.Array(Name, { maxItems: 200 });

const open = { additionalProperties: true };
const many = { maxItems: MAX_CONFIGURED };
const Gate = Type.Object({ kind: Type.String(), rule: Type.Optional(RuleName) }, open);

const SECTIONS = {
  profiles: Type.Array(
    Type.Object({ key: Slug, metrics: Type.Optional(Type.Array(Type.Object({ key: Type.String() }, open))) }, open),
    many,
  ),
  sites: Type.Array(Type.Object({ slug: Slug, name: Name }, open), many),
  assets: Type.Array(Type.Object({ site: Slug, path: Path, properties: Type.Optional(Properties) }, open), many),
  devices: Type.Array(
    Type.Object(
      {
        uid: Uid,
        profile: Slug,
        site: Type.Optional(Slug),
        asset: Type.Optional(Nullable(Path)),
        gateway: Type.Optional(Nullable(Uid)),
        status: Type.Optional(Type.Enum(["active", "inactive"])),
      },
      open,
    ),
    many,
  ),
  actuators: Type.Array(
    Body({
      ...ActuatorName.properties,
      envelope: Type.Optional(EnvelopeChange),
      unfenced: Type.Optional(Type.Boolean()),
    }),
    { ...many, description: "Limits of what the devices' profiles bring." },
  ),
  tariffs: Type.Array(
    Type.Object({ name: Name, site: Type.Optional(Nullable(Slug)), validFrom: Type.String() }, open),
    many,
  ),
  rules: Type.Array(
    Type.Object(
      {
        ...RuleName.properties,
        name: Name,
        definition: Type.Object({ gates: Type.Optional(Type.Array(Gate)) }, open),
        action: Type.Optional(Nullable(Type.Object({ actuator: ActuatorName }, open))),
      },
      open,
    ),
    many,
  ),
  schedules: Type.Array(Type.Object({ key: Slug, name: Name, actuator: ActuatorName }, open), many),
  channels: Type.Array(
    Type.Object(
      {
        name: Name,
        kind: Type.String(),
        configuration: Type.Object({}, open),
        isEnabled: Type.Optional(Type.Boolean()),
        secret: Type.Optional(
          Type.String({
            description:
              "Of a webhook; never shown. A new one without it is given one of its own, told once. Another one than it has is a rotation: the one before signs beside it for a day.",
          }),
        ),
      },
      open,
    ),
    many,
  ),
  routes: Type.Array(
    Type.Object(
      {
        name: Name,
        channels: ChannelNames,
        match: Type.Optional(
          Type.Object(
            {
              sites: Type.Optional(Nullable(Type.Array(Slug))),
              rules: Type.Optional(Nullable(Type.Array(RuleName))),
            },
            open,
          ),
        ),
        escalation: Type.Optional(Type.Array(Type.Object({ channels: ChannelNames }, open))),
      },
      open,
    ),
    many,
  ),
  entities: Type.Array(Type.Object({ slug: Slug, name: Name, sites: Type.Optional(Type.Array(Slug)) }, open), many),
};

export type Section = keyof typeof SECTIONS;
/** In the order in which they are made: each names only those before it. */
export const SECTION_NAMES = Object.keys(SECTIONS) as readonly Section[];

const version = Type.Literal(1, { description: "Of this form." });

/** A section that is absent is left as it is. */
export const ConfigurationBody = Body({ version, ...Type.Partial(Type.Object(SECTIONS)).properties });
export const ConfigurationView = Type.Object({ version, ...SECTIONS }, { title: "Configuration" });
export type ConfigurationDocument = Static<typeof ConfigurationBody>;
