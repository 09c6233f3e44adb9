// What a connection says about its app for people: who the app is at the vendor, how it proves itself
// and what it asks for. It checks form alone; the client secret is never among the settings.

import { z } from 'zod'
import type { LaunchKind } from '../../contract.ts'

const SCOPES_MAX = 600
/** SMART App Launch 2.2, "scopes and launch context", for an app that people sign in to. */
const SCOPE =
  /^(openid|fhirUser|profile|launch|launch\/(patient|encounter)|offline_access|online_access|(patient|user)\/(\*|[A-Z][A-Za-z]{1,63})\.(\*|[a-z]{1,12})(\?[!#-[\]-~]{1,300})?)$/

export const AppSettings = z.strictObject({
  clientId: z.string().regex(/^[!-~]{1,200}$/),
  /** As it is registered at the vendor. A symmetric one has its secret in the vault. */
  kind: z.enum(['public', 'confidential-symmetric', 'confidential-asymmetric']),
  scopes: z
    .array(z.string().regex(SCOPE))
    .min(1)
    .max(SCOPES_MAX)
    .refine((scopes) => new Set(scopes).size === scopes.length, 'each scope once'),
  /** Sends the extra parameter `practice_code` with the authorize request [I, one source]. */
  practiceCode: z.boolean().optional(),
})
export type AppSettings = z.infer<typeof AppSettings>

/**
 * The scopes of one launch. `launch` belongs to an EHR launch, `launch/patient` to a standalone one
 * that asks for a patient's data; neither need be in the settings, and the wrong one is left out.
 */
export function scopesOf({ scopes }: AppSettings, kind: LaunchKind): readonly string[] {
  const rest = scopes.filter((scope) => !/^launch(\/|$)/.test(scope))
  if (kind === 'ehr') return ['launch', ...rest]
  const wanted = scopes.filter((scope) => scope.startsWith('launch/'))
  const isAboutPatient = scopes.some((scope) => scope.startsWith('patient/'))
  const context = wanted.length === 0 && isAboutPatient ? ['launch/patient'] : wanted
  return [...context, ...rest]
}
