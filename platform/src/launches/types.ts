// People's sign-ins at the vendor as the rooms above see them: never a token, code or secret.

import type { ErrorCode } from '../kernel/errors.ts'
import type { OrganizationId, PracticeRef } from '../kernel/ids.ts'
import type { LaunchKind, ReadAnswer } from '../pathways/contract.ts'

/**
 * `begun`: the person is on the way. `active`: the vendor lets us read for the person. `needs-launch`:
 * it does not any more, `code` tells why. `ended`: ended here, or never complete; `code` as before.
 */
export type LaunchState = 'begun' | 'active' | 'needs-launch' | 'ended'

export interface Launch {
  readonly launchId: string
  readonly ref: PracticeRef
  readonly kind: LaunchKind
  readonly state: LaunchState
  readonly code: ErrorCode | undefined
  /** The caller who started it; undefined when the vendor's own program did. */
  readonly startedBy: string | undefined
  /** What was granted; what was asked for until then. */
  readonly scopes: readonly string[]
  /** `Type/id` of who signed in, where the vendor said so and proved it. */
  readonly person: string | undefined
  readonly patient: string | undefined
  readonly encounter: string | undefined
  readonly needsBanner: boolean
  /** Whether access can be renewed without the person. */
  readonly refreshable: boolean
  readonly begunAt: number
  readonly completedAt: number | undefined
  readonly accessExpiresAt: number | undefined
  readonly endedAt: number | undefined
}

/** Where a browser goes, and the text of the cookie that it has to bring back. */
export interface Departure {
  readonly url: string
  readonly browser: string
}

/** Which launches somebody may look at. */
export interface LaunchQuery {
  /** Those about one patient alone, and those about none. */
  readonly patient: string | undefined
  readonly limit: number
}

export interface Launches {
  /** Seconds that a browser has to bring its answer. */
  readonly answerSeconds: number
  /**
   * Begins a standalone launch; the address, used once, sends a browser on its way. Undefined without
   * such a practice. Throws LAUNCH_NOT_SET_UP, LAUNCH_SECRET_MISSING, LAUNCHES_TOO_MANY.
   */
  start(
    ref: PracticeRef,
    actor: string,
  ): Promise<
    { readonly launchId: string; readonly url: string; readonly expiresAt: number } | undefined
  >
  /**
   * Sends on a browser that opened what `start` gave. A launch that a person started is that person's
   * alone: `actor` is who is signed in there. Throws LAUNCH_STATE_INVALID, LAUNCH_OTHER_BROWSER, and
   * what calls throw.
   */
  depart(opened: {
    readonly ticket: string
    readonly actor: string | undefined
    /** What the browser brought, so that launches in several of its tabs do not disturb each other. */
    readonly browser: string | undefined
  }): Promise<Departure>
  /** An EHR launch: as `start` and `depart`. Throws LAUNCH_PRACTICE_UNKNOWN for whatever is no launch. */
  departFromEhr(opened: {
    readonly organization: OrganizationId | undefined
    readonly iss: string
    readonly launch: string
    readonly browser: string | undefined
  }): Promise<Departure>
  /**
   * Takes what the browser brought back and exchanges it. Throws LAUNCH_* and PATHWAY_* codes, and
   * what calls throw; a launch whose answer was used up is ended then.
   */
  arrive(answer: {
    readonly parameters: URLSearchParams
    readonly browser: string | undefined
  }): Promise<Launch>
  /** The newest first. */
  list(ref: PracticeRef, query: LaunchQuery): Promise<readonly Launch[]>
  read(ref: PracticeRef, launchId: string): Promise<Launch | undefined>
  /**
   * Forgets the tokens. The vendor has no endpoint to end them there: the access token runs out by
   * itself. False when there is none to end.
   */
  end(ref: PracticeRef, launchId: string, actor: string): Promise<boolean>
  /**
   * Reads one resource at the vendor with the person's token, renewed when it has less than a minute
   * left. Undefined without such a launch. Throws LAUNCH_OVER, LAUNCH_NEEDED, PATHWAY_* and what calls
   * throw.
   */
  resource(
    ref: PracticeRef,
    launchId: string,
    what: { readonly type: string; readonly id: string },
    reader: { readonly actor: string; readonly action: string },
  ): Promise<ReadAnswer | undefined>
  /** Keeps the secret of a practice's app in the vault. */
  setSecret(ref: PracticeRef, secret: string, actor: string): Promise<void>
}
