// The newest changes of a practice: what the feed says now, and then what comes as it is learnt. It holds
// so many and lets the oldest go.

import type { ApiError, Operations } from '@chartway/client'
import type { UseQueryResult } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { background, useAnswer } from '../api/client.ts'

type Listed = Operations['changes.list']['output']
export type ShownChange = Listed['items'][number]

export interface Newest {
  /** What the feed said when the page opened. */
  readonly first: UseQueryResult<Listed, ApiError>
  /** The newest last. */
  readonly changes: readonly ShownChange[]
  /** Whether new ones come by themselves. */
  readonly live: boolean
}

export function useFeed(practice: string, shown: number): Newest {
  const end = useAnswer('changes.list', { practice, after: 0, limit: 1 })
  const last = end.data?.last
  const from = Math.max(0, (last ?? 0) - shown)
  const listed = useAnswer(
    'changes.list',
    { practice, after: from, limit: shown },
    { enabled: last !== undefined, keep: true },
  )
  const [come, setCome] = useState<readonly ShownChange[]>([])
  const [live, setLive] = useState(false)
  const next = listed.isPlaceholderData ? undefined : listed.data?.next
  useEffect(() => {
    if (next === undefined) return
    setCome([])
    const stop = new AbortController()
    const { signal } = stop
    follow(background.stream({ practice, after: next }, { signal }), (change) =>
      setCome((before) => [...before, change].slice(-shown)),
    )
      .catch(() => undefined)
      .finally(() => setLive(false))
    setLive(true)
    return () => stop.abort()
  }, [practice, next, shown])
  const changes = [...(listed.data?.items ?? []), ...come].slice(-shown)
  return { first: end.error && last === undefined ? end : listed, changes, live }
}

async function follow(
  stream: AsyncIterable<ShownChange>,
  onChange: (change: ShownChange) => void,
): Promise<void> {
  for await (const change of stream) onChange(change)
}
