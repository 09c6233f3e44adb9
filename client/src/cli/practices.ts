// chartway connect, practices, pause, resume and doctor: which practices there are, which are asked, and
// whether their connection is right.

import { EXIT, type ExitCode } from './exit-codes.ts'
import { table } from './tables.ts'
import { json, line, type Run } from './terminal.ts'

export interface ConnectOptions {
  readonly name: string
  readonly baseUrl: string
  readonly clientId: string
  readonly timeZone: string
  readonly dialect?: string | undefined
}

export async function connect(run: Run, practice: string, options: ConnectOptions): Promise<void> {
  const answer = await run.client.call('practices.connect', { practice, ...options }, run.terminal)
  if (run.json) return json(run, answer)
  line(run, `Connected ${answer.practice.practice}: ${answer.practice.name}`)
  for (const note of answer.notes) line(run, `Note: ${note}`)
  const organization = /^cw_([a-z0-9-]+)_/.exec(run.key ?? '')?.[1]
  if (organization !== undefined)
    line(run, `Register this key address with the vendor: ${run.url}/jwks/${organization}.json`)
  line(run, `Next: chartway doctor ${practice}`)
}

export async function listPractices(run: Run): Promise<void> {
  const answer = await run.client.call('practices.list', {}, run.terminal)
  if (run.json) return json(run, answer)
  if (answer.items.length === 0)
    return line(run, 'No practice is connected: chartway connect --help')
  const rows = answer.items.map((item) => [
    item.practice,
    item.name,
    item.state,
    item.timeZone,
    item.baseUrl,
  ])
  line(run, table(['id', 'name', 'state', 'time zone', 'address'], rows))
}

/** Stops asking a practice, or goes on. */
export async function setAsking(run: Run, practice: string, asking: boolean): Promise<void> {
  const name = asking ? 'practices.resume' : 'practices.pause'
  const answer = await run.client.call(name, { practice }, run.terminal)
  if (run.json) return json(run, answer)
  const { name: called, state } = answer.practice
  line(run, `${called} is ${state}${asking ? '' : ': what is mirrored stays and grows old'}`)
}

/** How much of a practice is kept; with `keep`, sets it first. */
export async function retain(
  run: Run,
  practice: string,
  keep:
    | { readonly mode: 'full' | 'window' | 'fingerprint'; readonly days: number | undefined }
    | undefined,
): Promise<void> {
  const { client, terminal } = run
  const answer =
    keep === undefined
      ? await client.call('practices.retention', { practice }, terminal)
      : await client.call('practices.retain', { practice, ...keep }, terminal)
  if (run.json) return json(run, answer)
  const words = {
    full: 'everything is kept',
    window: `content that changed within ${answer.days} days is kept`,
    fingerprint: 'no content is kept, only ids and hashes',
  }
  line(run, `${practice}: ${words[answer.mode]}`)
}

/** Ends with `checkFailed` when anything is wrong. */
export async function doctor(run: Run, named: string | undefined): Promise<ExitCode> {
  const practice = named ?? run.practice ?? (await onlyPractice(run))
  const answer = await run.client.call('practices.check', { practice }, run.terminal)
  if (run.json) json(run, answer)
  else
    for (const finding of answer.findings) {
      line(run, `${finding.ok ? 'ok   ' : 'WRONG'}  ${finding.check}: ${finding.says}`)
      if (finding.code !== null && !finding.ok) line(run, `       ${finding.code}`)
      if (finding.fix !== null) line(run, `       what to do: ${finding.fix}`)
    }
  return answer.ok ? EXIT.done : EXIT.checkFailed
}

/** With none or several, the API's own answer to an unnamed practice says what to do. */
async function onlyPractice(run: Run): Promise<string> {
  const { items } = await run.client.call('practices.list', {}, run.terminal)
  const only = items.length === 1 ? items[0] : undefined
  if (only !== undefined) return only.practice
  await run.client.call('sync.read', {}, run.terminal)
  return ''
}
