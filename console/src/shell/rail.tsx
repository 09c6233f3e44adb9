// The rail at the left, and the menu on narrow screens: where one can go, which practice, whose session,
// light or dark. It offers nothing that the role does not show.

import { SegmentedControl, Select, useMantineColorScheme } from '@mantine/core'
import { Link, useLocation, useNavigate } from '@tanstack/react-router'
import { useAct } from '../api/client.ts'
import { usePractices, useUsualPractice } from '../api/practice.tsx'
import { signedOut, useAccess } from '../api/session.tsx'
import { addressOf, type Place, placesFor } from './places.ts'

export function Rail({
  onKeys,
  drawer = false,
}: {
  readonly onKeys: () => void
  readonly drawer?: boolean
}) {
  const access = useAccess()
  const practices = usePractices()
  const practice = useUsualPractice()
  const { overview, practice: inPractice, settings } = placesFor(access)
  return (
    <>
      {drawer ? null : (
        <Link to="/" className="brand">
          <img src="/console/mark.svg" alt="" />
          Chartway
        </Link>
      )}
      <nav aria-label={drawer ? 'Menu' : 'Main'}>
        <Group places={overview} practice={undefined} />
        {inPractice.length > 0 && practice !== undefined ? (
          <div>
            {practices.length > 1 ? (
              <PracticeChoice practice={practice.practice} />
            ) : (
              <div className="rail-title">{practice.name}</div>
            )}
            <Group places={inPractice} practice={practice.practice} />
          </div>
        ) : null}
        <div>
          <div className="rail-title">Settings</div>
          <Group places={settings} practice={undefined} />
        </div>
      </nav>
      <Foot onKeys={onKeys} />
    </>
  )
}

function Group({
  places,
  practice,
}: {
  readonly places: readonly Place[]
  readonly practice: string | undefined
}) {
  const { pathname } = useLocation()
  return (
    <ul className="rail-group">
      {places.map((place) => {
        const to = addressOf(place, practice) ?? '/'
        const here = to === '/' ? pathname === '/' : `${pathname}/`.startsWith(`${to}/`)
        return (
          <li key={place.name}>
            <Link to={to} className="rail-link" aria-current={here ? 'page' : undefined}>
              {place.name}
              <span className="rail-key" aria-hidden="true">
                g {place.key}
              </span>
            </Link>
          </li>
        )
      })}
    </ul>
  )
}

function PracticeChoice({ practice }: { readonly practice: string }) {
  const practices = usePractices()
  const navigate = useNavigate()
  return (
    <Select
      aria-label="Practice"
      size="xs"
      mb={6}
      allowDeselect={false}
      data={practices.map((each) => ({ value: each.practice, label: each.name }))}
      value={practice}
      onChange={(chosen) =>
        chosen === null ? undefined : void navigate({ to: `/p/${chosen}/patients` })
      }
    />
  )
}

function Foot({ onKeys }: { readonly onKeys: () => void }) {
  const { who } = useAccess()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const leave = useAct('sessions.delete')
  return (
    <div className="rail-foot">
      <div>
        <div className="strong">{who.user?.displayName ?? who.actor}</div>
        <div className="quiet">{who.roles.join(', ')}</div>
      </div>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="Light or dark"
        value={colorScheme}
        onChange={(value) => {
          if (value === 'light' || value === 'dark' || value === 'auto') setColorScheme(value)
        }}
        data={[
          { value: 'auto', label: 'System' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
      />
      <div className="row-between">
        <button type="button" className="plain" onClick={onKeys}>
          Keys <kbd className="kbd">?</kbd>
        </button>
        <button
          type="button"
          className="plain"
          onClick={() => leave.mutate({}, { onSettled: signedOut })}
        >
          Sign out
        </button>
      </div>
    </div>
  )
}
