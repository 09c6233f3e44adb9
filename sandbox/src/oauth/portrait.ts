// Words for people, charts and scopes on the sign-in pages. It reads the practice and changes nothing.

import type { Json, Resource } from '@chartway/codecs/fhir'
import type { PracticeView } from '../world/index.ts'
import { fill, joined, type Markup } from './pages.ts'

/** Charts shown in one list; more are found by a part of the name. */
const CHOICES_MAX = 50

/** The name of `Type/id`, or the reference when the record has none. */
export function nameOf(view: PracticeView, reference: string, now: number): string {
  const [type = '', id = ''] = reference.split('/')
  const resource = view.get(type, id, now)
  return resource === undefined ? reference : (humanName(resource) ?? reference)
}

function humanName({ name }: Resource): string | undefined {
  const [first] = Array.isArray(name) ? name : []
  if (typeof first !== 'object' || first === null || Array.isArray(first)) return undefined
  const given = Array.isArray(first.given) ? first.given : []
  const words = [...given, first.family].filter((word) => typeof word === 'string')
  if (words.length > 0) return words.join(' ')
  return typeof first.text === 'string' ? first.text : undefined
}

export function aboutPatient(view: PracticeView, patient: string | undefined, now: number): string {
  if (patient === undefined) return 'No single patient was chosen.'
  return `The chart of ${nameOf(view, `Patient/${patient}`, now)}.`
}

/** Charts to choose from: those whose name holds `wanted`, of `own` when it is given. */
export function patientChoices(
  view: PracticeView,
  options: {
    readonly wanted: string
    readonly own: readonly string[] | undefined
    readonly now: number
  },
): { readonly count: string; readonly choices: Markup } {
  const { wanted, own, now } = options
  const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  const part = fold(wanted.trim())
  const found: { readonly id: string; readonly name: string; readonly facts: string }[] = []
  let isCut = false
  for (const patient of view.list('Patient', now)) {
    const { id = '' } = patient
    const name = humanName(patient) ?? id
    if ((own !== undefined && !own.includes(id)) || !fold(name).includes(part)) continue
    isCut = found.length >= CHOICES_MAX
    if (isCut) break
    found.push({ id, name, facts: factsOf(patient) })
  }
  const choices = joined(
    found.toSorted((a, b) => a.name.localeCompare(b.name, 'en')).map((row) => fill('patient', row)),
  )
  const count = found.length === 0 ? 'No chart with that name.' : `${found.length} charts`
  return { choices, count: isCut ? `The first ${CHOICES_MAX} charts; name one to find it.` : count }
}

function factsOf({ birthDate, gender }: Resource): string {
  const words: (Json | undefined)[] = [birthDate === undefined ? undefined : `born ${birthDate}`]
  return [...words, gender].filter((word) => typeof word === 'string').join(', ')
}

const PLAIN: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  profile: 'Know who you are',
  fhirUser: 'Know which record in the practice is yours',
  launch: 'Open with the chart you have open',
  'launch/patient': 'Know whose chart you chose',
  offline_access: 'Stay connected when you are away',
}

/** One line for each scope, and for how long it holds. */
export function scopeList(scopes: readonly string[]): {
  readonly scopes: Markup
  readonly duration: string
} {
  const rows = scopes.map((scope) => fill('scope', { scope, words: wordsFor(scope) }))
  const isLong = scopes.includes('offline_access')
  const duration = isLong
    ? 'The app stays connected for up to 90 days.'
    : 'The app stays connected for one hour.'
  return { scopes: joined(rows), duration }
}

function wordsFor(scope: string): string {
  const [, context, type = '', suffix = ''] =
    /^(patient|user)\/([A-Za-z*]+)\.([a-z*]+)/.exec(scope) ?? []
  if (context === undefined) return PLAIN[scope] ?? scope
  const what = type === '*' ? 'everything' : type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
  const where = context === 'patient' ? 'in this chart' : 'in every chart you may open'
  const isRead = /^(read|rs|r)$/.test(suffix)
  return `${isRead ? 'Read' : 'Read or change'} ${what} ${where}`
}
