/** What ingest did since it was created, for metrics and tests. */
export interface IngestCounters {
  /** Messages committed. */
  stored: number;
  /** Items refused: told to their sender (HTTP) or set aside (MQTT). */
  refused: number;
  /** Requests and MQTT messages put off by a rate limit. */
  rateLimited: number;
  /** HTTP requests refused because the pipeline, or the memory for bodies, was full. */
  requestsPutOff: number;
  /** QoS 0 messages dropped because the pipeline was full. */
  qos0Dropped: number;
  /** MQTT connections open now, closed for misbehaving (malformed, foreign topics, oversize), and refused at the door. */
  connections: number;
  connectionsClosed: number;
  connectionsRefused: number;
  /** Memory of MQTT messages that are not acknowledged yet, now. */
  heldBytes: number;
}

export function newCounters(): IngestCounters {
  return {
    stored: 0,
    refused: 0,
    rateLimited: 0,
    requestsPutOff: 0,
    qos0Dropped: 0,
    connections: 0,
    connectionsClosed: 0,
    connectionsRefused: 0,
    heldBytes: 0,
  };
}
