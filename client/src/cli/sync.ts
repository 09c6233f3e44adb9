// chartway sync: how far the mirror has come, as a bar where a person watches and as lines elsewhere.

import { SingleBar } from 'cli-progress'
import type { Operations } from '../generated.ts'
import { age, counted } from './tables.ts'
import { json, line, type Run } from './terminal.ts'

type Progress = Operations['sync.read']['output']

/** Wall ms between two looks. */
const LOOK_MS = 500
/** Looks between two lines when nobody watches. */
const LOOKS_PER_LINE = 10

export async function showSync(run: Run, options: { readonly once: boolean }): Promise<void> {
  const first = await look(run)
  if (run.json && (options.once || isDone(first))) return json(run, first)
  const { clockFactor } = await run.client.call('health.read', {}, run.terminal)
  if (options.once || isDone(first)) return line(run, stateOf(first, clockFactor))
  if (run.terminal.terminal && !run.json) return watch(run, first, clockFactor)
  for (let looks = 0, progress = first; ; looks++) {
    if (looks % LOOKS_PER_LINE === 0 || isDone(progress))
      run.json ? json(run, progress) : line(run, stateOf(progress, clockFactor))
    if (isDone(progress)) return
    await run.terminal.wait(LOOK_MS, run.terminal.signal)
    progress = await look(run)
  }
}

async function watch(run: Run, first: Progress, clockFactor: number): Promise<void> {
  const bar = new SingleBar({
    format: '{bar} {percentage}%  {records} records  {calls} calls this minute  {left}',
    hideCursor: true,
    clearOnComplete: false,
  })
  bar.start(first.toAsk, first.asked, payload(first, clockFactor))
  try {
    for (let progress = first; !isDone(progress); progress = await look(run)) {
      bar.setTotal(Math.max(1, progress.toAsk))
      bar.update(progress.asked, payload(progress, clockFactor))
      await run.terminal.wait(LOOK_MS, run.terminal.signal)
    }
  } finally {
    bar.stop()
  }
  line(run, stateOf(await look(run), clockFactor))
}

function look(run: Run): Promise<Progress> {
  const { practice } = run
  return run.client.call('sync.read', { practice }, run.terminal)
}

function isDone(progress: Progress): boolean {
  return ['continuing', 'paused', 'held'].includes(progress.phase)
}

/** Time left is told in the reader's own minutes, however fast the installation's clock runs. */
function payload(progress: Progress, clockFactor: number) {
  return {
    records: progress.records.toLocaleString('en-US'),
    calls: `${progress.callsThisMinute}/${progress.callsPerMinuteMax}`,
    left: progress.secondsLeft === null ? '' : `${age(progress.secondsLeft / clockFactor)} left`,
  }
}

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  waiting: 'Waiting to begin',
  'first-sync': 'First sync',
  continuing: 'Mirrored, and kept fresh',
  paused: 'Paused',
  held: 'Restored, and held until that is confirmed',
}

function stateOf(progress: Progress, clockFactor: number): string {
  const { calls, left } = payload(progress, clockFactor)
  const parts = [
    `${PHASES[progress.phase]}: ${counted(progress.records, 'record')}`,
    `${progress.asked.toLocaleString('en-US')} of ${counted(progress.toAsk, 'question')} answered`,
    `${calls} calls this minute`,
    ...(left === '' ? [] : [left]),
    ...(progress.problems === 0 ? [] : [counted(progress.problems, 'problem')]),
    ...(progress.lastCode === null ? [] : [`last asking failed with ${progress.lastCode}`]),
  ]
  return parts.join(', ')
}
