// Remembers for a few seconds what the database answered about a credential, so that not every request
// asks again. What it remembers is good for 5 s, so what another process revokes bites within that.

import type { Clock } from '../kernel/clock.ts'

const REMEMBERED_MS_MAX = 5_000
const REMEMBERED_MAX = 10_000

interface Remembered<Row> {
  /** When the question was asked, not when the answer came. */
  readonly askedAt: number
  readonly row: Row
}

export class ShortMemory<Row> {
  readonly #clock: Clock
  readonly #keeps: (row: Row) => boolean
  readonly #remembered = new Map<string, Remembered<Row>>()
  readonly #asking = new Map<string, Promise<Row | undefined>>()

  /**
   * `keeps`: which answers are remembered. What was not found never is: anyone can make that up.
   */
  constructor(clock: Clock, keeps: (row: Row) => boolean) {
    this.#clock = clock
    this.#keeps = keeps
  }

  /** What is remembered under the name, or what `load` gives; several who ask at once share it. */
  async get(name: string, load: () => Promise<Row | undefined>): Promise<Row | undefined> {
    const known = this.#remembered.get(name)
    if (known !== undefined && this.#isFresh(known)) return known.row
    const running = this.#asking.get(name)
    if (running !== undefined) return running
    const asked = this.#ask(name, load)
    this.#asking.set(name, asked)
    return asked.finally(() => this.#asking.delete(name))
  }

  forget(name: string): void {
    this.#remembered.delete(name)
  }

  async #ask(name: string, load: () => Promise<Row | undefined>): Promise<Row | undefined> {
    const askedAt = this.#clock.now()
    const row = await load()
    this.#remembered.delete(name)
    if (row === undefined || !this.#keeps(row)) return row
    // The oldest makes room.
    const oldest = this.#remembered.keys().next()
    if (this.#remembered.size >= REMEMBERED_MAX && !oldest.done)
      this.#remembered.delete(oldest.value)
    this.#remembered.set(name, { askedAt, row })
    return row
  }

  /** An answer from the future is of a clock that has since gone back: it could be believed for ever. */
  #isFresh({ askedAt }: Remembered<Row>): boolean {
    const age = this.#clock.now() - askedAt
    return age >= 0 && age < REMEMBERED_MS_MAX
  }
}
