import { expect, test } from "vitest";
import { operationIdOf } from "./operation-id.ts";

const ONE = { isList: false, isMade: false };
const LIST = { isList: true, isMade: false };
const MADE = { isList: false, isMade: true };

test.each([
  ["GET", "/api/v1/devices", LIST, "listDevices"],
  ["GET", "/api/v1/devices/{uid}", ONE, "getDevice"],
  ["GET", "/api/v1/devices/{uid}/actuators", LIST, "listDeviceActuators"],
  ["GET", "/api/v1/overview", ONE, "getOverview"],
  ["POST", "/api/v1/notification-routes", MADE, "createNotificationRoute"],
  ["POST", "/api/v1/entities", MADE, "createEntity"],
  ["PATCH", "/api/v1/sites/{site}", ONE, "updateSite"],
  ["PUT", "/api/v1/profiles/{profile}/metrics/{metric}", ONE, "putProfileMetric"],
  ["DELETE", "/api/v1/sites/{site}", ONE, "deleteSite"],
  ["POST", "/api/v1/sites/{site}/stop", ONE, "stopSite"],
  ["POST", "/api/v1/actuators/{id}/trip", MADE, "tripActuator"],
  ["POST", "/api/v1/channels/{channel}/rotate-secret", ONE, "rotateChannelSecret"],
  ["POST", "/api/v1/rules/backtest", ONE, "backtestRules"],
  ["POST", "/api/auth/login", ONE, "login"],
  ["POST", "/api/v1/devices/{uid}/token", MADE, "rotateDeviceToken"],
  ["GET", "/readings", LIST, "listReadingsAtRoot"],
] as const)("%s %s", (method, path, answered, name) => {
  expect(operationIdOf(method, path, answered)).toBe(name);
});
