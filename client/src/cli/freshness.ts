// chartway freshness and budget: how old the mirror is, and what may still be asked in this minute.

import { age, table } from './tables.ts'
import { json, line, type Run } from './terminal.ts'

export async function showFreshness(
  run: Run,
  options: { readonly patient?: string | undefined; readonly limit: number },
): Promise<void> {
  const { practice } = run
  const { patient, limit } = options
  const answer = await run.client.call('freshness.list', { practice, patient, limit }, run.terminal)
  if (run.json) return json(run, answer)
  if (answer.items.length === 0) return line(run, 'Nothing has been asked yet.')
  const rows = answer.items.map((row) => [
    row.type,
    row.search,
    row.subject,
    age(row.ageSeconds),
    row.askedAt ?? 'not yet',
  ])
  line(run, table(['type', 'question', 'about', 'age', 'last asked'], rows))
}

export async function showBudget(run: Run): Promise<void> {
  const { practice } = run
  const budget = await run.client.call('budget.read', { practice }, run.terminal)
  if (run.json) return json(run, budget)
  line(
    run,
    `${budget.taken} of ${budget.limit} calls taken in the minute of ${budget.minute}, ${budget.left} left`,
  )
  line(run, `the next minute begins in ${Math.ceil(budget.nextMinuteInSeconds)} s`)
  line(run, `waiting: ${budget.waiting.interactive} interactive, ${budget.waiting.sweep} sweep`)
  if (budget.refused)
    line(run, 'The vendor has refused in this minute: nothing is sent until it ends.')
  const clock = budget.vendorClock
  if (clock !== null)
    line(run, `the vendor's clock is between ${clock.lowMs} and ${clock.highMs} ms ahead of ours`)
}
