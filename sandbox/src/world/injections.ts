// Hostile words in the free texts people type: markup, links, orders to a machine, invisible and
// right-to-left characters. The record's shape and its codes stay as they are.

import type { Json, Resource } from '@chartway/codecs/fhir'
import type { Random } from '../random.ts'
import injections from './data/injections.json' with { type: 'json' }
import { isObject } from './shapes.ts'

/** Where people type, by type; `*` is each element of a list. `#` marks base64 of a text. */
const FREE_TEXTS: Readonly<Record<string, readonly string[]>> = {
  AllergyIntolerance: ['reaction.0.manifestation.0.text'],
  Binary: ['#data'],
  CarePlan: ['description'],
  DiagnosticReport: ['conclusion'],
  DocumentReference: ['content.0.attachment.#data', 'content.0.attachment.title'],
  Encounter: ['reasonCode.0.text'],
  Goal: ['description.text'],
  MedicationRequest: ['dosageInstruction.0.text'],
  Patient: ['address.0.line.0'],
  ServiceRequest: ['code.text'],
}

export interface Injections {
  /** The resource, or the same with hostile words; a resource that has its words keeps them alone. */
  into(resource: Resource): Resource
  /** How many times words were put in. */
  count(): number
}

/** Which resource gets which words depends on `random` and its id alone; `share` is asked each time. */
export function createInjections(random: Random, share: () => number): Injections {
  let count = 0
  return {
    into(resource) {
      const wanted = share()
      const places = FREE_TEXTS[resource.resourceType] ?? []
      if (wanted <= 0 || places.length === 0) return resource
      const draw = random.stream(`${resource.resourceType}/${resource.id}`)
      if (!draw.chance(wanted)) return resource
      const { text } = draw.pick(injections)
      for (const place of places) {
        const next = changed(resource, place.split('.'), text)
        if (next === undefined) continue
        if (next !== resource) count++
        return isResource(next) ? next : resource
      }
      return resource
    },
    count: () => count,
  }
}

function isResource(value: Json): value is Resource {
  return isObject(value) && typeof value.resourceType === 'string'
}

/** `value` with the words at the end of the text at `path`; undefined when there is no such text. */
function changed(value: Json, path: readonly string[], words: string): Json | undefined {
  const [step, ...rest] = path
  if (step === undefined) {
    if (typeof value !== 'string') return undefined
    return value.includes(words) ? value : `${value} ${words}`
  }
  const isCoded = step.startsWith('#')
  const name = isCoded ? step.slice(1) : step
  const child = childOf(value, name)
  if (child === undefined) return undefined
  const next = isCoded ? inBase64(child, words) : changed(child, rest, words)
  if (next === undefined || next === child) return next === undefined ? undefined : value
  if (Array.isArray(value)) return value.with(Number(name), next)
  return isObject(value) ? { ...value, [name]: next } : undefined
}

function childOf(value: Json, name: string): Json | undefined {
  if (Array.isArray(value)) return value[Number(name)]
  return isObject(value) ? value[name] : undefined
}

function inBase64(value: Json, words: string): Json | undefined {
  if (typeof value !== 'string') return undefined
  const text = Buffer.from(value, 'base64').toString('utf8')
  return text.includes(words) ? value : Buffer.from(`${text}\n${words}`, 'utf8').toString('base64')
}
