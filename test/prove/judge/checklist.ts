// Goes through US Core's checklists row by row against a FHIR server, and says of each row whether it is
// met, missed or cannot be shown with the records that are there, and why. It knows the records and a way to ask.

import {
  type Definition,
  isDated,
  isValue,
  type Term,
  termsOf,
  type Value,
  valuesAt,
} from './searched.ts'

export interface Profile {
  readonly resource: string
  readonly profile: string
  readonly interactions: readonly { readonly code: string; readonly expectation: string }[]
  readonly searches: readonly { readonly expectation: string; readonly names: readonly string[] }[]
  readonly search_definitions: Readonly<Record<string, Definition>>
  readonly must_supports: {
    readonly extensions: readonly {
      readonly id: string
      readonly path: string
      readonly url: string
    }[]
    readonly elements: readonly { readonly path: string }[]
  }
}

export interface Reply {
  readonly status: number
  readonly body: Value
}

export interface Server {
  /** GET of a path below the base, or of a link that the server gave. */
  get(path: string): Promise<Reply>
  post(path: string, form: string): Promise<Reply>
}

export type Verdict = 'met' | 'missed' | 'not-applicable'

export interface Row {
  readonly version: string
  readonly profile: string
  /** `SHALL`, `SHOULD` or `MAY`; elements that must be supported count as a SHALL. */
  readonly weight: string
  readonly what: string
  readonly verdict: Verdict
  readonly why: string
}

export interface Judging {
  readonly server: Server
  /** Records by type, as they were put in. */
  readonly records: ReadonlyMap<string, readonly Value[]>
  /** Records of a profile that one search is tried with. */
  readonly tries: number
}

const PAGES_MAX = 200
/** Written into a date parameter, so that each end of its comparison is tried. */
const COMPARATORS = ['eq', 'gt', 'lt', 'ge', 'le'] as const

interface Found {
  readonly verdict: Verdict
  readonly why: string
}
const met: Found = { verdict: 'met', why: '' }
const missed = (why: string): Found => ({ verdict: 'missed', why })
const without = (why: string): Found => ({ verdict: 'not-applicable', why })

/** All rows of one profile of one version. */
export async function judgeProfile(
  judging: Judging,
  version: string,
  profile: Profile,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  const add = (weight: string, what: string, { verdict, why }: Found) =>
    rows.push({ version, profile: profile.profile, weight, what, verdict, why })
  const samples = samplesOf(judging, profile)
  for (const { code, expectation } of profile.interactions)
    add(expectation, `interaction ${code}`, await interaction(judging, profile, code, samples))
  for (const { names, expectation } of profile.searches)
    add(expectation, `search ${names.join('+')}`, await searched(judging, profile, names, samples))
  for (const [name, definition] of Object.entries(profile.search_definitions))
    for (const { chain, expectation } of definition.chain ?? [])
      add(expectation, `chain ${name}.${chain}`, await chained(judging, profile, name, chain))
  for (const found of await mustSupports(judging, profile)) add('SHALL', found.what, found)
  return rows
}

/** Records of the profile first, then others of its type. */
function samplesOf({ records }: Judging, { resource, profile }: Profile): readonly Value[] {
  const all = records.get(resource) ?? []
  const claims = (record: Value) =>
    valuesAt(record, 'meta.profile').some((url) => String(url).split('|')[0] === profile)
  return [...all.filter(claims), ...all.filter((record) => !claims(record))]
}

async function interaction(
  judging: Judging,
  { resource }: Profile,
  code: string,
  samples: readonly Value[],
): Promise<Found> {
  const [sample] = samples
  if (code === 'create' || code === 'update' || code === 'patch' || code === 'delete')
    return missed('the facade reads only')
  if (sample === undefined) return without(`no ${resource} among the records`)
  const place = `${resource}/${sample.id}`
  if (code === 'read') return same(sample, await judging.server.get(place))
  if (code === 'vread') return same(sample, await judging.server.get(`${place}/_history/1`))
  if (code === 'search-type') return finds(judging, resource, `_id=${sample.id}`, [sample])
  const history = await judging.server.get(
    code === 'history-instance' ? `${place}/_history` : `${resource}/_history`,
  )
  const found = entriesIn(history.body).length
  return history.status === 200 && found > 0 ? met : missed(`answered ${history.status}`)
}

/** Equal to the record but for what a server says of its own state. */
function same(sample: Value, { status, body }: Reply): Found {
  if (status !== 200) return missed(`answered ${status}`)
  return text(body) === text(sample) ? met : missed(`${sample.resourceType}/${sample.id} differs`)
}

