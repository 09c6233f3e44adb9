// The only way operations read patients' records: each read goes through the caller's access and
// leaves the caller's name in the access ledger. What the caller may not see is as if it were not
// there; in the change feed its place is kept, so that the sequence stays without gaps.

import type { PracticeRef } from '../kernel/ids.ts'
import type { Principal } from '../kernel/principal.ts'
import type {
  Change,
  Examined,
  FreshnessRow,
  Mirror,
  Mirrored,
  Page,
  Reader,
  State,
  Visitor,
} from '../mirror/index.ts'
import { seesType, visibleContent } from '../people/index.ts'

type ListQuery = Parameters<Mirror['list']>[1]
type ExamineQuery = Parameters<Mirror['examine']>[1]

/** A change, or the empty place of one that the caller may not see. */
export type ShownChange = Change | { readonly sequence: number; readonly kind: 'withheld' }

export class Charts {
  readonly #mirror: Mirror
  readonly #caller: Principal

  constructor(mirror: Mirror, caller: Principal) {
    this.#mirror = mirror
    this.#caller = caller
  }

  /** `action`: the name of the operation, as the ledger keeps it. */
  async read(
    ref: PracticeRef,
    type: string,
    id: string,
    action: string,
  ): Promise<Mirrored | undefined> {
    const found = await this.#mirror.read(ref, type, id, this.#reader(action))
    return found === undefined ? undefined : this.#visible(found)
  }

  /** Fewer than `limit` when some may not be seen; `next` tells whether there are more. */
  async list(ref: PracticeRef, query: ListQuery, action: string): Promise<Page<Mirrored>> {
    const { types, patient } = this.#caller.charts
    const foreign = patient !== undefined && query.patientId !== undefined
    if (!seesType(this.#caller.charts, query.type) || (foreign && query.patientId !== patient))
      return { items: [], next: undefined }
    const unrestricted = !this.#caller.charts.sensitive
    const page = await this.#mirror.list(ref, { ...query, unrestricted }, this.#reader(action))
    if (types === 'all' && patient === undefined && this.#caller.charts.sensitive) return page
    return { items: page.items.flatMap((found) => this.#visible(found) ?? []), next: page.next }
  }

  /**
   * Shows a visitor what the caller may see of the candidates. Without `action` nobody is shown
   * anything: to find out what is then read.
   */
  async examine(
    ref: PracticeRef,
    query: ExamineQuery,
    visitor: Visitor,
    action?: string,
  ): Promise<Examined> {
    if (!seesType(this.#caller.charts, query.type))
      return { ended: 'all', last: undefined, asOf: undefined }
    const seeing: Visitor = {
      take: (found) => {
        const visible = this.#visible(found)
        return visible === undefined || visitor.take(visible)
      },
      shown: () => visitor.shown(),
    }
    const reader = action === undefined ? undefined : this.#reader(action)
    return this.#mirror.examine(ref, query, seeing, reader)
  }

  /** The states of one resource, the newest first, each as far as the caller may see it. */
  async states(
    ref: PracticeRef,
    query: Parameters<Mirror['versions']>[1] & { readonly id: string },
    action: string,
  ): Promise<readonly State[]> {
    if (!seesType(this.#caller.charts, query.type)) return []
    const states = await this.#mirror.versions(ref, query, this.#reader(action))
    return states.flatMap((state) => {
      const content = visibleContent(this.#caller.charts, state)
      return content === undefined ? [] : { ...state, content }
    })
  }

  async changes(
    ref: PracticeRef,
    query: { readonly after: number; readonly limit: number },
    action: string,
  ): Promise<readonly ShownChange[]> {
    const changes = await this.#mirror.changes(ref, query, this.#reader(action))
    return changes.map((change) => this.#visibleChange(change))
  }

  async counts(ref: PracticeRef, action: string): Promise<Readonly<Record<string, number>>> {
    const { patient: patientId, sensitive } = this.#caller.charts
    const of = { unrestricted: !sensitive, patientId }
    const counts = await this.#mirror.counts(ref, this.#reader(action), of)
    return Object.fromEntries(
      Object.entries(counts).filter(([type]) => seesType(this.#caller.charts, type)),
    )
  }

  freshness(
    ref: PracticeRef,
    query: { readonly subject?: string | undefined; readonly limit: number },
    action?: string,
  ): Promise<readonly FreshnessRow[]> {
    return this.#mirror.freshness(
      ref,
      query,
      action === undefined ? undefined : this.#reader(action),
    )
  }

  lastSequence(ref: PracticeRef): Promise<number> {
    return this.#mirror.lastSequence(ref)
  }

  #reader(action: string): Reader {
    return { actor: this.#caller.actor, action }
  }

  #visible(found: Mirrored): Mirrored | undefined {
    const content = visibleContent(this.#caller.charts, found)
    if (content === undefined) return undefined
    return content === found.content ? found : { ...found, content }
  }

  /**
   * A masked record's change is withheld whole: its differences are its content. So is one that was
   * restricted before or after: a label that was taken off was there for a reason.
   */
  #visibleChange(change: Change): ShownChange {
    const { charts } = this.#caller
    const withheld = { sequence: change.sequence, kind: 'withheld' } as const
    const extent = charts.types === 'all' ? 'whole' : charts.types.get(change.type)
    if (extent !== 'whole') return withheld
    const foreign = charts.patient !== undefined && change.patientId !== charts.patient
    if (foreign && change.patientId !== undefined) return withheld
    return change.restricted && !charts.sensitive ? withheld : change
  }
}
