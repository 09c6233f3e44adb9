// Fields about people that several operations share, and how accounts and sessions are shown. No secret
// but those that are shown once.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { practiceId } from '../kernel/ids.ts'
import { type Grant, type ListedSession, ROLES, type User } from '../people/index.ts'
import type { KeyedContext } from './context.ts'
import { instant, instantField } from './fields.ts'

export const accountNameField: z.ZodType<string, unknown> = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@+-]{1,98}[a-z0-9]$/, 'letters, digits and . _ @ + -, 3 to 100 of them')
  .describe('What is typed at sign-in, such as an e-mail address; in lower case')

/** Longer than any password that is taken, so that the rule about length says it in its own words. */
export const passwordField = z.string().min(1).max(1024)

export const codeField = z
  .string()
  .min(6)
  .max(40)
  .describe('Of the authenticator application, or a recovery code')

export const tokenField = z.string().min(1).max(200).describe('From the link of the invitation')

export const userField = z
  .string()
  .regex(/^[0-9a-f]{20}$/, '20 hexadecimal digits')
  .describe('Id of the account')

export const sessionField = z.string().regex(/^[0-9a-f]{20}$/, '20 hexadecimal digits')

export const displayNameField = z.string().trim().min(1).max(100)

export const rolesField = z.array(z.enum(ROLES)).min(1).max(ROLES.length)

export const practicesField = z
  .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes'))
  .min(1)
  .max(100)
  .nullable()
  .describe('The only practices where the roles hold; null: all of the organization')

export const sensitiveField = z
  .boolean()
  .describe('Records with a restricting security label too; counts for clinicians alone')

export const userShown = z
  .object({
    userId: z.string(),
    name: z.string(),
    displayName: z.string(),
    state: z.enum(['invited', 'active', 'disabled']),
    roles: z.array(z.enum(ROLES)),
    practices: z.array(z.string()).nullable(),
    sensitive: z.boolean(),
    createdAt: instantField,
  })
  .meta({ id: 'User' })

export const invitationShown = z
  .object({
    token: z.string().describe('Shown once; the page that takes it is /#/invitation/<token>'),
    expiresAt: instantField,
  })
  .meta({ id: 'Invitation' })

export const sessionShown = z
  .object({
    sessionId: z.string(),
    userId: z.string(),
    source: z.string().describe('The network address it was begun from'),
    createdAt: instantField,
    lastActiveAt: instantField,
    expiresAt: instantField.describe('When it is over unless it is used before'),
    current: z.boolean().describe('Whether it is the one that asks'),
  })
  .meta({ id: 'Session' })

export function showUser(user: User): z.input<typeof userShown> {
  const { createdAt, practices, roles, ...rest } = user
  return {
    ...rest,
    roles: [...roles],
    practices: practices === undefined ? null : [...practices],
    createdAt: instant(createdAt),
  }
}

export function showSession(
  session: ListedSession,
  { sessionId }: Pick<KeyedContext, 'sessionId'>,
): z.input<typeof sessionShown> {
  return {
    ...session,
    createdAt: instant(session.createdAt),
    lastActiveAt: instant(session.lastActiveAt),
    expiresAt: instant(session.expiresAt),
    current: session.sessionId === sessionId,
  }
}

/** The practices of a grant; throws NOT_FOUND when one is not of the organization. */
export async function grantedPractices(
  { practices, principal }: KeyedContext,
  named: readonly string[] | null | undefined,
): Promise<Grant['practices']> {
  if (named === null || named === undefined) return undefined
  const known = await practices.list(principal.organization)
  return [...new Set(named)].map((text) => {
    const id = practiceId(text)
    if (id === undefined || !known.some(({ ref }) => ref.practice === id))
      throw new ChartwayError('NOT_FOUND', { details: { practice: text } })
    return id
  })
}

/** The session that asks. Throws SESSION_NEEDED for programs. */
export function sessionOf({ sessionId }: Pick<KeyedContext, 'sessionId'>): string {
  if (sessionId === undefined) throw new ChartwayError('SESSION_NEEDED')
  return sessionId
}

/** The account of the person who asks; undefined for programs, also for those that a person let in. */
export function ownUserId({ principal }: Pick<KeyedContext, 'principal'>): string | undefined {
  return /^user:([0-9a-f]{20})$/.exec(principal.actor)?.[1]
}
