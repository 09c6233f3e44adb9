// The only way operations read patients' records: each read goes through the caller's access and
// leaves the caller's name in the access ledger. What the caller may not see is as if it were not
// there; in the change feed its place is kept, so that the sequence stays without gaps.

import { ChartwayError } from '../kernel/errors.ts'
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
import {
  seesPatient,
  seesType,
  TYPES_OF_NOBODY,
  visibleContent,
  visibleRepairs,
} from '../people/index.ts'
import { isAbout } from './fhir/shown.ts'

type ListQuery = Parameters<Mirror['list']>[1]
type ExamineQuery = Parameters<Mirror['examine']>[1]

/** A change, or the empty place of one that the caller may not see. */
export type ShownChange = Change | { readonly sequence: number; readonly kind: 'withheld' }

/** A record as far as the caller sees it; `held` as in `Seen`. */
export type Shown = Mirrored & { readonly held?: true }

/** Types whose records hold contents (`Binary`), by a link. */
const HOLDERS = ['DocumentReference', 'DiagnosticReport', 'Media'] as const
/** Records of one patient that are looked through for who holds a content; beyond, nobody does. */
const HOLDERS_MAX = 20_000

/** States of one record that are looked at for those that the caller sees. */
const STATES_EXAMINED_MAX = 2_000

/** The content of a record that is only remembered by its hash. */
const NOT_KEPT = ''

/** Throws CONTENT_NOT_KEPT for a record that is there, and whose content is not kept any more. */
function expectKept({ content, deleted }: Mirrored): void {
  if (content === NOT_KEPT && !deleted) throw new ChartwayError('CONTENT_NOT_KEPT')
}

type Held<T> = T & { readonly held?: true }

