// What is going to change, as values: a resource comes to be, changes or goes, at an instant and for
// a cause. Steps know nothing of stores; the past folds them, the present plays them.

import type { Resource } from '@chartway/codecs/fhir'
import type { Cause } from './types.ts'

/** Every resource of a living practice has an id before it is written. */
export type Identified = Resource & { id: string }

export interface Create {
  readonly kind: 'create'
  readonly at: number
  readonly cause: Cause
  readonly resource: Identified
}

export interface Edit {
  readonly kind: 'edit'
  readonly at: number
  readonly cause: Cause
  readonly type: string
  readonly id: string
  /** Gives the new state; must keep type and id. Left undone when the resource is gone by then. */
  readonly change: (current: Resource) => Resource
}

export type Step = Create | Edit

export function create(at: number, cause: Cause, resource: Identified): Create {
  return { kind: 'create', at, cause, resource }
}

export function edit(
  at: number,
  cause: Cause,
  resource: Identified,
  change: (current: Resource) => Resource,
): Edit {
  return { kind: 'edit', at, cause, type: resource.resourceType, id: resource.id, change }
}

/** A state of a resource before the world began, and since when it has been so. */
export interface PastState {
  readonly at: number
  readonly resource: Resource
}

/**
 * The last state before `instant` of everything the steps touch, oldest first, and the steps that
 * are still to come.
 */
export function fold(steps: readonly Step[], instant: number): { past: PastState[]; rest: Step[] } {
  const states = new Map<string, PastState>()
  const rest: Step[] = []
  for (const step of [...steps].sort((a, b) => a.at - b.at)) {
    if (step.at >= instant) {
      rest.push(step)
    } else if (step.kind === 'create') {
      states.set(`${step.resource.resourceType}/${step.resource.id}`, step)
    } else {
      const state = states.get(`${step.type}/${step.id}`)
      if (state !== undefined) {
        const resource = step.change(state.resource)
        states.set(`${step.type}/${step.id}`, { at: step.at, resource })
      }
    }
  }
  return { past: [...states.values()].sort((a, b) => a.at - b.at), rest }
}
