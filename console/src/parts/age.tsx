// How old something is, in words, with the exact instant on hover, focus or touch.

import { Tooltip } from '@mantine/core'
import { useInstallationTime } from '../api/installation-clock.ts'
import { wallNow } from '../api/wall.ts'
import { ageInWords, exactly } from '../api/words.ts'
import { useZone } from './zone.ts'

export interface AgeProps {
  /** RFC 3339; null when it is not known. */
  readonly at: string | null | undefined
  /** Said instead when there is no instant. */
  readonly otherwise?: string
  /** Accounts and sessions live by the wall's clock, whatever the installation's does. */
  readonly clock?: 'installation' | 'wall'
}

export function Age({ at, otherwise = 'not known', clock = 'installation' }: AgeProps) {
  const time = useInstallationTime()
  const zone = useZone()
  const ms = at ? Date.parse(at) : Number.NaN
  if (Number.isNaN(ms)) return <span className="quiet">{otherwise}</span>
  const exact = exactly(ms, zone)
  const utc = new Date(ms).toISOString()
  const now = clock === 'wall' ? wallNow() : time?.now
  const words = now === undefined ? exact : ageInWords((now - ms) / 1000)
  return (
    <Tooltip
      label={
        <>
          {exact}
          <br />
          {utc}
        </>
      }
    >
      <button type="button" className="age">
        <time dateTime={utc}>{words}</time>
      </button>
    </Tooltip>
  )
}
