// The patients of a living practice: invents households, opens a chart for each member and keeps the
// list from which the day picks.

import type { Random } from '../random.ts'
import { ageOn } from './calendar.ts'
import type { Chart } from './chart/chart.ts'
import { displayNameOf } from './chart/demographics.ts'
import { inventHousehold, type Person } from './people.ts'
import type { Setting } from './setting.ts'

const FIRST_ACCOUNT = 9100

export interface Roster {
  /** Every chart ever opened, closed ones too. */
  readonly charts: readonly Chart[]
  /** Invents a household and opens a chart for at most `countMax` of its members. */
  enroll(countMax: number, today: string): Chart[]
  /** Opens a second chart for the same person, as happens at a busy desk; nobody picks it. */
  duplicate(chart: Chart, today: string): Chart
  /** A patient with a running chart, or undefined when there is none. */
  pick(random: Random): Chart | undefined
  /** Leaves the chart as it is, but nothing happens in it any more. */
  close(chart: Chart): void
  /** The patient with this id was merged away, or is back; an id nobody has is passed over. */
  retire(patientId: string): void
  revive(patientId: string): void
}

export function createRoster(setting: Setting, random: Random): Roster {
  const charts: Chart[] = []
  const running: Chart[] = []
  let households = 0
  const chartOf = (patientId: string) => charts.find((chart) => chart.patientId === patientId)
  const close = (chart: Chart) => {
    chart.closed = true
    const index = running.indexOf(chart)
    if (index >= 0) running.splice(index, 1)
  }
  return {
    charts,
    enroll(countMax, today) {
      const draw = random.stream(`household/${households++}`)
      const members = inventHousehold(draw, setting.zone, today).slice(0, countMax)
      const provider = draw.pick(setting.providers)
      const opened = members.map((person, i) => {
        const account = String(FIRST_ACCOUNT + charts.length + i)
        const own = draw.stream(`member/${i}`)
        return openChart(setting, person, { random: own, account, provider, today })
      })
      charts.push(...opened)
      running.push(...opened)
      return opened
    },
    duplicate(chart, today) {
      const second = openChart(setting, chart.person, {
        random: random.stream(`duplicate/${charts.length}`),
        account: String(FIRST_ACCOUNT + charts.length),
        provider: chart.provider,
        today,
      })
      charts.push(second)
      return second
    },
    pick: (draw) => (running.length === 0 ? undefined : draw.pick(running)),
    close,
    retire(patientId) {
      const chart = chartOf(patientId)
      if (chart === undefined) return
      chart.mergedAway = true
      close(chart)
    },
    revive(patientId) {
      const chart = chartOf(patientId)
      if (chart === undefined) return
      chart.mergedAway = false
      chart.closed = false
      if (!running.includes(chart)) running.push(chart)
    },
  }
}

function openChart(
  setting: Setting,
  person: Person,
  options: Pick<Chart, 'random' | 'account' | 'provider'> & { readonly today: string },
): Chart {
  const { random, account, provider, today } = options
  const draw = random.stream('body')
  const age = ageOn(person.birthDate, today)
  const grown = person.gender === 'male' ? 176 : 163
  const heightCm = Math.round(Math.min(grown, 52 + age * 7.4) + draw.between(-9, 9))
  const index = draw.between(190, 360) / 10
  return {
    patientId: setting.ids.next('Patient'),
    account,
    person,
    displayName: displayNameOf(person),
    provider,
    facility: provider.facility,
    random,
    heightCm,
    weightKg: Math.round((age < 18 ? 17 : index) * (heightCm / 100) ** 2),
    coverageId: undefined,
    problems: [],
    prescriptions: [],
    closed: false,
    mergedAway: false,
    busyUntil: 0,
  }
}
