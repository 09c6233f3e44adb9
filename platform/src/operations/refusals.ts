// Records that a caller whose key is ours was refused. It bounds how often, so that nobody fills the
// ledger by knocking; what unknown keys try is in the log only, since anybody can make those up.

import type { Clock } from '../kernel/clock.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { Principal } from '../kernel/principal.ts'
import type { Ledger } from '../ledger/index.ts'

/** One entry per key and operation in so many wall ms. */
const QUIET_WALL_MS = 1_000
/** Keys and operations that are remembered; the one remembered longest is forgotten first. */
const REMEMBERED_MAX = 10_000

export class Refusals {
  readonly #ledger: Pick<Ledger, 'append'>
  readonly #clock: Clock
  readonly #recordedAt = new Map<string, number>()

  constructor(ledger: Pick<Ledger, 'append'>, clock: Clock) {
    this.#ledger = ledger
    this.#clock = clock
  }

  /** Resolves when the refusal is in the ledger, or one like it has been within the last second. */
  async record(caller: Principal, operation: string, code: ErrorCode): Promise<void> {
    const { organization, actor } = caller
    const name = `${organization}/${actor} ${operation}`
    const at = this.#clock.now()
    const age = at - (this.#recordedAt.get(name) ?? Number.NEGATIVE_INFINITY)
    if (age >= 0 && age < QUIET_WALL_MS * this.#clock.factor) return
    this.#remember(name, at)
    const event = { at, actor, action: operation, details: { code } }
    try {
      await this.#ledger.append(organization, { ...event, outcome: 'refused' })
    } catch (error) {
      this.#recordedAt.delete(name)
      throw error
    }
  }

  #remember(name: string, at: number): void {
    this.#recordedAt.delete(name)
    const oldest = this.#recordedAt.keys().next()
    if (this.#recordedAt.size >= REMEMBERED_MAX && !oldest.done)
      this.#recordedAt.delete(oldest.value)
    this.#recordedAt.set(name, at)
  }
}