function text(record: Value): string {
  const { meta, ...rest } = record
  const own = isValue(meta) ? meta : {}
  const { versionId: _v, lastUpdated: _l, extension, ...kept } = own
  const others = (Array.isArray(extension) ? extension : []).filter(
    (one) => !isValue(one) || !String(one.url).endsWith('/practice-last-updated'),
  )
  const whole = others.length > 0 ? { ...kept, extension: others } : kept
  return JSON.stringify(sorted(Object.keys(whole).length > 0 ? { ...rest, meta: whole } : rest))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isValue(value)) return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]))
}

/** Tries a combination of parameters with records that have all of them. */
async function searched(
  judging: Judging,
  profile: Profile,
  names: readonly string[],
  samples: readonly Value[],
): Promise<Found> {
  const { resource } = profile
  if (samples.length === 0) return without(`no ${resource} among the records`)
  let tried = 0
  let lacking = ''
  for (const sample of samples) {
    if (tried >= judging.tries) break
    const terms: (readonly [string, readonly Term[]])[] = names.map((name) => [
      name,
      termsFor(profile, name, sample),
    ])
    const absent = terms.find(([, found]) => found.length === 0)
    if (absent !== undefined) {
      lacking = absent[0]
      continue
    }
    tried += 1
    const found = await combination(judging, profile, terms)
    if (found.verdict === 'missed') return found
  }
  return tried > 0 ? met : without(`no record has a ${lacking} to be searched by`)
}

function termsFor(profile: Profile, name: string, sample: Value): readonly Term[] {
  const definition = profile.search_definitions[name]
  if (name === '_id') return termsOf('_id', { paths: ['id'], type: 'string' }, sample)
  return definition === undefined ? [] : termsOf(name, definition, sample)
}

async function combination(
  judging: Judging,
  profile: Profile,
  terms: readonly (readonly [string, readonly Term[]])[],
): Promise<Found> {
  const longest = Math.max(...terms.map(([, found]) => found.length))
  for (let index = 0; index < longest; index++) {
    const chosen = terms.flatMap(([name, found]) => {
      const term = found[Math.min(index, found.length - 1)]
      return term === undefined ? [] : [{ name, term }]
    })
    const found = await oneSearch(judging, profile, chosen)
    if (found.verdict === 'missed') return found
  }
  return met
}

interface Chosen {
  readonly name: string
  readonly term: Term
}

/** As it stands, by POST, with each comparator that is a SHALL, and with two values where that is one. */
async function oneSearch(
  judging: Judging,
  profile: Profile,
  chosen: readonly Chosen[],
): Promise<Found> {
  const { resource } = profile
  const expected = (finds: (record: Value) => boolean) =>
    (judging.records.get(resource) ?? []).filter(finds)
  const all = (record: Value) => chosen.every(({ term }) => term.finds(record))
  const query = queryOf(chosen)
  const plain = await finds(judging, resource, query, expected(all))
  if (plain.verdict === 'missed') return plain
  const posted = idsIn(await judging.server.post(`${resource}/_search`, `${query}&_count=500`))
  if (posted === undefined) return missed(`POST of ${names(chosen)} refused`)
  for (const variant of variantsOf(profile, chosen)) {
    const found = await finds(
      judging,
      resource,
      queryOf(variant),
      expected((record) => variant.every(({ term }) => term.finds(record))),
    )
    if (found.verdict === 'missed') return found
  }
  return met
}

function variantsOf(profile: Profile, chosen: readonly Chosen[]): (readonly Chosen[])[] {
  return chosen.flatMap(({ name, term }, index) => {
    const definition = profile.search_definitions[name]
    const replaced = (other: Term) =>
      chosen.map((one, at) => (at === index ? { name, term: other } : one))
    const shall = Object.entries(definition?.comparators ?? {}).filter(
      ([, weight]) => weight === 'SHALL',
    )
    const dates = COMPARATORS.filter((prefix) => shall.some(([name]) => name === prefix)).map(
      (prefix) => replaced(dated(prefix, term.text, definition)),
    )
    const either =
      definition?.multiple_or === 'SHALL'
        ? [replaced({ text: `${term.text},no-such-value`, finds: term.finds })]
        : []
    return [...dates, ...either]
  })
}

function dated(prefix: string, day: string, definition: Definition | undefined): Term {
  const paths = definition?.paths ?? []
  return {
    text: `${prefix}${day}`,
    finds: (record) =>
      paths.flatMap((path) => valuesAt(record, path)).some((value) => isDated(prefix, day, value)),
  }
}

