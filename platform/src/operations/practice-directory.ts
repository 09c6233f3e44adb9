// Which practices an organization has, remembered for a few seconds so that naming the practice costs
// no query on every read. It decides nothing about rights: an organization sees only its own anyway.

import type { Clock } from '../kernel/clock.ts'
import { ChartwayError } from '../kernel/errors.ts'
import type { OrganizationId, PracticeId, PracticeRef } from '../kernel/ids.ts'
import type { Practices } from '../practice/index.ts'

/** How long a list of practices is believed, business ms. */
const BELIEVED_MS = 5_000
/** How many organizations are remembered; the one remembered longest is forgotten first. */
const ORGANIZATIONS_MAX = 10_000

interface Known {
  readonly learntAt: number
  readonly refs: readonly PracticeRef[]
}

export class PracticeDirectory {
  readonly #practices: Pick<Practices, 'list'>
  readonly #clock: Clock
  readonly #known = new Map<OrganizationId, Known>()

  constructor(practices: Pick<Practices, 'list'>, clock: Clock) {
    this.#practices = practices
    this.#clock = clock
  }

  /**
   * The practice with this id, or the only one of `among` when none is named; `among` undefined: all of
   * the organization. Throws NOT_FOUND alike for what does not exist and what is not theirs,
   * PRACTICE_NONE and PRACTICE_UNNAMED.
   */
  async choose(
    organization: OrganizationId,
    named: string | undefined,
    among?: readonly PracticeId[],
  ): Promise<PracticeRef> {
    const seen = (refs: readonly PracticeRef[]) =>
      among === undefined ? refs : refs.filter(({ practice }) => among.includes(practice))
    const remembered = this.#known.get(organization)
    if (remembered !== undefined && this.#believes(remembered)) {
      const chosen = pick(seen(remembered.refs), named)
      if (chosen !== undefined) return chosen
    }
    const refs = seen(await this.#learn(organization))
    const chosen = pick(refs, named)
    if (chosen !== undefined) return chosen
    if (named !== undefined) throw new ChartwayError('NOT_FOUND')
    throw new ChartwayError(refs.length === 0 ? 'PRACTICE_NONE' : 'PRACTICE_UNNAMED')
  }

  /** To be called when this process has changed the organization's practices. */
  forget(organization: OrganizationId): void {
    this.#known.delete(organization)
  }

  /** Not what was learnt in the future: the clock has gone back since. */
  #believes({ learntAt }: Known): boolean {
    const age = this.#clock.now() - learntAt
    return age >= 0 && age < BELIEVED_MS
  }

  async #learn(organization: OrganizationId): Promise<readonly PracticeRef[]> {
    const learntAt = this.#clock.now()
    const refs = (await this.#practices.list(organization)).map((practice) => practice.ref)
    this.#known.delete(organization)
    const oldest = this.#known.keys().next()
    if (this.#known.size >= ORGANIZATIONS_MAX && !oldest.done) this.#known.delete(oldest.value)
    this.#known.set(organization, { learntAt, refs })
    return refs
  }
}

function pick(refs: readonly PracticeRef[], named: string | undefined): PracticeRef | undefined {
  if (named === undefined) return refs.length === 1 ? refs[0] : undefined
  return refs.find((ref) => ref.practice === named)
}
