// Judges one export by the sandbox's own record of it and the practice's truth: was anything called whole
// that was short, was anything asked too soon, was more fetched than the troubles excuse.

/** What the sandbox remembers of one job. Times are epoch ms. */
export interface JobSeen {
  readonly id: string
  readonly types: readonly string[]
  readonly snapshotAt: number
  readonly faults: readonly string[]
  readonly files: readonly {
    readonly name: string
    readonly type: string
    readonly records: number
    readonly served: number
  }[]
  readonly polls: readonly {
    readonly at: number
    readonly status: number
    readonly retryAfterS: number | undefined
  }[]
  readonly downloads: readonly {
    readonly at: number
    readonly file: string
    readonly status: number
  }[]
}

/** What the platform says of its export. */
export interface Claim {
  readonly outcome: string | undefined
  readonly whole: readonly string[]
  readonly asOf: number | undefined
}

export interface ExportSeen {
  readonly name: string
  readonly jobs: readonly JobSeen[]
  /** Types the platform is told to ask for. */
  readonly asked: readonly string[]
  readonly claim: Claim
  /** Ids by type that were visible at the last job's snapshot. */
  readonly truth: ReadonlyMap<string, readonly string[]>
  /** `Type/id` that the export brought. */
  readonly brought: ReadonlySet<string>
  /** Charts dated by the export. */
  readonly dated: readonly Dated[]
  /** Interruptions from outside: kills of the platform, and troubles of the wire. */
  readonly interruptions: number
}

/** One patient's records of a type, said to be as fresh as `asOf`. */
export interface Dated {
  readonly patient: string
  readonly type: string
  readonly asOf: number
  /** Ids visible then, those visible now, and those that the mirror shows. */
  readonly visibleThen: readonly string[]
  readonly visibleNow: readonly string[]
  readonly shown: readonly string[]
}

export interface Verdict {
  readonly short: readonly string[]
  readonly tooSoon: readonly string[]
  readonly misdated: readonly string[]
  readonly fetched: number
  readonly excused: number
  readonly polls: number
  readonly datedCharts: number
}

/** Statuses of a download that carried (some of) the file. */
const CARRIED = new Set([200, 206])
/** Troubles of a file after which it has to be fetched once more. */
const CUTS = new Set(['file-cut', 'file-cut-unmarked', 'file-token-dies'])

export function judgeExport(seen: ExportSeen): Verdict {
  const carried = seen.jobs.flatMap(({ downloads }) =>
    downloads.filter(({ status }) => CARRIED.has(status)),
  )
  const files = seen.jobs.map(({ downloads }) => new Set(downloads.map(({ file }) => file)).size)
  const cuts = seen.jobs.flatMap(({ faults }) => faults.filter((fault) => CUTS.has(fault)))
  const excused = files.reduce((sum, count) => sum + count, 0) + cuts.length + seen.interruptions
  return {
    short: shortClaims(seen),
    tooSoon: seen.jobs.flatMap((job) => soonPolls(job).map((words) => `${seen.name} ${words}`)),
    misdated: seen.dated.flatMap((chart) =>
      misdated(chart).map((words) => `${seen.name} ${words}`),
    ),
    fetched: carried.length,
    excused,
    polls: seen.jobs.reduce((sum, { polls }) => sum + polls.length, 0),
    datedCharts: seen.dated.length,
  }
}

function shortClaims(seen: ExportSeen): string[] {
  const { name, claim, truth, brought, asked } = seen
  const job = seen.jobs.at(-1)
  const found: string[] = []
  if (claim.outcome === 'complete') {
    const left = asked.filter((type) => !claim.whole.includes(type))
    if (left.length > 0) found.push(`${name} complete without ${left.join(', ')}`)
  }
  if (claim.whole.length > 0 && job === undefined) found.push(`${name} whole without a job`)
  if (claim.whole.length > 0 && job?.faults.includes('partial-success'))
    found.push(`${name} whole although its manifest states an error`)
  for (const type of claim.whole) {
    const lost = (truth.get(type) ?? []).filter((id) => !brought.has(`${type}/${id}`))
    if (lost.length > 0) found.push(`${name} ${type}: ${lost.length} not brought`)
    const short = job?.files.some((file) => file.type === type && file.served < file.records)
    if (short) found.push(`${name} ${type}: a file was short`)
  }
  const { asOf } = claim
  if (claim.whole.length > 0 && job !== undefined && (asOf ?? Infinity) > job.snapshotAt)
    found.push(`${name} dated after its snapshot`)
  return found
}

/** Pairs of answers to one job between which less time passed than the first one asked for. */
function soonPolls({ polls }: JobSeen): string[] {
  return polls.flatMap((poll, index) => {
    const next = polls[index + 1]
    if (next === undefined || poll.retryAfterS === undefined) return []
    // A cancellation asks nothing.
    if (poll.status === 200) return []
    const waited = next.at - poll.at
    return waited < poll.retryAfterS * 1000 ? [`asked after ${waited} ms`] : []
  })
}

function misdated({ patient, type, visibleThen, visibleNow, shown }: Dated): string[] {
  const has = new Set(shown)
  const lost = visibleThen.filter((id) => !has.has(id))
  const known = new Set([...visibleThen, ...visibleNow])
  const extra = shown.filter((id) => !known.has(id))
  const words: string[] = []
  if (lost.length > 0) words.push(`${type} of a patient lacks ${lost.length}`)
  if (extra.length > 0) words.push(`${type} of a patient has ${extra.length} too many`)
  return words.map((word) => `${patient.slice(0, 8)} ${word}`)
}
