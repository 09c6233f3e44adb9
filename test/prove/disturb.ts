// Changes of the proofs' own in a sandbox's world, beside what lives there: edits, deletions and new
// resources of many types, drawn from a seed. They go through the operator and into the ground truth.

import type { Sandbox } from 'chartway-sandbox'
import type { Item } from './judge/compare.ts'

/** Types that are edited, deleted and added; each is searchable by patient. */
const TYPES = [
  'Condition',
  'AllergyIntolerance',
  'Immunization',
  'MedicationRequest',
  'Observation',
  'Procedure',
  'Coverage',
  'Goal',
  'ServiceRequest',
  'Device',
  'DiagnosticReport',
] as const
/** Of ten changes, so many delete and so many add; the others edit. */
const DELETIONS = 2
const ADDITIONS = 3
const DRAWS_MAX = 50
/** Later than any visibility delay: what is true now, whether it shows yet or not. */
const TRUE_NOW = Number.MAX_SAFE_INTEGER

export interface Disturber {
  /** Makes one change now; says what it did, without content. */
  disturb(): string
}

export function disturber(sandbox: Sandbox, code: string, seed: number): Disturber {
  const draw = generator(seed)
  let added = 0
  return {
    disturb() {
      const { world } = sandbox.operator
      world.advanceTo(sandbox.now())
      const chosen = choose(sandbox, code, draw)
      const kind = draw() * 10
      if (kind < DELETIONS) {
        world.remove(code, chosen.type, chosen.id, 'operator')
        return `deleted a ${chosen.type}`
      }
      const isNew = kind < DELETIONS + ADDITIONS
      const id = isNew
        ? `${chosen.id.slice(0, -6)}new${String(added++).padStart(3, '0')}`
        : chosen.id
      const resource = edited(chosen.resource, id, sandbox.now(), draw)
      world.put(code, { ...resource, resourceType: chosen.type }, 'operator')
      return `${isNew ? 'added' : 'edited'} a ${chosen.type}`
    },
  }
}

function choose(sandbox: Sandbox, code: string, draw: () => number) {
  const practice = sandbox.operator.world.practice(code)
  if (practice === undefined) throw new Error(`There is no practice ${code}`)
  for (let i = 0; i < DRAWS_MAX; i++) {
    const type = TYPES[Math.floor(draw() * TYPES.length)] ?? 'Condition'
    const all = [...practice.list(type, TRUE_NOW)]
    const resource = all[Math.floor(draw() * all.length)]
    if (resource?.id === undefined) continue
    const copy: Item = JSON.parse(JSON.stringify(resource))
    return { type, id: resource.id, resource: copy }
  }
  throw new Error('The practice has nothing to change')
}

/** The resource with another note and another time of change, as an edit in the chart leaves it. */
function edited(resource: Item, id: string, now: number, draw: () => number): Item {
  const meta =
    typeof resource.meta === 'object' && !Array.isArray(resource.meta) ? resource.meta : {}
  return {
    ...resource,
    id,
    meta: { ...meta, lastUpdated: new Date(now).toISOString().replace('Z', '+00:00') },
    note: [{ text: `Edited, draw ${Math.floor(draw() * 1e9)}` }],
  }
}

function generator(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