function heldIn<T extends Pick<Mirrored, 'type' | 'id'>>(
  open: ReadonlySet<string>,
  one: T,
): Held<T> {
  return one.type === 'Binary' && open.has(one.id) ? { ...one, held: true } : one
}

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
  ): Promise<Shown | undefined> {
    await this.expectContent(ref)
    const read = await this.#mirror.read(ref, type, id, this.#reader(action))
    const found = read && (await this.#holding(ref, read))
    const visible = found === undefined ? undefined : this.#visible(found)
    if (visible !== undefined) expectKept(visible)
    return visible
  }

  /** Fewer than `limit` when some may not be seen; `next` tells whether there are more. */
  async list(ref: PracticeRef, query: ListQuery, action: string): Promise<Page<Mirrored>> {
    const { patient } = this.#caller.charts
    // Of others nothing is asked, so that neither pages nor cursors tell of them.
    const patientId =
      query.patientId ?? (TYPES_OF_NOBODY.includes(query.type) ? undefined : patient)
    const foreign = patient !== undefined && patientId !== undefined && patientId !== patient
    if (!seesType(this.#caller.charts, query.type) || foreign) return { items: [], next: undefined }
    await this.expectContent(ref)
    const asked = { ...query, patientId, unrestricted: !this.#caller.charts.sensitive }
    const page = await this.#mirror.list(ref, asked, this.#reader(action))
    const open = await this.#openContents(ref, page.items)
    const shown = page.items.flatMap((found) => this.#shown(heldIn(open, found)) ?? [])
    return { items: shown, next: page.next }
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
    await this.expectContent(ref)
    const seeing: Visitor = {
      take: (found) => {
        const visible = this.#shown(found)
        return visible === undefined || visitor.take(visible)
      },
      shown: () => visitor.shown(),
    }
    const reader = action === undefined ? undefined : this.#reader(action)
    return this.#mirror.examine(ref, query, seeing, reader)
  }

  /**
   * The states of one resource, the newest first, each as far as the caller may see it: `limit` of them
   * where there are so many, among the newest STATES_EXAMINED_MAX.
   */
  async states(
    ref: PracticeRef,
    query: Parameters<Mirror['versions']>[1] & { readonly id: string },
    action: string,
  ): Promise<readonly State[]> {
    if (!seesType(this.#caller.charts, query.type)) return []
    await this.expectContent(ref)
    const found: State[] = []
    let { before } = query
    for (let examined = 0; examined < STATES_EXAMINED_MAX; examined += query.limit) {
      let seen: readonly State[] = []
      const asked = { ...query, before }
      const states = await this.#mirror.versions(ref, asked, this.#reader(action), (all) => {
        seen = all.flatMap((state) => this.#seenState(state) ?? [])
        return Math.min(seen.length, query.limit - found.length)
      })
      found.push(...seen)
      if (found.length >= query.limit || states.length < query.limit) break
      before = states.at(-1)
    }
    return found.slice(0, query.limit)
  }

  #seenState(state: State): State | undefined {
    const { charts } = this.#caller
    if (state.content === NOT_KEPT) return undefined
    if (charts.patient !== undefined && !isAbout(state, charts.patient)) return undefined
    const content = visibleContent(charts, state)
    return content === undefined ? undefined : { ...state, content }
  }

  async changes(
    ref: PracticeRef,
    query: { readonly after: number; readonly limit: number },
    action: string,
  ): Promise<readonly ShownChange[]> {
    const changes = await this.#mirror.changes(ref, query, this.#reader(action))
    const open = await this.#openContents(ref, changes)
    return changes.map((change) => this.#visibleChange(heldIn(open, change)))
  }

  async counts(ref: PracticeRef, action: string): Promise<Readonly<Record<string, number>>> {
    const { patient: patientId, sensitive } = this.#caller.charts
    const of = { unrestricted: !sensitive, patientId, ofNobody: TYPES_OF_NOBODY }
    const counts = await this.#mirror.counts(ref, this.#reader(action), of)
    return Object.fromEntries(
      Object.entries(counts).filter(([type]) => seesType(this.#caller.charts, type)),
    )
  }

  /** Who sees one patient is told of that one, and nobody of one whose own record is restricted. */
  async freshness(
    ref: PracticeRef,
    query: { readonly subject?: string | undefined; readonly limit: number },
    action?: string,
  ): Promise<readonly FreshnessRow[]> {
    const { patient } = this.#caller.charts
    const subject = query.subject ?? patient
    if (patient !== undefined && subject !== patient) return []
    if (query.subject !== undefined && (await this.#isRestricted(ref, query.subject))) return []
    const reader = action === undefined ? undefined : this.#reader(action)
    return this.#mirror.freshness(ref, { ...query, subject }, reader)
  }

  /** Whether the caller may not see the patient's own record because of a label. */
  async #isRestricted(ref: PracticeRef, patient: string): Promise<boolean> {
    if (this.#caller.charts.sensitive) return false
    let restricted = false
    const take = (found: Mirrored) => {
      restricted = found.restricted
      return false
    }
    const candidates = { kind: 'ids', ids: [patient] } as const
    const query = { type: 'Patient', candidates, examinedMax: 1, subject: 'Patient?_id' }
    await this.#mirror.examine(ref, query, { take, shown: () => [] }, undefined)
    return restricted
  }

  lastSequence(ref: PracticeRef): Promise<number> {
    return this.#mirror.lastSequence(ref)
  }

  /**
   * Throws CONTENT_NOT_KEPT for a practice of which no content is kept, instead of answering that
   * nothing is there.
   */
  async expectContent(ref: PracticeRef): Promise<void> {
    const { mode } = await this.#mirror.retention(ref)
    if (mode === 'fingerprint') throw new ChartwayError('CONTENT_NOT_KEPT')
  }

  #reader(action: string): Reader {
    return { actor: this.#caller.actor, action }
  }

  /** What the caller may see, of records whose content is still there. */
  #shown(found: Mirrored): Mirrored | undefined {
    return found.content === NOT_KEPT ? undefined : this.#visible(found)
  }

  #visible(found: Shown): Shown | undefined {
    if (found.content === NOT_KEPT) return this.#seesNotKept(found) ? found : undefined
    const content = visibleContent(this.#caller.charts, found)
    if (content === undefined) return undefined
    const repairs = visibleRepairs(this.#caller.charts, found)
    const whole = content === found.content && repairs === found.repairs
    return whole ? found : { ...found, content, repairs }
  }

  /** As far as it can be told without its content. */
  #seesNotKept(found: Shown): boolean {
    const { charts } = this.#caller
    if (!seesType(charts, found.type) || (found.restricted && !charts.sensitive)) return false
    return seesPatient(charts, found)
  }

  /** A content of nobody, marked when the caller sees a record that holds it and none is restricted. */
  async #holding(ref: PracticeRef, found: Mirrored): Promise<Shown> {
    const { charts } = this.#caller
    if (found.type !== 'Binary' || seesPatient(charts, found)) return found
    const link = `Binary/${found.id}"`
    if (!charts.sensitive && (await this.#mirror.isRestrictedWith(ref, HOLDERS, link))) return found
    const { patient } = charts
    if (patient === undefined) return { ...found, held: true }
    for (const type of HOLDERS) {
      let held = false
      const take = ({ content }: Mirrored) => {
        held = content.includes(link)
        return !held
      }
      const candidates = { kind: 'patients', patients: [patient] } as const
      const query = { type, candidates, examinedMax: HOLDERS_MAX, subject: `${type}?holds` }
      await this.examine(ref, query, { take, shown: () => [] })
      if (held) return { ...found, held: true }
    }
    return found
  }

  /** Ids of contents among these that no restricted record holds, for who sees all patients. */
  async #openContents(
    ref: PracticeRef,
    among: readonly Pick<Mirrored, 'type' | 'id' | 'patientId'>[],
  ): Promise<ReadonlySet<string>> {
    const { patient, sensitive } = this.#caller.charts
    const contents = among.filter((one) => one.type === 'Binary' && one.patientId === undefined)
    if (sensitive || patient !== undefined || contents.length === 0) return new Set()
    const ids = [...new Set(contents.map(({ id }) => id))]
    // Most practices have no restricted record that holds a content at all: one question for the page.
    if (!(await this.#mirror.isRestrictedWith(ref, HOLDERS, 'Binary/'))) return new Set(ids)
    const restricted = await Promise.all(
      ids.map((id) => this.#mirror.isRestrictedWith(ref, HOLDERS, `Binary/${id}"`)),
    )
    return new Set(ids.filter((_, index) => restricted[index] === false))
  }

  /**
   * A masked record's change is withheld whole: its differences are its content. So is one that was
   * restricted before or after: a label that was taken off was there for a reason.
   */
  #visibleChange({ held, ...change }: Held<Change>): ShownChange {
    const { charts } = this.#caller
    const withheld = { sequence: change.sequence, kind: 'withheld' } as const
    const extent = charts.types === 'all' ? 'whole' : charts.types.get(change.type)
    if (extent !== 'whole') return withheld
    if (!seesPatient(charts, { ...change, ...(held && { held }) })) return withheld
    return change.restricted && !charts.sensitive ? withheld : change
  }
}
