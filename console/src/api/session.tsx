// Who is signed in and what that one may see. It decides nothing: the API refuses by itself; this only
// keeps the page from offering what would be refused.

import type { ApiError, Operations } from '@chartway/client'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { type Context, createContext, useContext } from 'react'
import { background, client, queries } from './client.ts'

export type Who = Operations['sessions.read']['output']
export type Right = Who['rights'][number]

/** Wall ms between two looks at what the session still allows. */
const LOOK_MS = 8_000
const KEY = ['sessions.read']

/** The session; null when nobody is signed in. */
export function useSession(): UseQueryResult<Who | null, ApiError> {
  return useQuery<Who | null, ApiError>({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      try {
        return await background.call('sessions.read', {}, { signal })
      } catch (error) {
        if (isSignedOut(error)) return null
        throw error
      }
    },
    // Roles that were given or taken, and a session that was ended elsewhere, show by themselves.
    refetchInterval: ({ state }) => (state.data ? LOOK_MS : false),
    // At the door a person may have an account to complete first, which its page must not interrupt.
    refetchOnWindowFocus: ({ state }) => state.data !== null,
  })
}

/** A person went somewhere: that keeps the session awake, as what a page asks by itself does not. */
export function stillHere(): void {
  client.call('sessions.read', {}).catch(() => {
    // The next look tells.
  })
}

/** Whether an error says that nobody is signed in. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 401
}

/** After sign-in: nothing of the one before may remain. */
export function signedIn(who: Who): void {
  forgetAll()
  queries.setQueryData(KEY, who)
}

export function signedOut(): void {
  queries.setQueryData(KEY, null)
  forgetAll()
}

/** Every answer but who is there, which the page is looking at. */
function forgetAll(): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] })
  queries.getMutationCache().clear()
}

export const WhoContext: Context<Who | undefined> = createContext<Who | undefined>(undefined)

export interface Access {
  readonly who: Who
  readonly has: (right: Right) => boolean
  /** Whether records of a FHIR type are seen: whole, in part, or not at all. */
  readonly sees: (type: string) => 'whole' | 'part' | 'none'
}

/** Only inside of pages that need a session. */
export function useAccess(): Access {
  const who = useContext(WhoContext)
  if (who === undefined) throw new Error('Nobody is signed in')
  return {
    who,
    has: (right) => who.rights.includes(right),
    sees: (type) => {
      const { types } = who.charts
      if (!who.rights.includes('charts')) return 'none'
      if (types === 'all') return 'whole'
      const extent = types[type]
      return extent === undefined ? 'none' : extent === 'whole' ? 'whole' : 'part'
    },
  }
}
