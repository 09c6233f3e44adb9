// Shows the first sync: a bar on a terminal, a line now and then elsewhere, and the measured times.

import { SingleBar } from 'cli-progress'
import { practiceId } from './connect.ts'
import type { StartedPlatform } from './platform-process.ts'
import type { Stopwatch } from './words.ts'

const LOOK_MS = 250
const LINE_EVERY_MS = 5_000

interface Shown {
  readonly records: number
  readonly calls: string
  readonly left: string
}

/** Resolves when the first sync is complete, or `signal` aborts. */
export async function showFirstSync(options: {
  readonly platform: StartedPlatform
  readonly watch: Stopwatch
  readonly signal: AbortSignal
  readonly timeScale: number
}): Promise<void> {
  const { platform, watch, signal, timeScale } = options
  const look = () => platform.client.call('sync.read', { practice: practiceId }, { signal })
  const before = await look()
  if (before.phase === 'continuing') {
    watch.say('mirror', `${before.records} records, complete since an earlier start`)
    return
  }
  if (before.phase === 'held') {
    watch.say('mirror', 'restored, and held until `chartway-platform restore confirm`')
    return
  }
  const show = process.stdout.isTTY ? bar() : lines(watch)
  let first = before.records > 0
  for (;;) {
    const progress = await look()
    if (!first && progress.records > 0) {
      show.say(`first records after ${watch.seconds()} s`)
      first = true
    }
    const left = progress.secondsLeft === null ? undefined : progress.secondsLeft / timeScale
    // Before the rosters are named there is one question at most, and nothing to be half done with.
    const done = progress.records === 0 ? 0 : progress.asked
    show.update(done, Math.max(1, progress.toAsk), {
      records: progress.records,
      calls: `${progress.callsThisMinute}/${progress.callsPerMinuteMax}`,
      left: left === undefined ? '…' : `${Math.ceil(left)} s`,
    })
    if (progress.phase === 'continuing') {
      show.stop()
      const hours = hoursBetween(progress.startedAt, progress.completeAt)
      watch.say('mirror', `complete: ${progress.records} records${hours}`)
      return
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    if (signal.aborted) return show.stop()
  }
}

function bar() {
  const shown = new SingleBar({
    format:
      '  mirroring [{bar}] {percentage} % | {records} records | {calls} calls/min | {left} left',
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    hideCursor: true,
    barsize: 20,
    clearOnComplete: true,
  })
  let started = false
  return {
    update: (done: number, all: number, { records, calls, left }: Shown) => {
      if (!started) shown.start(all, done, { records, calls, left })
      started = true
      shown.setTotal(all)
      shown.update(done, { records, calls, left })
    },
    say: (line: string) => process.stdout.write(`\r\u001b[K          ${line}\n`),
    stop: () => shown.stop(),
  }
}

function lines(watch: Stopwatch) {
  let shownAt = 0
  return {
    update: (done: number, all: number, { records, calls, left }: Shown) => {
      if (performance.now() - shownAt < LINE_EVERY_MS) return
      shownAt = performance.now()
      const percent = Math.floor((100 * done) / Math.max(1, all))
      watch.say(
        'mirror',
        `${percent} %, ${records} records, ${calls} calls this minute, ${left} left`,
      )
    },
    say: (line: string) => watch.say('mirror', line),
    stop: () => undefined,
  }
}

function hoursBetween(from: string | null, until: string | null): string {
  if (from === null || until === null) return ''
  const minutes = Math.round((Date.parse(until) - Date.parse(from)) / 60_000)
  return `, in ${minutes} minutes of the practice's clock`
}
