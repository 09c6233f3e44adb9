// Two more ways a record's patient or place changes: an entry that was filed in the wrong chart is put
// right, and a patient goes to another office from now on.

import type { JsonObject, Resource } from '@chartway/codecs/fhir'
import type { Random } from '../random.ts'
import { chooseSettled } from './deletions.ts'
import { refiled } from './identity.ts'
import type { Life } from './life.ts'
import { isObject, refer } from './shapes.ts'
import { edit, type Identified } from './steps.ts'

/** Entries that stand alone well enough to have been put into the wrong chart. */
const MISFILED: ReadonlySet<string> = new Set([
  'AllergyIntolerance',
  'DocumentReference',
  'FamilyMemberHistory',
  'Immunization',
])
/** Charts tried before the day does without one. */
const TRIES_MAX = 6

/** Somebody notices that an entry belongs to another patient and moves it there. */
export function putRight(life: Life, random: Random, at: number): void {
  const { setting, practice, roster, player } = life
  for (let i = 0; i < TRIES_MAX; i++) {
    const wrong = roster.pick(random)
    const right = roster.pick(random)
    if (wrong === undefined || right === undefined || wrong === right) continue
    const options = { store: practice.store, at, random, types: MISFILED }
    const chosen = chooseSettled(setting, wrong, options)
    if (chosen === undefined) continue
    player.play([edit(at, 'move', chosen, (now) => refiled(now, right.patientId))], at)
    return
  }
}

/** A patient chooses another office: another provider, shown on the patient and in the care team. */
export function changeOffice(life: Life, random: Random, at: number): void {
  const { setting, practice, roster, player } = life
  const chart = roster.pick(random)
  if (chart === undefined) return
  const elsewhere = setting.providers.filter(({ facility }) => facility.id !== chart.facility.id)
  if (elsewhere.length === 0) return
  const old = chart.provider
  const provider = random.pick(elsewhere)
  chart.provider = provider
  chart.facility = provider.facility
  const known: Identified = { resourceType: 'Patient', id: chart.patientId }
  const generalPractitioner = [refer('Practitioner', provider.id, provider.name)]
  const { organization } = provider.facility
  const managingOrganization = refer('Organization', organization.id, organization.name)
  const steps = [
    edit(at, 'move', known, (now) => ({ ...now, generalPractitioner, managingOrganization })),
  ]
  for (const entry of practice.store.chart(chart.patientId)) {
    if (entry.resourceType !== 'CareTeam' || entry.id === undefined) continue
    const team: Identified = { resourceType: 'CareTeam', id: entry.id }
    const before = `Practitioner/${old.id}`
    const member = refer('Practitioner', provider.id, provider.name)
    steps.push(edit(at + 1_000, 'move', team, (now) => withMember(now, before, member)))
  }
  player.play(steps, at)
}

function withMember(team: Resource, before: string, member: JsonObject): Resource {
  if (!Array.isArray(team.participant)) return team
  const participant = team.participant.map((each) =>
    isObject(each) && isObject(each.member) && each.member.reference === before
      ? { ...each, member }
      : each,
  )
  return { ...team, participant }
}
