export {
  type Attachment,
  CHANNEL_KINDS,
  type Channel,
  type ChannelConfiguration,
  type ChannelKind,
  MAX_BURST,
  MAX_EMAIL_RECIPIENTS,
  MAX_SENDS_PER_MINUTE,
  type Outcome,
} from "./channel.ts";
export { isEmailAddress, MAX_URL_LENGTH } from "./channel-configuration.ts";
export { listChannels } from "./channel-store.ts";
export {
  countDeliveries,
  countNewDeadDeliveries,
  type DeliveryQueue,
  readDeliveryQueue,
} from "./delivery-health-store.ts";
export {
  DELIVERY_STATES,
  type DeliveryView,
  listAttempts,
  listDeliveries,
} from "./delivery-view-store.ts";
export { DeliveryWorker } from "./delivery-worker.ts";
export { enqueueNotices } from "./enqueue-notices.ts";
export {
  assertChannelDraft,
  createChannel,
  deleteChannel,
  disableChannel,
  enableChannel,
  isSignedBy,
  requireChannel,
  rotateChannelSecret,
  updateChannel,
} from "./manage-channels.ts";
export { createRoute, deleteRoute, requireRoute, updateRoute } from "./manage-routes.ts";
export { NOTICE_EVENTS, type Notice, type NoticeEvent } from "./notice.ts";
export { DELIVERY_CHANNEL } from "./notice-store.ts";
export type { Notifications } from "./notifications.ts";
export { replayDead, replayDelivery, requireDelivery } from "./replay-deliveries.ts";
export {
  GROUPINGS,
  MAX_ESCALATION_MINUTES,
  MAX_ESCALATION_STEPS,
  MAX_GROUP_WINDOW_MS,
  MAX_MATCHED_IDS,
  MAX_POSITION,
  MAX_ROUTE_CHANNELS,
  type Route,
} from "./route.ts";
export { listRoutes } from "./route-store.ts";
export type { AllowPrivate } from "./senders/allow-private.ts";
export { createSenders } from "./senders/create-senders.ts";
export { MAX_TEMPLATE_LENGTH } from "./template.ts";
export { testChannel } from "./test-channel.ts";
