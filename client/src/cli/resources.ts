// chartway list and read: mirrored resources as they are, and how old they are.

import type { Collection } from '../client.ts'
import type { Mirrored } from '../generated.ts'
import { age, table } from './tables.ts'
import { json, line, type Run } from './terminal.ts'

export interface ListOptions {
  readonly patient?: string | undefined
  /** Rows at most. */
  readonly limit: number
}

export async function listResources(
  run: Run,
  collection: Collection,
  options: ListOptions,
): Promise<void> {
  await list(run, collection, options, {
    head: ['id', 'what', 'status', 'version', 'seen'],
    row: (item) => [
      item.resource.id,
      codeOf(item.resource.code ?? item.resource.type ?? item.resource.name),
      text(item.resource.status),
      String(item.version),
      ago(item),
    ],
  })
}

export async function readResource(run: Run, collection: Collection, id: string): Promise<void> {
  const { practice } = run
  const found = await run.client.call('resources.read', { collection, id, practice }, run.terminal)
  if (run.json) return json(run, found)
  line(run, JSON.stringify(found.resource, null, 2))
  const { provenance, freshness } = found
  line(run, '')
  line(
    run,
    `version ${found.version}, first seen ${provenance.firstSeenAt} by ${provenance.search}`,
  )
  line(run, `the practice last said so ${age(freshness.ageSeconds)} ago`)
  for (const repair of found.repairs) line(run, `repaired: ${repair.path} (${repair.rule})`)
}

async function list(
  run: Run,
  collection: Collection,
  options: ListOptions,
  shown: { readonly head: readonly string[]; readonly row: (item: Mirrored) => string[] },
): Promise<void> {
  const items: Mirrored[] = []
  const { practice } = run
  const query = { practice, patient: options.patient }
  let more = false
  for await (const item of run.client.resources(collection, query, run.terminal)) {
    more = items.length >= options.limit
    if (more) break
    items.push(item)
  }
  if (run.json) return json(run, { items, more })
  if (items.length === 0)
    return line(run, `No ${collection} are mirrored (yet: see chartway sync).`)
  line(run, table(shown.head, items.map(shown.row)))
  if (more) line(run, `… and more: --limit ${options.limit * 10}`)
}

function ago(item: Mirrored): string {
  const { ageSeconds } = item.freshness
  return ageSeconds === null ? 'not completely' : `${age(ageSeconds)} ago`
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A code of whatever shape in one word: its text, or the code of its first coding. */
function codeOf(value: unknown): string {
  if (Array.isArray(value)) return codeOf(value[0])
  if (typeof value !== 'object' || value === null) return text(value)
  if ('text' in value && typeof value.text === 'string') return value.text
  if ('coding' in value) return codeOf(value.coding)
  if ('display' in value) return text(value.display)
  return 'code' in value ? text(value.code) : ''
}
