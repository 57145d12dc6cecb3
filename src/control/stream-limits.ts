/** Bounds of the transports that keep connections. */
export interface StreamLimits {
  readonly connections: number;
  readonly connectionsPerPeer: number;
  /** Octets of one message. */
  readonly message: number;
  /** Octets of replies that a client has not read yet. */
  readonly unread: number;
  /** Milliseconds from a connection's start to its first message, and from a message's first octet to its last. */
  readonly messageTimeout: number;
  /** Milliseconds between two pings of an open WebSocket; a client that misses one is gone. */
  readonly pingInterval: number;
}

/** A body of a megabyte is answered or refused on its own merits, so two fit. */
export const STREAM_LIMITS: StreamLimits = Object.freeze({
  connections: 256,
  connectionsPerPeer: 64,
  message: 2 << 20,
  unread: 4 << 20,
  messageTimeout: 10_000,
  pingInterval: 30_000,
});
