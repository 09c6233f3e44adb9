// Scopes of access tokens: SMART App Launch 2.2 (v1 and v2 forms, reading alone) and our own table, and
// what they allow. A scope never gives more than its holder has; who holds it is not known here.

import type { ChartAccess, Right } from '../../kernel/principal.ts'

/** A scope of ours: what it allows, and how a person is told. Agents' tools ask for these, too. */
export interface OwnScope {
  readonly rights: readonly Right[]
  /** Types of charts that it shows; `all` or by name. */
  readonly types: 'all' | readonly string[]
  readonly says: string
}

/** Scopes that are not FHIR's. A face that needs another one for its tools adds a row. */
export const OWN_SCOPES: Readonly<Record<string, OwnScope>> = {
  'charts:read': { rights: ['charts'], types: 'all', says: 'read charts, as far as you may' },
  'monitor:read': {
    rights: ['monitor'],
    types: [],
    says: 'see how fresh the data is and how the installation works',
  },
}

/** About the launch and the token, not about data. */
const LAUNCH = ['launch/patient', 'offline_access', 'online_access']
/** Asked for by many applications; we give no identity tokens, so they are left out of what is granted. */
const DROPPED = ['openid', 'fhirUser', 'profile', 'launch']
/** SMART 2.2, "Scopes for requesting FHIR Resources"; the v2 letters must be in this order. */
const FHIR_SCOPE = /^(patient|user|system)\/(\*|[A-Z][A-Za-z]{1,63})\.(read|write|\*|c?r?u?d?s?)$/
const SCOPES_MAX = 100
const SCOPE_TEXT_MAX = 4_000

export type ScopeContext = 'patient' | 'user' | 'system'

export interface FhirScope {
  readonly context: ScopeContext
  /** A FHIR type, or `*`. */
  readonly type: string
}

/**
 * The scopes that a text asks for, in the form in which they are granted (`patient/*.rs`); undefined
 * when one of them is not ours. Writing is not served: of a scope for both, reading is granted.
 */
export function parseScopes(text: string): readonly string[] | undefined {
  if (text.length > SCOPE_TEXT_MAX) return undefined
  const asked = text.split(' ').filter((scope) => scope !== '')
  if (asked.length === 0 || asked.length > SCOPES_MAX) return undefined
  const granted = new Set<string>()
  for (const scope of asked) {
    if (DROPPED.includes(scope)) continue
    const normal = normalScope(scope)
    if (normal === undefined) return undefined
    granted.add(normal)
  }
  return [...granted]
}

function normalScope(scope: string): string | undefined {
  if (LAUNCH.includes(scope) || Object.hasOwn(OWN_SCOPES, scope)) return scope
  const [, context = '', type = '', permission = ''] = FHIR_SCOPE.exec(scope) ?? []
  const reads = permission === 'read' || permission === '*' || permission.includes('r')
  return reads && permission !== 'write' ? `${context}/${type}.rs` : undefined
}

export function fhirScopes(scopes: readonly string[]): readonly FhirScope[] {
  return scopes.flatMap((scope) => {
    const [, context, type] = /^(patient|user|system)\/(\*|\w+)\.rs$/.exec(scope) ?? []
    if (type === undefined) return []
    if (context === 'patient' || context === 'user' || context === 'system')
      return [{ context, type }]
    return []
  })
}

/** Whether one of `allowed` covers the scope: the same, or the same context with all types. */
export function isCovered(scope: string, allowed: readonly string[]): boolean {
  if (allowed.includes(scope)) return true
  const [of] = fhirScopes([scope])
  return of !== undefined && allowed.includes(`${of.context}/*.rs`)
}

/** Whether a person must choose one patient. */
export function needsPatient(scopes: readonly string[]): boolean {
  return (
    scopes.includes('launch/patient') ||
    fhirScopes(scopes).some(({ context }) => context === 'patient')
  )
}

/** What the scopes allow at most. `patient`: the one that was chosen, for all of them when it is set. */
export function allowedBy(
  scopes: readonly string[],
  patient: string | undefined,
): { readonly rights: readonly Right[]; readonly charts: ChartAccess } {
  const own = scopes.flatMap((scope) => OWN_SCOPES[scope] ?? [])
  const fhir = fhirScopes(scopes)
  const rights = new Set(own.flatMap((scope) => scope.rights))
  if (fhir.length > 0) rights.add('charts')
  const all = own.some(({ types }) => types === 'all') || fhir.some(({ type }) => type === '*')
  const named = [
    ...own.flatMap(({ types }) => (types === 'all' ? [] : types)),
    ...fhir.map(({ type }) => type),
  ]
  const types = all ? ('all' as const) : new Map(named.map((type) => [type, 'whole' as const]))
  return { rights: [...rights], charts: { types, sensitive: true, patient } }
}

/** What both allow. Patients that differ leave nothing. */
export function both(one: ChartAccess, other: ChartAccess): ChartAccess {
  const apart =
    one.patient !== undefined && other.patient !== undefined && one.patient !== other.patient
  return {
    types: apart ? new Map() : bothTypes(one.types, other.types),
    sensitive: one.sensitive && other.sensitive,
    patient: one.patient ?? other.patient,
  }
}

function bothTypes(one: ChartAccess['types'], other: ChartAccess['types']): ChartAccess['types'] {
  if (one === 'all') return other
  if (other === 'all') return one
  return new Map(
    [...one].flatMap(([type, extent]) => {
      const theirs = other.get(type)
      if (theirs === undefined) return []
      if (extent === 'whole') return [[type, theirs] as const]
      if (theirs === 'whole') return [[type, extent] as const]
      return [[type, extent.filter((element) => theirs.includes(element))] as const]
    }),
  )
}

/** A scope in words, for the person who is asked. */
export function inWords(scope: string): string {
  const own = OWN_SCOPES[scope]
  if (own !== undefined) return own.says
  if (scope === 'launch/patient') return 'know which patient you choose'
  if (scope === 'offline_access') return 'go on when you have left, until you or we end it'
  if (scope === 'online_access') return 'go on while you are at work'
  const [of] = fhirScopes([scope])
  if (of === undefined) return scope
  const what = of.type === '*' ? 'all kinds of records' : `records of the type ${of.type}`
  return of.context === 'patient'
    ? `read ${what} of the patient you choose`
    : `read ${what} of all patients that you may see`
}
