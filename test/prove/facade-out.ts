// `prove facade-out`: US Core's checklists row by row against our FHIR facade, over a practice that holds
// US Core's examples and Synthea's patients. The judge reads the records and the checklists alone.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Resource } from '@chartway/codecs/fhir'
import { startFacade } from './facade-practice.ts'
import { judgeProfile, type Profile, type Reply, type Row, type Server } from './judge/checklist.ts'
import { isValue, type Value } from './judge/searched.ts'
import { check, floor, none, type Proof, type ProofOptions, type ProofResult } from './proof.ts'

const SHARED = join(import.meta.dirname, '..', '..', '..', 'shared', 'data')
const VERSIONS = ['3.1.1', '6.1.0'] as const
const SETS = ['synthea', 'us-core-6.1.0'] as const
const PROVENANCE = 'example-targeted-provenance'
/** Rows with a SHALL that must have been shown for the proof to have shown anything. */
const SHALL_MET_MIN = 600

export const proof: Proof = {
  name: 'facade-out',
  shows: "US Core's checklists hold of our FHIR facade, row by row.",
  mutants: ['prefixes-dropped', 'codes-dropped', 'last-entry-lost', 'element-lost'],
  run,
}

async function run(options: ProofOptions): Promise<ProofResult> {
  const checklists = VERSIONS.map((version) => ({
    version,
    file: join(SHARED, 'checklists', `uscore_checklist_v${version}.json`),
  }))
  if (!checklists.every(({ file }) => existsSync(file)))
    return { checks: [], figures: {}, skipped: 'The checklists and samples are not here.' }
  const records = recordsIn()
  await using facade = await startFacade([...records.values()].flat())
  const server = lying(facade.server, options.mutant)
  const rows: Row[] = []
  for (const { version, file } of checklists) {
    const profiles: Readonly<Record<string, Profile>> = JSON.parse(readFileSync(file, 'utf8'))
    for (const [name, profile] of Object.entries(profiles)) {
      options.say(`${version} ${name}`)
      const judging = { server, records, tries: options.quick ? 1 : 5 }
      rows.push(...(await judgeProfile(judging, version, profile)))
    }
  }
  const statement = await server.get('metadata')
  return verdictOf(rows, declaredIn(statement.body), await besides(server))
}

/** Profiles that the CapabilityStatement declares, as `url|version` or `url`. */
function declaredIn(statement: Value): ReadonlySet<string> {
  const declared = new Set<string>()
  for (const rest of listOf(statement.rest))
    for (const resource of listOf(rest.resource))
      for (const url of Array.isArray(resource.supportedProfile) ? resource.supportedProfile : [])
        declared.add(String(url))
  return declared
}

function listOf(value: unknown): readonly Value[] {
  return Array.isArray(value) ? value.filter(isValue) : []
}

/** What US Core asks beside the rows: provenance comes with what it is about. */
async function besides(server: Server): Promise<boolean> {
  const { body } = await server.get(`Provenance/${PROVENANCE}`)
  const [target] = listOf(body.target)
  const [type = '', id = ''] = String(target?.reference ?? '').split('/')
  const found = await server.get(`${type}?_id=${id}&_revinclude=Provenance:target`)
  return listOf(found.body.entry).some(
    ({ resource, search }) =>
      isValue(resource) &&
      resource.resourceType === 'Provenance' &&
      isValue(search) &&
      search.mode === 'include',
  )
}

