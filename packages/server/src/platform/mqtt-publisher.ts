/**
 * Sends to devices that are connected to this gateway. Only `actuation` may use it: no other feature commands a device.
 */
export interface MqttPublisher {
  /** True while the device holds a session here that has subscribed to its command topic. */
  isListening(deviceId: number): boolean;
  /** Devices listening now. */
  listeningDeviceIds(): readonly number[];
  /**
   * Publishes on `devices/{uid}/{channel}` to the device's own session, QoS 1, not retained. Resolves true once it was
   * written to the socket, false when the device is not connected. Resolving says nothing about the device having got it.
   */
  publish(deviceId: number, channel: "command" | "config", payload: string): Promise<boolean>;
}

/** What a gateway tells of its device sessions. */
export interface DeviceSessionListener {
  /** The device subscribed to its command topic: what waits for it may be sent. */
  onListening(deviceId: number): void;
  /** Evidence and hello are never behind telemetry. Resolves once what it says is committed; then it is acknowledged. */
  onEvidence(deviceId: number, payload: string): Promise<void>;
  onHello(deviceId: number, payload: string): Promise<void>;
  onGone(deviceId: number): void;
}
