// What can be said of a connection's settings before anything is sent: what is wrong, and what is
// only unusual.

import { ChartwayError } from '../../kernel/errors.ts'
import type { PathwaySettings } from '../contract.ts'
import { baseUrlProblem, hasUsualCode } from './address.ts'
import { dialectFor, dialectNames } from './dialect.ts'

/** Lets an app export groups [D]. */
const GROUP_SCOPE = 'system/Group.read'

type Checked = Pick<PathwaySettings, 'baseUrl' | 'dialect' | 'overrides'>

/** The first thing that is wrong, with its position in the settings; undefined when nothing is. */
export function settingsProblem(settings: Checked): ChartwayError | undefined {
  const code = baseUrlProblem(settings.baseUrl)
  if (code !== undefined) return new ChartwayError(code, { details: { position: 'baseUrl' } })
  try {
    dialectFor(settings.dialect, settings.overrides)
    return undefined
  } catch (error) {
    if (error instanceof ChartwayError) return placed(error)
    throw error
  }
}

/** The dialect's own positions are below the overrides; a caller sees the whole settings. */
function placed(error: ChartwayError): ChartwayError {
  if (error.code === 'PATHWAY_DIALECT_UNKNOWN')
    return new ChartwayError(error.code, {
      details: { position: 'dialect', known: dialectNames.join(', ') },
    })
  const { position } = error.details
  const below = position === undefined || position === 'overrides' ? '' : `/${position}`
  return new ChartwayError(error.code, { details: { position: `overrides${below}` } })
}

/** Sentences for a person to look at: what is more often a typing mistake than meant. */
export function settingsNotes(settings: Checked): readonly string[] {
  const notes: string[] = []
  if (!hasUsualCode(settings.baseUrl))
    notes.push('Practice codes are usually six letters from A to J; this one is not.')
  if (settings.baseUrl.startsWith('http:'))
    notes.push(
      'The base URL is plain http: charts and tokens travel readable by everybody between.',
    )
  return notes
}

/** The scopes that a connection asks for, which the app must be registered with at the vendor. */
export function wantedScopes(settings: Pick<PathwaySettings, 'dialect' | 'overrides'>): string[] {
  const { scopeByType, bulk } = dialectFor(settings.dialect, settings.overrides)
  // It must be in every token request of a bulk app and in none of another [D].
  return [...new Set([...scopeByType.values(), ...(bulk === undefined ? [] : [GROUP_SCOPE])])]
}
