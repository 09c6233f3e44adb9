// How many requests one caller may send: a token bucket for each, in this process's memory. It counts
// who was let in, not who knocks; what the practice may be asked is the gate's business.

import { ChartwayError } from '../../kernel/errors.ts'
import type { Principal } from '../../kernel/principal.ts'

/** Callers that are remembered; the one that was quiet longest is forgotten first. */
const CALLERS_MAX = 10_000
const MINUTE_MS = 60_000

interface Bucket {
  /** Requests that may come now; less than one when there are none. */
  readonly left: number
  /** Wall ms at which that was so. */
  readonly at: number
}

export interface Admitted {
  /** `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers. */
  readonly headers: Readonly<Record<string, string>>
}

export interface RequestLimit {
  /** Throws RATE_LIMITED, with the seconds to wait. */
  admit(caller: Pick<Principal, 'organization' | 'actor'>): Admitted
}

/** `aMinute` requests at once, and as many again in each minute. */
export function requestLimit(options: {
  readonly aMinute: number
  readonly wallNow: () => number
}): RequestLimit {
  const { aMinute, wallNow } = options
  const buckets = new Map<string, Bucket>()
  const policy = `"caller";q=${aMinute};w=60`
  return {
    admit({ organization, actor }) {
      const name = `${organization}/${actor}`
      const now = wallNow()
      const known = buckets.get(name) ?? { left: aMinute, at: now }
      const passed = Math.max(0, now - known.at)
      const filled = Math.min(aMinute, known.left + (passed * aMinute) / MINUTE_MS)
      const left = filled >= 1 ? filled - 1 : filled
      buckets.delete(name)
      const [quietest] = buckets.keys()
      if (buckets.size >= CALLERS_MAX && quietest !== undefined) buckets.delete(quietest)
      buckets.set(name, { left, at: now })
      if (filled < 1) {
        const seconds = Math.max(1, Math.ceil(((1 - filled) * 60) / aMinute))
        throw new ChartwayError('RATE_LIMITED', { retry: 'later', details: { seconds } })
      }
      const full = Math.ceil(((aMinute - left) * 60) / aMinute)
      const state = `"caller";r=${Math.floor(left)};t=${full}`
      return { headers: { 'ratelimit-policy': policy, ratelimit: state } }
    },
  }
}
