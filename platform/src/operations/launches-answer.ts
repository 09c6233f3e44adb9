// How a launch is shown: what it is about, who began it and how long it lasts; never a token. Whose
// chart it is about is for those alone who may see charts.

import { z } from 'zod'
import { ChartwayError, explain } from '../kernel/errors.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import type { Launch } from '../launches/index.ts'
import type { KeyedContext } from './context.ts'
import { instant, instantField, instantOrNull, maybeInstant } from './fields.ts'

export const launchIdField = z
  .string()
  .regex(/^[0-9a-f]{20}$/, '20 hexadecimal digits')
  .describe('Id of a launch')

export const launchAnswer = z
  .object({
    launch: z.string(),
    practice: z.string(),
    kind: z.enum(['ehr', 'standalone']).describe("Begun in the vendor's own program, or here"),
    state: z
      .enum(['begun', 'active', 'needs-launch', 'ended'])
      .describe('Only with an active one something can be read'),
    code: z.string().nullable().describe('Why it needs a new launch, or was never complete'),
    says: z.string().describe('The state in words'),
    startedBy: z.string().nullable().describe("Null when the vendor's own program did"),
    scopes: z.array(z.string()).describe('What was granted; what was asked for until then'),
    person: z.string().nullable().describe('Type/id of who signed in at the vendor'),
    patient: z.string().nullable(),
    encounter: z.string().nullable(),
    needsBanner: z.boolean().describe('Whether a page has to say whose chart it shows'),
    refreshable: z.boolean().describe('Whether access is renewed without the person'),
    begunAt: instantField,
    completedAt: maybeInstant,
    accessExpiresAt: maybeInstant,
    endedAt: maybeInstant,
  })
  .meta({ id: 'Launch' })

/** Whether the caller may see whose chart a launch is about. */
function seesCharts({ principal }: KeyedContext): boolean {
  return principal.rights.includes('charts')
}

/** One launch as the caller may see it. Throws NOT_FOUND, also for one about another patient. */
export async function launchFor(
  context: KeyedContext,
  ref: PracticeRef,
  launchId: string,
): Promise<Launch> {
  const launch = await context.launches.read(ref, launchId)
  const { patient } = context.principal.charts
  const isForeign = patient !== undefined && (launch?.patient ?? patient) !== patient
  if (launch === undefined || isForeign) throw new ChartwayError('NOT_FOUND')
  return launch
}

/**
 * What is read with a launch is read in its person's name: one that somebody started here is that
 * caller's alone, one that the vendor's program started is of all who may see charts. Throws
 * LAUNCH_NOT_YOURS.
 */
export function assertUsable({ principal }: KeyedContext, { startedBy }: Launch): void {
  if ((startedBy ?? principal.actor) !== principal.actor)
    throw new ChartwayError('LAUNCH_NOT_YOURS')
}

export function shownLaunch(context: KeyedContext, launch: Launch): z.input<typeof launchAnswer> {
  const { launchId, ref, kind, state, code, startedBy, scopes, needsBanner, refreshable } = launch
  const charts = seesCharts(context) ? launch : undefined
  return {
    ...{ launch: launchId, practice: ref.practice, kind, state, code: code ?? null },
    ...{ says: inWords(launch), startedBy: startedBy ?? null, scopes: [...scopes] },
    person: charts?.person ?? null,
    patient: charts?.patient ?? null,
    encounter: charts?.encounter ?? null,
    ...{ needsBanner, refreshable, begunAt: instant(launch.begunAt) },
    completedAt: instantOrNull(launch.completedAt),
    accessExpiresAt: instantOrNull(launch.accessExpiresAt),
    endedAt: instantOrNull(launch.endedAt),
  }
}

const STATES: Readonly<Record<Launch['state'], string>> = {
  begun: 'The person is signing in at the vendor.',
  active: 'The vendor lets us read for the person.',
  'needs-launch': 'The person has to launch again.',
  ended: 'It was ended here.',
}

function inWords({ state, code }: Launch): string {
  if (code === undefined) return STATES[state]
  const { title, cause, cure } = explain(code)
  return `${title}. ${cause} ${cure}`
}
