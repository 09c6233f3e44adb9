// The frame around every page: the rail, the bar with the search, the keys. Before anybody is known it
// shows the door instead, and nothing of any page.

import { Drawer } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Outlet, useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useAnswer } from '../api/client.ts'
import { Practices, useUsualPractice } from '../api/practice.tsx'
import { stillHere, useSession, WhoContext } from '../api/session.tsx'
import { Door } from '../pages/door.tsx'
import { Fault, Loading } from '../parts/states.tsx'
import { Zone } from '../parts/zone.ts'
import { Bar } from './bar.tsx'
import { Rail } from './rail.tsx'
import { useShortcuts } from './shortcuts.tsx'

export function Frame() {
  const session = useSession()
  if (session.isPending) return <Loading lines={3} />
  if (session.data === undefined)
    return (
      <main className="page">
        <Fault error={session.error} again={() => void session.refetch()} />
      </main>
    )
  if (session.data === null) return <Door />
  return (
    <WhoContext value={session.data}>
      <WithPractices sees={session.data.rights.some((right) => right !== 'audit')} />
    </WhoContext>
  )
}

function WithPractices({ sees }: { readonly sees: boolean }) {
  const practices = useAnswer('practices.list', {}, { everyMs: 15_000, enabled: sees })
  if (sees && practices.isPending) return <Loading lines={3} />
  return (
    <Practices value={practices.data?.items ?? []}>
      <Framed />
    </Practices>
  )
}

function Framed() {
  const practice = useUsualPractice()
  const { pathname } = useLocation()
  const main = useRef<HTMLElement>(null)
  const shown = useRef(pathname)
  const [menu, { open, close }] = useDisclosure(false)
  const shortcuts = useShortcuts()
  // A new page begins at its heading for who does not see it change.
  useEffect(() => {
    if (shown.current === pathname) return
    shown.current = pathname
    stillHere()
    main.current?.focus({ preventScroll: true })
    close()
  }, [pathname, close])
  return (
    <Zone value={practice?.timeZone ?? 'UTC'}>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <div className="frame">
        <aside className="rail">
          <Rail onKeys={shortcuts.open} />
        </aside>
        <div>
          <Bar onMenu={open} />
          <main id="main" className="page" ref={main} tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </div>
      <Drawer
        opened={menu}
        onClose={close}
        size={270}
        title="Menu"
        closeButtonProps={{ 'aria-label': 'Close the menu' }}
      >
        <Rail onKeys={shortcuts.open} drawer />
      </Drawer>
      {shortcuts.dialog}
    </Zone>
  )
}
