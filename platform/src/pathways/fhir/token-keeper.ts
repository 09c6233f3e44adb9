// The token that a connection's calls share: kept until shortly before its end, minted once for all
// who come at once. After a refusal it leaves the vendor in peace for a while; it sends nothing itself.

import type { Clock } from '../../kernel/clock.ts'
import { ChartwayError, type ErrorCode } from '../../kernel/errors.ts'
import { SharedWork } from './shared-work.ts'

/** The first pause after a refused sign-in or a refused token; each is twice the one before. */
export const SIGN_IN_PAUSE_MS = 30_000
/** The longest: an application that the vendor has let in again waits no longer than this. */
export const SIGN_IN_PAUSE_MS_MAX = 900_000

/** Answers that asking again does not change: somebody has to act. A broken network is not one. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'PATHWAY_CLIENT_REFUSED',
  'PATHWAY_GRANT_REFUSED',
  'PATHWAY_TOKEN_REFUSED',
  'PATHWAY_TOKEN_DENIED',
  'PATHWAY_NOT_ACTIVATED',
])

export interface Token {
  readonly text: string
  /** Business time from which it is not used any more. */
  readonly renewAt: number
  /** What the vendor says it granted; undefined when it does not say. */
  readonly scope: string | undefined
}

export interface TokenOptions {
  readonly signal?: AbortSignal | undefined
  /** Asks the vendor although it has refused a moment ago: for a person who has mended something. */
  readonly atOnce?: boolean | undefined
}

export interface TokenKeeper {
  /**
   * A usable token. During a pause it rejects with the refusal that began it, without a call, and as
   * soon as the signal aborts with its reason; others who wait for the same token still get it.
   */
  token(options?: TokenOptions): Promise<Token>
  /**
   * A call was refused with this token. True when another token can be had now; at most one new one
   * is minted in each pause, and until then the refused one stays, because it may do elsewhere.
   */
  refuse(token: Token): boolean
  /** A call was answered with this token. */
  accept(token: Token): void
}

/** `mint` asks the vendor for a token; its signal aborts when nobody waits for the token any more. */
export function tokenKeeper(
  clock: Clock,
  mint: (signal: AbortSignal) => Promise<Token>,
): TokenKeeper {
  const signIns = pauses(clock)
  const replacements = pauses(clock)
  let current: Token | undefined
  let doubted = false
  let refusal: ChartwayError | undefined
  const minting = new SharedWork<Token>()
  const mintAndKeep = async (atOnce: boolean, signal: AbortSignal): Promise<Token> => {
    try {
      const token = await mint(signal)
      current = token
      doubted = false
      refusal = undefined
      signIns.end()
      return token
    } catch (error) {
      // A person who tries again and again must not make the others wait longer.
      const lengthens = !atOnce || refusal === undefined
      if (error instanceof ChartwayError && REFUSALS.has(error.code)) {
        refusal = error
        if (lengthens) signIns.begin()
      }
      throw error
    }
  }
  return {
    token: async ({ atOnce = false, signal } = {}) => {
      if (current && clock.now() < current.renewAt && !(atOnce && doubted)) return current
      if (refusal && !atOnce && signIns.running()) throw refusal
      return minting.join((everyone) => mintAndKeep(atOnce, everyone), signal)
    },
    refuse: (token) => {
      if (current !== token) return true
      doubted = true
      if (replacements.running()) return false
      replacements.begin()
      current = undefined
      return true
    },
    accept: (token) => {
      if (current === token) replacements.shorten()
    },
  }
}

interface Pauses {
  begin(): void
  running(): boolean
  /** Ends a running pause; the next is the first again. */
  end(): void
  /** Leaves a running pause as it is; the next is the first again. */
  shorten(): void
}

function pauses(clock: Clock): Pauses {
  let next = SIGN_IN_PAUSE_MS
  let until = Number.NEGATIVE_INFINITY
  const shorten = () => {
    next = SIGN_IN_PAUSE_MS
  }
  return {
    begin: () => {
      until = clock.now() + next
      next = Math.min(2 * next, SIGN_IN_PAUSE_MS_MAX)
    },
    running: () => clock.now() < until,
    end: () => {
      until = Number.NEGATIVE_INFINITY
      shorten()
    },
    shorten,
  }
}
