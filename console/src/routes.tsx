// The addresses of the console. Ids stand in paths; nothing of a patient stands in a query.

import {
  createRootRoute,
  createRoute,
  createRouter,
  Navigate,
  Outlet,
} from '@tanstack/react-router'
import { useAccess } from './api/session.tsx'
import { AccountPage } from './pages/account.tsx'
import { CallsPage } from './pages/calls.tsx'
import { ChangesPage } from './pages/changes.tsx'
import { ChartPage } from './pages/chart.tsx'
import { KeysPage } from './pages/keys.tsx'
import { LedgerPage } from './pages/ledger.tsx'
import { OverviewPage } from './pages/overview.tsx'
import { PatientsPage } from './pages/patients.tsx'
import { PeoplePage } from './pages/people.tsx'
import { PracticesPage } from './pages/practices.tsx'
import { RecordPage } from './pages/record.tsx'
import { SchedulePage } from './pages/schedule.tsx'
import { Frame } from './shell/frame.tsx'
import { Guarded } from './shell/guarded.tsx'
import { Lost } from './shell/lost.tsx'

const root = createRootRoute({ component: Frame, notFoundComponent: Lost })

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: Home,
})

/** The first page that the role shows. */
function Home() {
  const { has } = useAccess()
  if (has('monitor')) return <OverviewPage />
  return <Navigate to={has('audit') ? '/ledger' : '/account'} replace />
}

const practice = createRoute({
  getParentRoute: () => root,
  path: '/p/$practice',
  component: Outlet,
})

const patients = createRoute({
  getParentRoute: () => practice,
  path: 'patients',
  component: () => (
    <Guarded needs="charts" of="Patient">
      <PatientsPage />
    </Guarded>
  ),
})

const chart = createRoute({
  getParentRoute: () => practice,
  path: 'patients/$patient',
  component: () => (
    <Guarded needs="charts" of="Patient">
      <ChartPage />
    </Guarded>
  ),
})

const record = createRoute({
  getParentRoute: () => practice,
  path: 'records/$collection/$record',
  component: () => (
    <Guarded needs="charts">
      <RecordPage />
    </Guarded>
  ),
})

const schedule = createRoute({
  getParentRoute: () => practice,
  path: 'schedule',
  validateSearch: (search: Record<string, unknown>): { day?: string } =>
    typeof search.day === 'string' && /^\d{4}-\d\d-\d\d$/.test(search.day)
      ? { day: search.day }
      : {},
  component: () => (
    <Guarded needs="charts" of="Encounter">
      <SchedulePage />
    </Guarded>
  ),
})

const changes = createRoute({
  getParentRoute: () => practice,
  path: 'changes',
  component: () => (
    <Guarded needs="charts">
      <ChangesPage />
    </Guarded>
  ),
})

const calls = createRoute({
  getParentRoute: () => practice,
  path: 'calls',
  component: () => (
    <Guarded needs="monitor">
      <CallsPage />
    </Guarded>
  ),
})

const practices = createRoute({
  getParentRoute: () => root,
  path: '/settings/practices',
  component: () => (
    <Guarded needs="settings">
      <PracticesPage />
    </Guarded>
  ),
})

const keys = createRoute({
  getParentRoute: () => root,
  path: '/settings/keys',
  component: () => (
    <Guarded needs="settings">
      <KeysPage />
    </Guarded>
  ),
})

const people = createRoute({
  getParentRoute: () => root,
  path: '/settings/people',
  component: () => (
    <Guarded needs="people">
      <PeoplePage />
    </Guarded>
  ),
})

const ledger = createRoute({
  getParentRoute: () => root,
  path: '/ledger',
  component: () => (
    <Guarded needs="audit">
      <LedgerPage />
    </Guarded>
  ),
})

const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: AccountPage,
})

const tree = root.addChildren([
  overview,
  practice.addChildren([patients, chart, record, schedule, changes, calls]),
  practices,
  keys,
  people,
  ledger,
  account,
])

export const router = createRouter({
  routeTree: tree,
  basepath: '/console',
  trailingSlash: 'preserve',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
