// chartway changes: what happened at the practice, as it is learnt.

import type { ShownChange } from '../client.ts'
import { differenceLine } from './objects.ts'
import { printable } from './tables.ts'
import { json, line, type Run } from './terminal.ts'

/** Paths of differences named in one line; the others are counted. */
const PATHS_SHOWN = 3

export interface ChangesOptions {
  /** A sequence number; without it, the newest ones are shown. */
  readonly after?: number | undefined
  readonly follow: boolean
  /** Show what it was and what it is; otherwise only where it changed. */
  readonly values: boolean
  readonly limit: number
}

export async function showChanges(run: Run, options: ChangesOptions): Promise<void> {
  const { practice } = run
  const after = options.after ?? (await nearEnd(run, options.limit))
  const query = { practice, after, follow: options.follow }
  let shown = 0
  for await (const change of run.client.changes(query, run.terminal)) {
    if (!options.follow && shown >= options.limit) break
    shown++
    if (run.json) json(run, options.values ? change : withoutValues(change))
    else line(run, lineOf(change))
    if (!run.json && options.values) showValues(run, change)
  }
  if (shown === 0 && !run.json) line(run, 'No changes yet.')
}

async function nearEnd(run: Run, limit: number): Promise<number> {
  const { practice } = run
  const { last } = await run.client.call('changes.list', { practice, limit: 1 }, run.terminal)
  return Math.max(0, last - limit)
}

function withoutValues(change: ShownChange): object {
  if (change.kind === 'withheld') return change
  const differences = change.differences.map(({ op, path }) => ({ op, path }))
  return { ...change, differences }
}

function showValues(run: Run, change: ShownChange): void {
  if (change.kind === 'withheld') return
  for (const difference of change.differences) line(run, `    ${differenceLine(difference, true)}`)
}

/** One change in one line, without any value of the chart. */
function lineOf(change: ShownChange): string {
  if (change.kind === 'withheld') return `#${change.sequence}  withheld from this key`
  const paths = change.differences.map((difference) => difference.path)
  const left = paths.length - PATHS_SHOWN
  const named = paths.slice(0, PATHS_SHOWN).map(printable).join(' ')
  const what = change.kind === 'updated' ? `  ${named}${left > 0 ? ` and ${left} more` : ''}` : ''
  return `${change.learntAt}  #${change.sequence}  ${change.kind} ${change.type}/${change.id}${what}`
}
