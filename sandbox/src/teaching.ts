// Forms that public articles show for this vendor and that its published surface does not have. They
// are refused either way; by switch the refusal names the form that works, or is the vendor's.

import { type Draft, outcome, plain } from './reply.ts'
import type { Switches } from './switches.ts'
import type { WireRequest } from './wire.ts'

export interface TaughtForm {
  readonly name: string
  /** As the vendor would answer [G]; undefined: as any other request of that kind. */
  readonly vendor: Draft | undefined
  /** Words that name the right form. */
  readonly lesson: string
}

const RESOURCE_TYPE = /^[A-Z][a-z]+[A-Za-z]*$/
const BODY_SEARCHED_MAX = 1_000_000

/** The article's form this request uses, if any. `segments` is the path without empty ends. */
export function taughtForm(
  request: WireRequest,
  segments: readonly string[],
  publicUrl: string,
): TaughtForm | undefined {
  const [first, second, code = '', type, operation] = segments
  const notFound = plain(404, 'Not Found')
  if (first === 'oauth2') {
    const lesson = `The token endpoint is POST ${publicUrl}/oauth/oauth2/token with a client_assertion signed with RS384 by a registered key; a client secret with Basic does not work for backend apps, and scopes such as system/Appointment.read are not published.`
    return { name: 'token', vendor: notFound, lesson }
  }
  if (first === 'api' && second === 'v1') {
    const lesson = `There is no /api/v1. Encounters of a patient are GET ${publicUrl}/fhir/r4/{practice_code}/Encounter?patient={id}.`
    return { name: 'api-v1', vendor: notFound, lesson }
  }
  if (mentionsSuggestions(request)) {
    const lesson =
      'There is no AI_Suggestions field and no write into a note. Clinical notes can be read as DocumentReference; writing one needs a contract with the vendor.'
    return { name: 'ai-suggestions', vendor: undefined, lesson }
  }
  if (first !== 'fhir' || second !== 'r4') return undefined
  const isCodeless = code === 'metadata' || code === '.well-known' || RESOURCE_TYPE.test(code)
  const asked = isCodeless ? [code, type] : [type, operation]
  if (asked[0] === 'Patient' && asked[1] === '$export') {
    const lesson = `Only groups are exported: GET ${publicUrl}/fhir/r4/{practice_code}/Group/{id}/$export with Prefer: respond-async, for a group that the practice has made.`
    return { name: 'patient-export', vendor: isCodeless ? codeless() : undefined, lesson }
  }
  if (asked[0] === 'Appointment') {
    const lesson = `Appointment is not served. Booked visits are Encounters: GET ${publicUrl}/fhir/r4/{practice_code}/Encounter?practitioner={id}&date=ge{day}&date=lt{next day}, status planned.`
    return { name: 'appointment', vendor: isCodeless ? codeless() : undefined, lesson }
  }
  if (!isCodeless) return undefined
  const lesson = `The practice code is part of the path: ${publicUrl}/fhir/r4/{practice_code}/${segments.slice(2).join('/')}`
  return { name: 'no-practice-code', vendor: codeless(), lesson }
}

/** The refusal of an article's form; undefined when the vendor has no special one. */
export function refusalOf(form: TaughtForm, switches: Switches): Draft | undefined {
  if (switches.is('articles', 'vendor')) return form.vendor
  const status = form.vendor?.status ?? 400
  return outcome(status, `${form.lesson}`, 'not-supported')
}

function codeless(): Draft {
  return outcome(400, 'Invalid request: no practice code in the request URL')
}

function mentionsSuggestions({ path, body }: WireRequest): boolean {
  if (path.includes('AI_Suggestions')) return true
  if (body.length === 0 || body.length > BODY_SEARCHED_MAX) return false
  return new TextDecoder().decode(body).includes('"AI_Suggestions"')
}
