import type { GraphQLSchema } from "graphql";
import "./actuation-types.ts";
import "./alert-types.ts";
import "./automation-types.ts";
import { builder } from "./builder.ts";
import "./device-types.ts";
import "./energy-types.ts";
import { guardSchema } from "./guard-schema.ts";
import "./latest-types.ts";
import "./registry-types.ts";
import "./report-types.ts";
import "./subscription-types.ts";
import "./telemetry-types.ts";

export const schema: GraphQLSchema = guardSchema(builder.toSchema());
