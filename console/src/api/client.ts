// The one client of the page, and hooks over it. Answers are kept in memory alone, and for a short
// while; nothing of them is stored in the browser.

import { type ApiError, createClient, type Operations } from '@chartway/client'
import {
  keepPreviousData,
  QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
} from '@tanstack/react-query'

/** Shows that a call comes from this page, and not from another one that made the browser send it. */
const OWN_PAGE = { 'x-chartway-csrf': '1' }

/** Asks where the page came from; the session stands in a cookie the page cannot read. */
export const client = createClient({
  url: window.location.origin,
  retriesMax: 1,
  headers: OWN_PAGE,
})

/** For what the page asks again by itself: it keeps no session awake. */
export const background = createClient({
  url: window.location.origin,
  retriesMax: 0,
  headers: { ...OWN_PAGE, 'x-chartway-background': '1' },
})

/** Wall ms for which an answer is shown before it is asked again. */
const STALE_MS = 5_000
/** Wall ms after which an answer that no page shows is forgotten. */
const KEEP_MS = 60_000

export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: STALE_MS, gcTime: KEEP_MS, retry: false, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
})

type Name = keyof Operations

export interface AskOptions {
  /** Wall ms between two askings; asked once when absent. */
  readonly everyMs?: number | undefined
  readonly enabled?: boolean | undefined
  /** Shows the former answer while another one is on its way. */
  readonly keep?: boolean | undefined
}

/** One operation's answer, asked when the page shows it. */
export function useAnswer<N extends Name>(
  name: N,
  input: Operations[N]['input'],
  { everyMs, enabled = true, keep = false }: AskOptions = {},
): UseQueryResult<Operations[N]['output'], ApiError> {
  return useQuery<Operations[N]['output'], ApiError>({
    queryKey: [name, input],
    queryFn: ({ signal }) =>
      (everyMs === undefined ? client : background).call(name, input, { signal }),
    enabled,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  })
}

/** Before anybody is signed in there is nothing shown that could have changed. */
const AT_THE_DOOR: readonly Name[] = [
  'sessions.create',
  'users.open-invitation',
  'users.accept-invitation',
]

/** One operation that changes something; all shown answers are asked again after it. */
export function useAct<N extends Name>(
  name: N,
): UseMutationResult<Operations[N]['output'], ApiError, Operations[N]['input']> {
  return useMutation<Operations[N]['output'], ApiError, Operations[N]['input']>({
    mutationFn: (input) => client.call(name, input),
    onSuccess: () => (AT_THE_DOOR.includes(name) ? undefined : queries.invalidateQueries()),
  })
}
