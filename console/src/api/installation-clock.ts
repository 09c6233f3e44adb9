// What time it is for the installation: its clock may run faster than the wall's, and the browser's
// may be wrong. Learnt from /health; between two answers it runs on by the browser's clock.

import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { client } from './client.ts'
import { every, wallNow } from './wall.ts'

/** Wall ms between two looks at the installation's clock, and between two ticks of shown ages. */
const LOOK_MS = 60_000
const TICK_MS = 1_000

const listeners = new Set<() => void>()
let stop: (() => void) | undefined
let ticked = wallNow()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  stop ??= every(TICK_MS, () => {
    ticked = wallNow()
    for (const each of listeners) each()
  })
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    stop?.()
    stop = undefined
  }
}

export interface InstallationTime {
  /** Epoch ms. */
  readonly now: number
  /** How much faster than the wall it runs. */
  readonly factor: number
}

/** The installation's time, ticking once a wall second; undefined until it has answered once. */
export function useInstallationTime(): InstallationTime | undefined {
  const wall = useSyncExternalStore(subscribe, () => ticked)
  const { data } = useQuery({
    queryKey: ['installation-clock'],
    queryFn: async ({ signal }) => {
      const { now, clockFactor } = await client.call('health.read', {}, { signal })
      return { business: Date.parse(now), wall: wallNow(), factor: clockFactor }
    },
    refetchInterval: LOOK_MS,
    staleTime: LOOK_MS,
  })
  if (data === undefined) return undefined
  const passed = Math.max(0, wall - data.wall) * data.factor
  return { now: data.business + passed, factor: data.factor }
}
