// When a failed asking may be repeated, and how long to wait before: exponential with jitter, and never
// before the other side said. It asks nothing itself.

import { systemChance, systemNow } from './network.ts'
import type { ClientOptions } from './options.ts'

export const RETRIES_MAX = 4
/** Wall ms around the first retry; doubles each time. */
const FIRST_MS = 250
/** The longest own wait, wall ms, however often it failed. */
const OWN_MS_MAX = 20_000
/** The longest wait that is taken on from a Retry-After, wall ms; told more, the caller hears it. */
const WAIT_MS_MAX = 60_000
/** Added to a wait that was told, so that not all who heard it come back at one instant; wall ms. */
const SPREAD_MS = 250

/** What only says: later. 502 and 504 are said by something between. */
const AGAIN: readonly number[] = [429, 502, 503, 504]

export function mayAskAgain(status: number): boolean {
  return AGAIN.includes(status)
}

/**
 * Wall ms to wait before retry number `retries`, from 0; `told`: what a Retry-After said, ms. Undefined
 * when that is longer than the caller wants to wait.
 */
export function waitBefore(
  retries: number,
  told: number | undefined,
  { chance = systemChance, waitMsMax = WAIT_MS_MAX }: Pick<ClientOptions, 'chance' | 'waitMsMax'>,
): number | undefined {
  if (told !== undefined && told > waitMsMax) return undefined
  const doubled = Math.min(FIRST_MS * 2 ** retries, OWN_MS_MAX)
  // Between half of it and all of it: never at once, never all together.
  const own = Math.min(doubled / 2 + (doubled / 2) * chance(), waitMsMax)
  return told === undefined ? own : Math.max(own, told + SPREAD_MS * chance())
}

/** Milliseconds from a Retry-After (RFC 9110, 10.2.3): seconds, or an instant. */
export function toldIn(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const instant = Date.parse(text)
  if (Number.isNaN(instant)) return undefined
  // By the clock of who said it, where that is told.
  const now = Date.parse(headers.get('date') ?? '')
  return Math.max(0, instant - (Number.isNaN(now) ? systemNow() : now))
}