function verdictOf(
  rows: readonly Row[],
  declared: ReadonlySet<string>,
  provenance: boolean,
): ProofResult {
  const isDeclared = ({ profile, version }: Row) =>
    declared.has(profile) || declared.has(`${profile}|${version}`)
  const name = ({ version, profile, what, why }: Row) =>
    `${version} ${profile.split('/').at(-1)} ${what}: ${why}`
  const missedShall = rows.filter(
    ({ weight, verdict }) => weight === 'SHALL' && verdict === 'missed',
  )
  const shall = rows.filter(({ weight }) => weight === 'SHALL')
  const missedShould = rows.filter(
    ({ weight, verdict }) => weight === 'SHOULD' && verdict === 'missed',
  )
  const profiles = new Set(rows.map(({ version, profile }) => `${version} ${profile}`))
  const undeclared = new Set(
    rows.filter((row) => !isDeclared(row)).map(({ version, profile }) => `${version} ${profile}`),
  )
  const withMiss = new Set(missedShall.map(({ version, profile }) => `${version} ${profile}`))
  return {
    checks: [
      floor('rows that are a SHALL and met are', count(shall, 'met'), SHALL_MET_MIN),
      none('SHALL missed of a declared profile', missedShall.filter(isDeclared).map(name)),
      none(
        'profile left undeclared of which no SHALL is missed',
        [...undeclared].filter((one) => !withMiss.has(one)),
      ),
      none(
        'SHALL missed but for writing',
        missedShall.filter(({ what }) => what !== 'interaction create').map(name),
      ),
      none('SHOULD missed', missedShould.map(name)),
      check('provenance comes with what it is about', provenance),
    ],
    figures: {
      profiles: profiles.size,
      declared: profiles.size - undeclared.size,
      shall: countsOf(shall),
      should: countsOf(rows.filter(({ weight }) => weight === 'SHOULD')),
      missedShall: missedShall.map(name),
      notApplicable: reasonsOf(rows),
    },
  }
}

function count(rows: readonly Row[], verdict: Row['verdict']): number {
  return rows.filter((row) => row.verdict === verdict).length
}

function countsOf(rows: readonly Row[]) {
  return {
    met: count(rows, 'met'),
    missed: count(rows, 'missed'),
    notApplicable: count(rows, 'not-applicable'),
    of: rows.length,
  }
}

/** How many rows of a SHALL or SHOULD could not be shown, by reason. */
function reasonsOf(rows: readonly Row[]): Readonly<Record<string, number>> {
  const reasons: Record<string, number> = {}
  for (const { weight, verdict, why } of rows)
    if (verdict === 'not-applicable' && weight !== 'MAY') reasons[why] = (reasons[why] ?? 0) + 1
  return Object.fromEntries(Object.entries(reasons).sort(([, one], [, other]) => other - one))
}

/** The samples by type; and what they lack and a searched type needs, invented here. */
function recordsIn(): ReadonlyMap<string, readonly Resource[]> {
  const records = new Map<string, Resource[]>()
  const put = (resource: Resource) =>
    records.set(resource.resourceType, [...(records.get(resource.resourceType) ?? []), resource])
  for (const set of SETS)
    for (const file of readdirSync(join(SHARED, 'fhir', set)))
      for (const line of readFileSync(join(SHARED, 'fhir', set, file), 'utf8').split('\n'))
        if (line !== '') put(JSON.parse(line))
  for (const resource of INVENTED) put(resource)
  return records
}

/** The samples have no such record: one of each, that the rows about them can be shown. */
const INVENTED: readonly Resource[] = [
  {
    resourceType: 'PractitionerRole',
    id: 'invented-role',
    practitioner: { reference: 'Practitioner/practitioner-1' },
    organization: { reference: 'Organization/acme-lab' },
    code: [{ coding: [{ system: 'http://nucc.org/provider-taxonomy', code: '207Q00000X' }] }],
    specialty: [{ coding: [{ system: 'http://nucc.org/provider-taxonomy', code: '207QA0000X' }] }],
    telecom: [{ system: 'phone', value: '555-0142' }],
  },
]

/** The facade as it would be without one of the things it does. */
function lying(server: Server, mutant: string | undefined): Server {
  if (mutant === 'prefixes-dropped')
    return { ...server, get: (path) => server.get(path.replace(/=(?:gt|lt|ge|le)(?=\d{4})/g, '=')) }
  if (mutant === 'codes-dropped')
    return {
      ...server,
      get: (path) => server.get(path.replace(/&(?:code|status|category)=[^&]*/g, '')),
    }
  if (mutant === 'last-entry-lost')
    return { ...server, get: async (path) => withoutLast(await server.get(path)) }
  if (mutant === 'element-lost')
    return {
      ...server,
      get: async (path) => {
        const { status, body } = await server.get(path)
        const { subject: _subject, name: _name, ...rest } = body
        return { status, body: rest }
      },
    }
  return server
}

function withoutLast({ status, body }: Reply): Reply {
  return {
    status,
    body: Array.isArray(body.entry) ? { ...body, entry: body.entry.slice(0, -1) } : body,
  }
}
