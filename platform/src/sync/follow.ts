// What follows from stored answers: the questions that they raise, and what the mirror is told to expect.
// It asks nothing itself.

import type { Listing, SearchRow } from '../pathways/contract.ts'
import { idSearch, questionsAbout } from './schedule.ts'
import { type NewDue, RANK } from './store.ts'
import { keyOf, type PracticeSyncPorts, type Work } from './work.ts'

/** New questions that the answers raise: about new patients, missing members, unknown references. */
export async function follow(
  work: Work,
  listed: readonly { listing: Listing }[],
  missing: readonly { type: string; id: string }[],
): Promise<void> {
  const { ref, mirror, clock } = work
  const now = clock.now()
  const raised = new Map<string, NewDue>()
  const raise = (rows: readonly NewDue[]) => {
    for (const row of rows) raised.set(keyOf(row), row)
  }
  const plan = [...work.plan.values()]
  const known: string[] = []
  for (const { listing } of listed)
    for (const { resource } of listing.sightings) {
      const name = `${resource.resourceType}/${resource.id}`
      if (work.known.has(name)) continue
      const questions = [
        ...questionsAbout(plan, resource.resourceType, resource.id, now),
        ...laterById(work, listing.ask.search, resource, now),
      ]
      if (questions.length > 0) known.push(name)
      raise(questions)
    }
  const references = [...new Set(listed.flatMap(({ listing }) => listing.references))]
  for (const reference of references.length > 0 ? await mirror.unknownOf(ref, references) : [])
    raise(questionById(reference, now))
  await expect(work, plan, [...raised.values()])
  await work.store.addDue(ref, [...raised.values()])
  for (const name of known) work.known.add(name)
  await work.store.hasten(
    ref,
    missing.map(({ type, id }) => ({
      search: idSearch(type),
      subject: id,
      rank: RANK.confirm,
      dueAt: now,
    })),
  )
  await noteProblems(work, listed)
}

/** Nothing may be called fresh that a question not yet answered could still change. */
export function expect(
  { mirror, ref }: Pick<PracticeSyncPorts, 'mirror' | 'ref'>,
  plan: readonly SearchRow[],
  questions: readonly NewDue[],
): Promise<void> {
  const rows = new Map(plan.map((row) => [row.name, row]))
  return mirror.expect(
    ref,
    questions.flatMap(({ search, subject }) => {
      const { covers = [], completes = [] } = rows.get(search) ?? {}
      if (covers.length === 0 && completes.length === 0) return []
      return [{ search, subject, covers, completes }]
    }),
  )
}

/**
 * What came along with others, such as a Provenance with its target, is read by id now and then: when
 * the others go, nothing else would show it again.
 */
function laterById(
  work: Work,
  search: string,
  { resourceType, id }: { readonly resourceType: string; readonly id: string },
  now: number,
): NewDue[] {
  const row = work.plan.get(search)
  if (row === undefined || row.type === resourceType) return []
  const dueAt = now + work.sweep.referenceIntervalMs
  return [{ search: idSearch(resourceType), subject: id, rank: RANK.continuing, dueAt }]
}

function questionById(reference: string, now: number): NewDue[] {
  const [type, id] = reference.split('/')
  if (type === undefined || id === undefined) return []
  return [{ search: idSearch(type), subject: id, rank: RANK.reference, dueAt: now }]
}

async function noteProblems(work: Work, listed: readonly { listing: Listing }[]): Promise<void> {
  const at = work.clock.now()
  const clean = listed.filter(({ listing }) => listing.complete && listing.problems.length === 0)
  await work.store.clearProblems(
    work.ref,
    clean.map(({ listing }) => listing.ask),
  )
  await work.store.addProblems(
    work.ref,
    listed.flatMap(({ listing }) =>
      listing.problems.map(({ code, position }) => ({ ...listing.ask, code, position, at })),
    ),
  )
}
