// Every number that bounds the way out, with its default and the reason for it. Times are business
// milliseconds unless the name says wall. Nothing here is read from the environment.

export interface GateLimits {
  /** Calls the vendor answers in one wall-clock minute of its own clock, token calls counted [D]. */
  readonly callsPerMinuteMax: number
  /** Calls of a minute kept for the interactive lane; shrinks to none as the minute runs out. */
  readonly interactiveReserve: number
  /** The most calls of a minute that may be left to others; a practice must not starve for them. */
  readonly keptFreeMax: number
  /** Calls of one practice under way at a time in this process. */
  readonly inFlightMax: number
  /** Integrators run 60 to 120 s; the recorded slowest answers stay below a minute [I]. */
  readonly requestTimeoutMs: number
  /** A scaled clock must not shrink a socket's patience below this. */
  readonly requestTimeoutWallMsMin: number
  /** One answer's body. */
  readonly bodyBytesMax: number
  /** The same of an answer that is taken as it comes and never held. */
  readonly streamBytesMax: number
  /**
   * The longest from the last look at the clock before sending until the request reaches the vendor
   * or never will: the time-out, and half a minute for a paused process.
   */
  readonly arrivalMsMax: number
  /** The same when the clock is scaled and the wire is a loopback: counts when longer. */
  readonly arrivalWallMsMax: number
  /** How far the vendor's clock may be from ours before its first answer taught us. */
  readonly clockErrorMsMax: number
  /** How fast the two clocks may part, in parts per million; NTP never slews faster. */
  readonly clockDriftPpm: number
  /** A server may write a `Date` that is this much older than its second. */
  readonly dateSlackMs: number
  /** Refusals (429) of one call before its caller is told. */
  readonly refusalsMax: number
  /** Permits of one call that grew stale before use; only a stalled process gets there. */
  readonly stalePermitsMax: number
  /** Callers that may wait at one practice. */
  readonly waitingMax: number
  /** The longest wait for a permit by lane. */
  readonly interactiveWaitMsMax: number
  readonly sweepWaitMsMax: number
  /** Failures in a row after which the practice is left alone for a while. */
  readonly failuresMax: number
  /** First and longest pause after that; each pause is twice the one before. */
  readonly pauseMs: number
  readonly pauseMsMax: number
  /** Settled minutes are kept this long. */
  readonly keepMinutesMs: number
}

export const DEFAULT_LIMITS: GateLimits = {
  callsPerMinuteMax: 250,
  interactiveReserve: 10,
  keptFreeMax: 50,
  inFlightMax: 24,
  requestTimeoutMs: 60_000,
  requestTimeoutWallMsMin: 10_000,
  bodyBytesMax: 32 * 1024 * 1024,
  streamBytesMax: 64 * 1024 * 1024 * 1024,
  arrivalMsMax: 90_000,
  arrivalWallMsMax: 4_000,
  clockErrorMsMax: 5_000,
  clockDriftPpm: 500,
  dateSlackMs: 50,
  refusalsMax: 5,
  stalePermitsMax: 100,
  waitingMax: 10_000,
  interactiveWaitMsMax: 150_000,
  sweepWaitMsMax: 1_800_000,
  failuresMax: 8,
  pauseMs: 5_000,
  pauseMsMax: 300_000,
  keepMinutesMs: 86_400_000,
}

export const MINUTE_MS = 60_000

/** For how many minutes after its own an unanswered call may still reach the vendor. */
export function spillMinutes(limits: GateLimits, factor: number): number {
  const arrivalMs = Math.max(limits.arrivalMsMax, factor > 1 ? limits.arrivalWallMsMax * factor : 0)
  return Math.ceil(arrivalMs / MINUTE_MS)
}

/** Wall milliseconds until a whole answer must be there. */
export function timeoutWallMs(limits: GateLimits, factor: number): number {
  return Math.max(limits.requestTimeoutMs / factor, limits.requestTimeoutWallMsMin)
}
