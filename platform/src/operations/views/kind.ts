// Whether a record is one of a view's objects, as far as the caller may see what tells it.

import type { Mirrored } from '../../mirror/index.ts'
import type { View } from '../../views/index.ts'
import type { KeyedContext } from '../context.ts'
import { resourceOf } from './maker.ts'

/** Of this view's kind, as far as the caller may see what tells it. */
export function isOne(view: View, { principal }: KeyedContext, found: Mirrored): boolean {
  if (view.takes === undefined) return true
  const { types } = principal.charts
  const extent = types === 'all' ? 'whole' : types.get(view.type)
  const tells = extent === 'whole' || (extent ?? []).includes(view.takesFrom ?? '')
  return tells && view.takes(resourceOf(found))
}