/** A chain from a record of the type through what it points at. */
async function chained(
  judging: Judging,
  { resource, search_definitions }: Profile,
  name: string,
  chain: string,
): Promise<Found> {
  const definition = search_definitions[name]
  const links = judging.records.get(resource) ?? []
  for (const link of links) {
    const [value] = (definition?.paths ?? []).flatMap((path) => valuesAt(link, path))
    const reference = isValue(value) ? String(value.reference) : ''
    const [type = '', id] = reference.split('/')
    const target = judging.records.get(type)?.find((record) => record.id === id)
    if (target === undefined) continue
    const far =
      chain === 'identifier'
        ? { paths: ['identifier'], type: 'Identifier' }
        : { paths: [chain], type: 'HumanName' }
    const [term] = termsOf(chain, far, target)
    if (term === undefined) continue
    const near = (record: Value) =>
      (definition?.paths ?? [])
        .flatMap((path) => valuesAt(record, path))
        .map((one) => (isValue(one) ? one.reference : ''))
    const targets = (judging.records.get(type) ?? [])
      .filter(term.finds)
      .map((one) => `${type}/${one.id}`)
    const expected = links.filter((record) =>
      near(record).some((one) => targets.includes(String(one))),
    )
    return finds(judging, resource, `${name}.${chain}=${encodeURIComponent(term.text)}`, expected)
  }
  return without(`no ${resource} points at a record with a ${chain}`)
}

/** Elements that a server must show when it has them: of every record that has one. */
async function mustSupports(
  judging: Judging,
  profile: Profile,
): Promise<readonly (Found & { readonly what: string })[]> {
  const { resource, must_supports } = profile
  const samples = judging.records.get(resource) ?? []
  const rows: (Found & { readonly what: string })[] = []
  const wanted = [
    ...must_supports.elements.map(({ path }) => ({
      what: `element ${path}`,
      path: path.replace(/:[A-Za-z]+/g, ''),
    })),
    ...must_supports.extensions.map(({ id, path, url }) => ({
      what: `extension ${id}`,
      path: path.endsWith('extension') ? `${path}.where(url='${url}')` : path,
    })),
  ]
  for (const { what, path } of wanted) {
    const sample = samples.find((record) => valuesAt(record, path).length > 0)
    if (sample === undefined) {
      rows.push({ what, ...without('no record has it') })
      continue
    }
    const { status, body } = await judging.server.get(`${resource}/${sample.id}`)
    const kept =
      JSON.stringify(sorted(valuesAt(body, path))) ===
      JSON.stringify(sorted(valuesAt(sample, path)))
    rows.push({ what, ...(status === 200 && kept ? met : missed(`not shown (${status})`)) })
  }
  return rows
}

function queryOf(chosen: readonly Chosen[]): string {
  return chosen.map(({ name, term }) => `${name}=${encodeURIComponent(term.text)}`).join('&')
}

function names(chosen: readonly Chosen[]): string {
  return chosen.map(({ name }) => name).join('+')
}

/** All pages of a search, against what it should find. */
async function finds(
  { server }: Judging,
  resource: string,
  query: string,
  expected: readonly Value[],
): Promise<Found> {
  const found: string[] = []
  let path: string | undefined = `${resource}?${query}&_count=50`
  const parameters = query.replace(/=[^&]*/g, '')
  for (let page = 0; path !== undefined && page < PAGES_MAX; page++) {
    const reply: Reply = await server.get(path)
    const ids = idsIn(reply)
    if (ids === undefined) return missed(`${parameters} answered ${reply.status}`)
    found.push(...ids)
    path = nextOf(reply.body)
  }
  const wanted = expected.map(({ id }) => String(id)).sort()
  const missing = wanted.filter((id) => !found.includes(id)).length
  const foreign = found.filter((id) => !wanted.includes(id)).length
  const twice = found.length - new Set(found).size
  if (missing + foreign + twice === 0) return met
  return missed(
    `${parameters}: ${missing} of ${wanted.length} missing, ${foreign} too many, ${twice} twice`,
  )
}

function idsIn({ status, body }: Reply): string[] | undefined {
  if (status !== 200 || body.resourceType !== 'Bundle') return undefined
  return entriesIn(body).flatMap((entry) => {
    const { search, resource } = entry
    const isMatch = isValue(search) && search.mode === 'match'
    return isMatch && isValue(resource) ? [String(resource.id)] : []
  })
}

function entriesIn(body: Value): readonly Value[] {
  return Array.isArray(body.entry) ? body.entry.filter(isValue) : []
}

function nextOf(body: Value): string | undefined {
  const links = Array.isArray(body.link) ? body.link.filter(isValue) : []
  const next = links.find(({ relation }) => relation === 'next')
  return next === undefined ? undefined : String(next.url)
}
