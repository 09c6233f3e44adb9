// Progress notes and what hangs on them: their text, inline or as a Binary, pictures, and who vouched
// for them.

import type { JsonObject, Resource } from '@chartway/codecs/fhir'
import { illness, rulesOf } from '../editions.ts'
import { coding, concept, refer, SYSTEM } from '../shapes.ts'
import type { Identified } from '../steps.ts'
import {
  type Chart,
  type ChartContext,
  encounterRef,
  patientRef,
  practitionerRef,
  type Visit,
} from './chart.ts'

/** A one-pixel GIF, so that a picture is there without being anybody's. */
const PIXEL = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'

/** The note as first written: draft, its text inline or beside it as a Binary. */
export function progressNote(
  context: ChartContext,
  visit: Visit,
  options: { text: string; asBinary: boolean },
): { note: Identified; binary: Identified | undefined } {
  const { setting, chart } = context
  const data = base64(options.text)
  const contentType = 'text/plain'
  const binary: Identified | undefined = options.asBinary
    ? { resourceType: 'Binary', id: setting.ids.next('Binary'), contentType, data }
    : undefined
  const content: JsonObject = binary === undefined ? { data } : { url: `Binary/${binary.id}` }
  const { calendar, practice } = setting
  const kind = rulesOf(visit.facility.edition).note
  const note: Identified = {
    resourceType: 'DocumentReference',
    id: setting.ids.next('DocumentReference'),
    status: 'current',
    docStatus: 'preliminary',
    type: concept(kind.text, coding(SYSTEM.loinc, kind.loinc)),
    category: [concept('Clinical note', coding(SYSTEM.documentCategory, 'clinical-note'))],
    subject: patientRef(chart),
    date: calendar.dateTime(visit.start),
    author: [practitionerRef(visit.provider)],
    custodian: refer('Organization', practice.id, practice.name),
    content: [{ attachment: { contentType, title: visit.reason, ...content } }],
    context: {
      encounter: [encounterRef(visit)],
      period: { start: calendar.dateTime(visit.start) },
    },
  }
  return { note, binary }
}

/** What the provider writes, in the words of the office; a later version says more. */
export function noteText(chart: Chart, visit: Visit, addition?: string): string {
  const problems = chart.problems.map(({ key }) => illness(key)?.text ?? key).join(', ')
  const words: Readonly<Record<string, string>> = {
    reason: visit.reason,
    'reason-lower': visit.reason.toLowerCase(),
    given: chart.person.given,
    problems: problems === '' ? 'none on file' : problems,
    provider: visit.provider.name,
  }
  const { lines } = rulesOf(visit.facility.edition).note
  return [
    ...lines.map((line) => line.replace(/\{([a-z-]+)\}/g, (_, name: string) => words[name] ?? '')),
    ...(addition === undefined ? [] : [addition]),
  ].join('\n')
}

/** The text in the place where this note keeps it. A note with a Binary only changes its status. */
export function withNote(docStatus: string, text: string) {
  return (current: Resource): Resource => {
    const contents = Array.isArray(current.content) ? current.content : []
    return {
      ...current,
      docStatus,
      content: contents.map((content) => {
        if (typeof content !== 'object' || content === null || Array.isArray(content))
          return content
        const { attachment } = content
        if (typeof attachment !== 'object' || attachment === null || Array.isArray(attachment)) {
          return content
        }
        if (attachment.data === undefined) return content
        return { ...content, attachment: { ...attachment, data: base64(text) } }
      }),
    }
  }
}

export function withData(text: string) {
  return (binary: Resource): Resource => ({ ...binary, data: base64(text) })
}

export function provenance(
  { setting }: ChartContext,
  target: Identified,
  options: { at: number; visit: Visit },
): Identified {
  const { practice } = setting
  setting.attested.add(`${target.resourceType}/${target.id}`)
  const system = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type'
  return {
    resourceType: 'Provenance',
    id: setting.ids.next('Provenance'),
    target: [refer(target.resourceType, target.id)],
    recorded: setting.calendar.dateTime(options.at),
    agent: [
      {
        type: concept('Author', coding(system, 'author')),
        who: practitionerRef(options.visit.provider),
        onBehalfOf: refer('Organization', practice.id, practice.name),
      },
    ],
  }
}

export function picture({ setting, chart }: ChartContext, visit: Visit): Identified {
  return {
    resourceType: 'Media',
    id: setting.ids.next('Media'),
    status: 'completed',
    type: concept('Picture of a skin lesion'),
    subject: patientRef(chart),
    encounter: encounterRef(visit),
    createdDateTime: setting.calendar.dateTime(visit.start),
    operator: practitionerRef(visit.provider),
    content: { contentType: 'image/gif', data: PIXEL },
  }
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
