// How old something is, in words, with the exact instant on hover, focus or touch.

import { Tooltip } from '@mantine/core'
import { useInstallationTime } from '../api/installation-clock.ts'
import { ageInWords, exactly } from '../api/words.ts'
import { useZone } from './zone.ts'

export interface AgeProps {
  /** RFC 3339; null when it is not known. */
  readonly at: string | null | undefined
  /** Said instead when there is no instant. */
  readonly otherwise?: string
}

export function Age({ at, otherwise = 'not known' }: AgeProps) {
  const time = useInstallationTime()
  const zone = useZone()
  const ms = at ? Date.parse(at) : Number.NaN
  if (Number.isNaN(ms)) return <span className="quiet">{otherwise}</span>
  const exact = exactly(ms, zone)
  const utc = new Date(ms).toISOString()
  const words = time === undefined ? exact : ageInWords((time.now - ms) / 1000)
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
