// Who is asking, with which rights: what a page needs to know before it shows anything.

import { z } from 'zod'
import { type Principal, RIGHTS } from '../kernel/principal.ts'
import { ROLES, type User } from '../people/index.ts'
import { operation } from './operation.ts'
import { ownUserId, showUser, userShown } from './people-fields.ts'

export const whoShown = z
  .object({
    organization: z.string(),
    actor: z.string().describe('As the ledger names the caller'),
    user: userShown.nullable().describe('Null for programs'),
    sessionId: z.string().nullable(),
    roles: z.array(z.enum(ROLES)),
    rights: z.array(z.enum(RIGHTS)),
    practices: z.array(z.string()).nullable().describe('Null: all of the organization'),
    charts: z.object({
      types: z
        .union([
          z.literal('all'),
          z.record(z.string(), z.union([z.literal('whole'), z.array(z.string())])),
        ])
        .describe('By FHIR type: the whole resource, or these elements of it'),
      sensitive: z.boolean(),
      patient: z.string().nullable(),
    }),
    fresh: z.boolean().describe('Whether the proof is fresh enough for what needs a fresh one'),
  })
  .meta({ id: 'Who' })

export const sessionsRead = operation({
  name: 'sessions.read',
  summary: 'Who is asking, with which rights and roles',
  need: 'any',
  input: z.strictObject({}),
  output: whoShown,
  run: async (context) => {
    const { people, principal, sessionId } = context
    const userId = ownUserId(context)
    const user = userId && (await people.user(principal.organization, userId))
    const fresh = people.isFresh(principal)
    return showWho(principal, { user: user || undefined, sessionId, fresh })
  },
})

export function showWho(
  principal: Principal,
  of: {
    readonly user: User | undefined
    readonly sessionId: string | undefined
    readonly fresh: boolean
  },
): z.input<typeof whoShown> {
  const { organization, actor, rights, practices, charts } = principal
  return {
    organization,
    actor,
    user: of.user === undefined ? null : showUser(of.user),
    sessionId: of.sessionId ?? null,
    roles: [...(of.user?.roles ?? [])],
    rights: [...rights],
    practices: practices === undefined ? null : [...practices],
    charts: {
      types: charts.types === 'all' ? 'all' : shownTypes(charts.types),
      sensitive: charts.sensitive,
      patient: charts.patient ?? null,
    },
    fresh: of.fresh,
  }
}

function shownTypes(types: ReadonlyMap<string, 'whole' | readonly string[]>) {
  return Object.fromEntries(
    [...types].map(([type, extent]) => [type, extent === 'whole' ? extent : [...extent]] as const),
  )
}
