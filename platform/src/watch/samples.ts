// A look as metrics: names after Prometheus' conventions, base units, and no label but the installation's
// own ids of organizations and practices, a phase or a kind. Never a patient's.

import type { Look } from './look.ts'

export interface Sample {
  readonly name: string
  readonly help: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const PHASES = ['waiting', 'first-sync', 'continuing', 'paused', 'held'] as const

export function samplesOf(seen: Look): readonly Sample[] {
  const flat = (name: string, help: string, value: number | undefined): Sample[] =>
    value === undefined ? [] : [{ name, help, labels: {}, value }]
  const age = (at: number | undefined) => (at === undefined ? undefined : (seen.at - at) / 1_000)
  return [
    ...flat('chartway_database_up', '1 when the database answers', Number(seen.database)),
    ...flat('chartway_outbound_held', '1 while a restore waits to be confirmed', Number(seen.held)),
    ...flat('chartway_disk_free_bytes', 'Free where the data is', seen.freeBytes),
    ...flat('chartway_backup_age_seconds', 'Age of the newest backup', age(seen.newestBackupAt)),
    ...seen.practices.flatMap((practice) => ofPractice(practice)),
  ]
}

function ofPractice(practice: Look['practices'][number]): readonly Sample[] {
  const { organization, practice: id } = practice.ref
  const labels = { organization, practice: id }
  const { progress } = practice
  const one = (name: string, help: string, value: number): Sample => ({ name, help, labels, value })
  return [
    one('chartway_records', 'Resources mirrored', progress.records),
    one('chartway_questions', 'Questions known', progress.toAsk),
    one('chartway_questions_answered', 'Questions answered at least once', progress.asked),
    one('chartway_problems', 'Things on the wire that could not be used', progress.problems),
    one(
      'chartway_sync_failing',
      '1 when the last asking failed',
      Number(progress.lastCode !== undefined),
    ),
    one('chartway_calls_minute', "Calls in the vendor's current minute", practice.callsTaken),
    one('chartway_calls_left', "Calls left in the vendor's current minute", practice.callsLeft),
    one(
      'chartway_breaker_open',
      '1 while the practice is left alone after failures',
      Number(practice.breakerOpen),
    ),
    ...PHASES.map((phase) => ({
      name: 'chartway_sync_phase',
      help: '1 for the phase that sync is in',
      labels: { ...labels, phase },
      value: Number(progress.phase === phase),
    })),
  ]
}
